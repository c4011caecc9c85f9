internal import Bytes
internal import Loop

/// A request as its handler sees it.
///
/// All it hands out are slices of the bytes received: nothing is copied and no `String` made until
/// a handler asks for one. A connection fills the same object again for its next request, so it
/// must not be kept after the handler has returned; a slice may, but keeps the connection's whole
/// buffer alive.
///
/// ```swift
/// let path = request.path
/// if path.span.equals("/get") { ... }
/// ```
public final class Request {
  /// Storage that a finished request leaves is kept for the next one up to this size.
  static let keptBytes = 64 << 10

  private var input = InputBuffer()
  private var parser: RequestParser
  private let limits: Limits

  /// Length of the current request's head, once that has been read.
  private var headLength: Int?
  private var chunks: ChunkedDecoder
  /// Head and body of a request whose body comes in chunks: both are set aside, so that the input
  /// is used up chunk by chunk and nothing behind them has to move. Both are empty otherwise.
  private var chunkedHead: [UInt8] = []
  private var chunkedBody: [UInt8] = []
  private var expectsContinue = false

  /// Bytes of the current request received so far, without what is around chunks, and of the
  /// requests behind it.
  var receivedBytes: Int { input.count + chunkedHead.count + chunkedBody.count }

  /// Bytes that reading has moved so far, beyond taking them in: what tests of its cost count.
  var movedBytes: Int { input.movedBytes }

  /// What the current request takes of the memory that all share, before more of it is read: with
  /// an announced length all that is to come, otherwise twice what has.
  ///
  /// - Parameter before: what it took until now; it is not asked for more until that is full.
  func budgetBytes(before: Int) -> Int {
    if let headLength, case .length(let count) = parser.head.framing { return headLength + count }
    if receivedBytes <= before { return before }
    return max(receivedBytes, min(2 * receivedBytes, limits.headBytes + limits.bodyBytes))
  }

  /// Whether its head is there, and so all but the body is known.
  var hasHead: Bool { headLength != nil }

  /// The connection it came from.
  var socket: Socket?

  init(limits: Limits) {
    self.limits = limits
    parser = RequestParser(limits: limits)
    chunks = ChunkedDecoder(limits: limits)
  }
}

// MARK: - For handlers

extension Request {
  /// What is asked to be done.
  public var method: Method { parser.head.method }

  /// The path as sent: not decoded, without the query. `*` of `OPTIONS *`; empty of `http://host`.
  public var path: ArraySlice<UInt8> { slice(parser.head.path) }

  /// Path and query as sent.
  public var target: ArraySlice<UInt8> { slice(parser.head.target) }

  /// What follows the question mark, not decoded; nil if there is none.
  public var query: ArraySlice<UInt8>? { parser.head.query.map(slice) }

  /// The whole body, without its transfer coding; empty if there is none.
  public var body: ArraySlice<UInt8> {
    switch parser.head.framing {
    case .chunked: chunkedBody[...]
    case .length(let count): slice((headLength ?? 0)..<(headLength ?? 0) + count)
    case .none, .untilClose: []
    }
  }

  /// The value of the first header called `name`, which is given in lower case and sought in any.
  public func header(_ name: StaticString) -> ArraySlice<UInt8>? {
    let bytes = received
    return parser.head.headers.first(name, in: bytes.span).map(slice)
  }

  /// The decoded value of the query's first parameter called `name`; nil if there is none.
  package func parameter(_ name: StaticString) throws(FormError) -> [UInt8]? {
    let bytes = received
    return try FormReader.first(name, of: parser.head.query, in: bytes.span)
  }

  /// Says that the handler, from here on, waits for something that may never happen on behalf of a
  /// client that may be gone: the client's closing its side now cancels the handler's task.
  ///
  /// Without it a client that has closed its sending side is answered all the same: it may still
  /// read (a half-close). A connection that is broken both ways cancels any handler.
  ///
  /// Thousands may wait so: the request keeps no more memory meanwhile than its own bytes.
  public func cancelWhenClientLeaves() {
    input.trim()
    socket?.cancelsOwnerAtEnd = true
  }

  /// What the ranges of the head count in.
  private var received: ArraySlice<UInt8> {
    chunkedHead.isEmpty ? input.storage[input.range] : chunkedHead[...]
  }

  private func slice(_ range: Range<Int>) -> ArraySlice<UInt8> {
    if !chunkedHead.isEmpty { return chunkedHead[range] }
    return input.storage[input.start + range.lowerBound..<input.start + range.upperBound]
  }
}

// MARK: - For the connection

extension Request {
  var minorVersion: Int { parser.head.minorVersion }
  var keepsAlive: Bool { parser.head.keepsAlive }

  /// Nothing of a request has come, nor of the ones after it.
  var isEmpty: Bool { input.isEmpty && headLength == nil }

  /// Length of the current request, head and body, once it is complete.
  var length: Int { (headLength ?? 0) + body.count }

  /// True once per request whose client waits for `100 Continue` before it sends the body, unless
  /// the body is on its way already.
  func takeExpectation() -> Bool {
    defer { expectsContinue = false }
    return expectsContinue
  }

  /// Reads from the connection.
  ///
  /// - Returns: the number of bytes, 0 at the end of the stream, nil when there is nothing yet.
  func receive(from socket: Socket) throws(SocketError) -> Int? {
    try input.receive(from: socket)
  }

  /// Reads on in what has come in; true once the whole request is there.
  func parse() throws(WireError) -> Bool {
    if headLength == nil { try parseHead() }
    guard let headLength else { return false }
    switch parser.head.framing {
    case .none, .untilClose: return true
    case .length(let count): return input.count - headLength >= count
    case .chunked: return try decodeChunks()
    }
  }

  private func parseHead() throws(WireError) {
    headLength = try input.withBytes { bytes throws(WireError) in try parser.parse(bytes) }
    guard let headLength else { return }
    expectsContinue = parser.head.expectsContinue && input.count == headLength
    guard case .chunked = parser.head.framing else { return }
    input.withBytes { chunkedHead.append(copying: $0.extracting(first: headLength)) }
    input.drop(headLength)
  }

  /// Moves the body out of its chunks, so that the input holds only what is not decoded yet.
  private func decodeChunks() throws(WireError) -> Bool {
    if chunks.isComplete { return true }
    let used = try input.withBytes { bytes throws(WireError) in
      try chunks.decode(bytes, appendingTo: &chunkedBody)
    }
    input.drop(used)
    return chunks.isComplete
  }

  /// Lets `other` answer what has come in, which is no request.
  ///
  /// - Returns: the number of bytes used up; nil if there is nothing more to say.
  func answer(by other: inout some OtherProtocol, _ output: OutputBuffer) -> Int? {
    var used: Int?
    output.append { answer in
      used = input.withBytes { bytes in other.take(bytes, answer: &answer) }
    }
    guard let used else { return nil }
    if used > 0 { parser = RequestParser(limits: limits) }
    input.drop(used)
    return used
  }

  /// Forgets everything that has come in, and gives its memory back.
  func discard() {
    input.drop(input.count)
    input.normalize(keeping: Self.keptBytes)
    (chunkedHead, chunkedBody) = ([], [])
  }

  /// Forgets the current request; the next begins where it ended.
  func finish() {
    guard let headLength else { return }
    switch parser.head.framing {
    case .none, .untilClose: input.drop(headLength)
    case .length(let count): input.drop(headLength + count)
    case .chunked:
      chunks = ChunkedDecoder(limits: limits)
      chunkedHead.removeAll(keepingCapacity: true)
      chunkedBody.removeAll(keepingCapacity: chunkedBody.capacity <= Self.keptBytes)
    }
    self.headLength = nil
    input.normalize(keeping: Self.keptBytes)
  }
}
