import RandomSupport
import RunSupport
import Testing

@testable import HTTP

/// Sound and refused messages with a few bytes changed. What must hold of any bytes at all: they
/// mean the same however they are cut, and what is taken is free of what was to be refused.
@Suite(.inTurn, .timeLimit(.minutes(10)))
struct `Messages with bytes changed` {
  private let corpus: [[UInt8]] =
    (goodRequests + refusedRequests.map(\.text)
    + smugglingRequests.map { "POST / HTTP/1.1\r\nHost: a\r\n\($0.fields)\r\n\r\n0\r\n\r\n" })
    .map { Array($0.utf8) }

  @Test(arguments: seeds)
  func `are read the same however they are cut`(seed: UInt64) {
    var random = SeededRandom(seed)
    for _ in 0..<rounds(2_000) {
      let bytes = message(&random)
      let whole = ReadStream(bytes)
      let cuts = (0..<3).map { _ in Int.random(in: 0...bytes.count, using: &random) }.sorted()
      if ReadStream(bytes, cuts: cuts) != whole || ReadStream.byByte(bytes) != whole {
        Issue.record("\(String(decoding: bytes, as: UTF8.self).debugDescription) cut at \(cuts)")
      }
    }
  }

  @Test(arguments: seeds)
  func `are taken only if nothing in them can be disputed`(seed: UInt64) {
    var random = SeededRandom(seed)
    var taken = 0
    for _ in 0..<rounds(4_000) {
      let bytes = message(&random)
      for request in ReadStream(bytes).requests {
        taken += 1
        let problem = dispute(request)
        if let problem {
          Issue.record("\(problem): \(String(decoding: bytes, as: UTF8.self).debugDescription)")
        }
      }
    }
    #expect(taken > 0)
  }

  @Test(arguments: seeds)
  func `never make a response's reader fail but by its own errors`(seed: UInt64) {
    var random = SeededRandom(seed)
    let heads = [
      "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\n",
      "HTTP/1.0 404 Not Found\r\nTransfer-Encoding: chunked\r\n\r\n", "HTTP/1.1 100\r\n\r\n",
    ].map { Array($0.utf8) }
    for _ in 0..<rounds(2_000) {
      var bytes = heads.randomElement(using: &random) ?? []
      mutate(&bytes, &random)
      let whole = readResponse(bytes, cut: bytes.count)
      let cut = Int.random(in: 0...bytes.count, using: &random)
      if readResponse(bytes, cut: cut) != whole {
        Issue.record("\(String(decoding: bytes, as: UTF8.self).debugDescription) cut at \(cut)")
      }
    }
  }

  private func readResponse(_ bytes: [UInt8], cut: Int) -> Result<ResponseHead?, WireError> {
    var parser = ResponseHeadParser()
    do throws(WireError) {
      for count in [cut, bytes.count] {
        let part = Array(bytes[..<count])
        if try parser.parse(part.span, answering: .get) != nil { return .success(parser.head) }
      }
      return .success(nil)
    } catch {
      return .failure(error)
    }
  }

  /// What another reader could take otherwise, if anything.
  private func dispute(_ request: ReadRequest) -> String? {
    func values(_ name: String) -> [String] {
      request.headers.filter { $0.lowercased().hasPrefix(name + ": ") }
        .map { String($0.dropFirst(name.count + 2)) }
    }
    let everything = [request.methodName, request.target] + request.headers
    if everything.contains(where: { $0.utf8.contains { $0 != 9 && ($0 < 0x20 || $0 == 0x7f) } }) {
      return "control byte"
    }
    if request.target.contains(" ") || request.methodName.contains(" ") { return "space" }
    if values("host").count > 1 || (request.minorVersion == 1 && values("host").isEmpty) {
      return "host"
    }
    let lengths = Set(values("content-length").map { Int($0) })
    let codings = values("transfer-encoding")
    if !codings.isEmpty {
      guard codings.map({ $0.lowercased() }) == ["chunked"], lengths.isEmpty,
        request.framing == .chunked, request.minorVersion == 1
      else { return "coding" }
    } else if let length = lengths.first {
      guard lengths.count == 1, let length, request.framing == .length(length),
        !values("content-length").contains(where: { $0.hasPrefix("+") || $0.hasPrefix("-") })
      else { return "length" }
    } else if request.framing != .none {
      return "framing"
    }
    return nil
  }

  private func message(_ random: inout SeededRandom) -> [UInt8] {
    var bytes = corpus.randomElement(using: &random) ?? []
    for _ in 0..<Int.random(in: 1...3, using: &random) { mutate(&bytes, &random) }
    if random.oneIn(3) { bytes += corpus.randomElement(using: &random) ?? [] }
    return bytes
  }

  private func mutate(_ bytes: inout [UInt8], _ random: inout SeededRandom) {
    let words = [
      "\r\n", "\r", "\n", " ", "\t", ":", ",", "0", "5", "\u{0}", "\u{7f}", "é", "Host: b\r\n", "?",
      "#", "/",
      "Content-Length: 5\r\n", "Transfer-Encoding: chunked\r\n", "HTTP/1.0", "chunked", ";", "+",
      "a",
    ].map { Array($0.utf8) }
    let place = Int.random(in: 0...bytes.count, using: &random)
    let word = words.randomElement(using: &random) ?? []
    switch Int.random(in: 0..<5, using: &random) {
    case 0: bytes.insert(contentsOf: word, at: place)
    case 1: bytes.replaceSubrange(place..<min(place + word.count, bytes.count), with: word)
    case 2:
      bytes.removeSubrange(place..<min(place + Int.random(in: 0..<4, using: &random), bytes.count))
    case 3:
      let source = Int.random(in: 0...bytes.count, using: &random)
      bytes.insert(contentsOf: Array(bytes[source..<min(source + 12, bytes.count)]), at: place)
    default:
      guard place < bytes.count else { return }
      bytes[place] = UInt8.random(in: 0...255, using: &random)
    }
  }
}
