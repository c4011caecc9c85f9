/// An answer that a handler throws instead of giving one: a status and a line of text.
///
/// Whatever else a handler throws is answered 500 and logged.
public struct HTTPError: Error, Sendable {
  public let status: Status
  /// The body, without the line end that is added.
  public let text: String
  /// Whether the connection ends after this answer.
  public let closes: Bool

  public init(_ status: Status, _ text: String, closes: Bool = false) {
    self.status = status
    self.text = text
    self.closes = closes
  }
}
