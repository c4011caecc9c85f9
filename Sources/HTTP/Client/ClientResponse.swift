/// An answer: slices of the bytes received, nothing is copied.
///
/// It may be kept; while it is, the connection cannot use its buffer again and takes another.
public struct ClientResponse: Sendable {
  public let status: Status
  /// The whole body, without its transfer coding. Empty while it is still being received piece by
  /// piece.
  public let body: ArraySlice<UInt8>
  private let head: ArraySlice<UInt8>
  private let fields: HeaderFields

  init(_ head: borrowing ResponseHead, headBytes: ArraySlice<UInt8>, body: ArraySlice<UInt8>) {
    status = head.status
    fields = head.headers
    self.head = headBytes
    self.body = body
  }

  /// The value of the first header called `name`, which is given in lower case and sought in any.
  public func header(_ name: StaticString) -> ArraySlice<UInt8>? {
    guard let range = fields.first(name, in: head.span) else { return nil }
    return head[head.startIndex + range.lowerBound..<head.startIndex + range.upperBound]
  }
}
