@testable import HTTP

/// Everything a request says, copied out of the bytes it came in, so that two readings can be
/// compared.
struct ReadRequest: Equatable {
  var method: Method
  var methodName: String
  var target: String
  var path: String
  var query: String?
  var minorVersion: Int
  var headers: [String]
  var framing: BodyFraming
  var keepsAlive: Bool
  var expectsContinue: Bool
  var asksUpgrade: Bool
  var body = ""

  init(_ head: RequestHead, _ bytes: [UInt8]) {
    func text(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }
    method = head.method
    methodName = text(head.methodName)
    target = text(head.target)
    path = text(head.path)
    query = head.query.map(text)
    minorVersion = head.minorVersion
    headers = head.headers.fields.map { "\(text($0.name)): \(text($0.value))" }
    framing = head.framing
    keepsAlive = head.keepsAlive
    expectsContinue = head.expectsContinue
    asksUpgrade = head.asksUpgrade
  }
}

/// What a connection makes of a stream of bytes: the requests in it, then how it stands.
struct ReadStream: Equatable {
  enum End: Equatable {
    /// Nothing is left over.
    case clean
    /// The last request is not complete.
    case needsMore
    case refused(WireError)
  }

  var requests: [ReadRequest] = []
  var end = End.clean

  /// Reads the bytes as they arrive: in pieces that end at `cuts`, which ascend, and at the end.
  init(_ bytes: [UInt8], cuts: [Int] = [], limits: Limits = Limits()) {
    var reader = StreamReader(limits: limits)
    do throws(WireError) {
      var start = 0
      for cut in cuts + [bytes.count] {
        reader.buffer += bytes[start..<cut]
        start = cut
        while let request = try reader.next() { requests.append(request) }
      }
      end = reader.isBetweenRequests ? .clean : .needsMore
    } catch {
      end = .refused(error)
    }
  }

  init(_ text: String, cuts: [Int] = [], limits: Limits = Limits()) {
    self.init(Array(text.utf8), cuts: cuts, limits: limits)
  }

  /// Reads the bytes one at a time.
  static func byByte(_ bytes: [UInt8], limits: Limits = Limits()) -> ReadStream {
    ReadStream(bytes, cuts: Array(0..<bytes.count), limits: limits)
  }
}

/// The least a server does with the parser: keeps what is not consumed yet, and takes head, then
/// body.
private struct StreamReader {
  var buffer: [UInt8] = []
  private var parser: RequestParser
  private var request: ReadRequest?
  private var chunks: ChunkedDecoder
  private var body: [UInt8] = []
  private let limits: Limits

  init(limits: Limits) {
    self.limits = limits
    parser = RequestParser(limits: limits)
    chunks = ChunkedDecoder(limits: limits)
  }

  var isBetweenRequests: Bool { request == nil && buffer.isEmpty }

  /// The next complete request.
  mutating func next() throws(WireError) -> ReadRequest? {
    if request == nil {
      let bytes = buffer
      guard let consumed = try parser.parse(bytes.span) else { return nil }
      request = ReadRequest(parser.head, bytes)
      buffer.removeFirst(consumed)
    }
    guard try takeBody() else { return nil }
    request?.body = String(decoding: body, as: UTF8.self)
    body = []
    chunks = ChunkedDecoder(limits: limits)
    defer { request = nil }
    return request
  }

  private mutating func takeBody() throws(WireError) -> Bool {
    switch request?.framing {
    case .length(let length):
      guard buffer.count >= length else { return false }
      body = Array(buffer[..<length])
      buffer.removeFirst(length)
      return true
    case .chunked:
      let bytes = buffer
      let consumed = try chunks.decode(bytes.span, appendingTo: &body)
      buffer.removeFirst(consumed)
      return chunks.isComplete
    default:
      return true
    }
  }
}
