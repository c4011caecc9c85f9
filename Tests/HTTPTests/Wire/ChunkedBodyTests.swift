import RunSupport
import Testing

@testable import HTTP

/// What becomes of a chunked body, fed in pieces that end at `cuts`.
private enum Decoded: Equatable {
  case complete(body: String, rest: String)
  case needsMore(body: String)
  case refused(WireError)

  init(_ text: String, cuts: [Int] = [], limits: Limits = Limits()) {
    let bytes = Array(text.utf8)
    var decoder = ChunkedDecoder(limits: limits)
    var body: [UInt8] = []
    var consumed = 0
    do throws(WireError) {
      for cut in cuts + [bytes.count] where !decoder.isComplete {
        consumed += try decoder.decode(Array(bytes[consumed..<cut]).span, appendingTo: &body)
      }
    } catch {
      self = .refused(error)
      return
    }
    let text = String(decoding: body, as: UTF8.self)
    let rest = String(decoding: bytes[consumed...], as: UTF8.self)
    self = decoder.isComplete ? .complete(body: text, rest: rest) : .needsMore(body: text)
  }
}

@Suite(.inTurn, .timeLimit(.minutes(10)))
struct `A chunked body` {
  private let good: [(text: String, body: String)] = [
    ("0\r\n\r\n", ""),
    ("5\r\nhello\r\n0\r\n\r\n", "hello"),
    ("1\r\na\r\n2\r\nbc\r\n0\r\n\r\n", "abc"),
    ("a\r\n0123456789\r\nA\r\n0123456789\r\n00000\r\n\r\n", "01234567890123456789"),
    ("0000000000000005\r\nhello\r\n0\r\n\r\n", "hello"),
    ("2\r\n\r\n\r\n0\r\n\r\n", "\r\n"),
    ("5\r\n0\r\n\r\n\r\n0\r\n\r\n", "0\r\n\r\n"),
    ("5;\r\nhello\r\n0;x\r\n\r\n", "hello"),
    ("5;a=b;c=\"d e\"\tf\r\nhello\r\n0\r\n\r\n", "hello"),
    ("5 \t ;a\r\nhello\r\n0\r\n\r\n", "hello"),
    ("0\r\nA: b\r\nC:\r\nD:\t e \r\n\r\n", ""),
    ("5\r\nhello\r\n0\r\nContent-Length: 7\r\n\r\n", "hello"),
  ]

  private let bad: [String] = [
    // Sizes (section 7.1): hexadecimal digits and nothing else, that fit 63 bits.
    "\r\n", "g\r\n", "-1\r\n", "+1\r\n", "0x5\r\n", " 5\r\n", "5 \r\n", "5\t\r\n", "5 5\r\n",
    ";a\r\n", "5,\r\n",
    "5.0\r\n", "_5\r\n", "５\r\n", "8000000000000000\r\n", "ffffffffffffffff\r\n",
    "10000000000000005\r\n", "00000000000000005\r\n",
    // Line ends.
    "5\nhello", "5\rhello", "5\r\rhello", "5\r\nhello\n", "5\r\nhello\r0", "5\r\nhello0\r\n",
    "5\r\nhellox\r\n",
    "5\r\nhello\r\r\n", "5\r\nhello\r\n\r\n", "0\n\n", "0\r\n\n", "0\r\n\r0", "0\r\n\rx",
    // Extensions: what ends a line in one reader and not in another.
    "5;a\nhello", "5;a\rb\r\n", "5;a\u{0}\r\n", "5;\u{7f}\r\n", "5; \n\r\n", "5 a\r\n", "0;\n\r\n",
    // Trailers: the form of headers.
    "0\r\nA\r\n", "0\r\nA : b\r\n", "0\r\n: b\r\n", "0\r\n A: b\r\n", "0\r\nA: b\r\n c\r\n",
    "0\r\nA: b\n\r\n",
    "0\r\nA: b\rc\r\n", "0\r\nA: \u{0}\r\n", "0\r\nÄ: b\r\n", "0\r\nA: b\r\n\n",
    "0\r\nGET / HTTP/1.1\r\n",
  ]

  @Test func `is taken apart, and what follows it left alone`() {
    for (text, body) in good {
      #expect(Decoded(text) == .complete(body: body, rest: ""), "\(text.debugDescription)")
      #expect(Decoded(text + "GET /") == .complete(body: body, rest: "GET /"))
    }
  }

  @Test func `is the same however it is cut`() {
    for text in good.map(\.text) + bad {
      let whole = Decoded(text)
      let count = text.utf8.count
      #expect(Decoded(text, cuts: Array(0..<count)) == whole, "\(text.debugDescription)")
      for first in 0..<count {
        for second in first..<count where Decoded(text, cuts: [first, second]) != whole {
          Issue.record("\(text.debugDescription) cut at \(first) and \(second)")
        }
      }
    }
  }

  @Test func `is not complete before its last byte`() {
    for (text, body) in good {
      for count in 0..<text.utf8.count {
        guard case .needsMore(let part) = Decoded(String(text.prefix(utf8: count))) else {
          Issue.record("\(text.debugDescription) cut to \(count)")
          continue
        }
        #expect(body.utf8.starts(with: part.utf8))
      }
    }
  }

  @Test func `is refused for anything out of its form`() {
    for text in bad {
      #expect(Decoded(text) == .refused(.malformedChunk), "\(text.debugDescription)")
    }
  }

  @Test func `is taken up to the limit and refused one byte past it, before that byte comes`() {
    var limits = Limits()
    limits.bodyBytes = 10
    let text = "6\r\nabcdef\r\n4\r\nghij\r\n0\r\n\r\n"
    #expect(Decoded(text, limits: limits) == .complete(body: "abcdefghij", rest: ""))
    #expect(Decoded("6\r\nabcdef\r\n5\r\n", limits: limits) == .refused(.bodyTooLarge))
    #expect(Decoded("b\r\n", limits: limits) == .refused(.bodyTooLarge))
    #expect(Decoded("7fffffffffffffff\r\n", limits: limits) == .refused(.bodyTooLarge))
    #expect(
      Decoded("6\r\nabcdef\r\n7fffffffffffffff\r\n", limits: limits) == .refused(.bodyTooLarge))
    limits.bodyBytes = .max
    #expect(
      Decoded("6\r\nabcdef\r\n7fffffffffffffff\r\n", limits: limits) == .refused(.bodyTooLarge))
    #expect(Decoded("7fffffffffffffff\r\n", limits: limits) == .needsMore(body: ""))
  }

  @Test func `may have so many bytes of extensions in all, and not one more`() {
    var limits = Limits()
    limits.chunkExtensionBytes = 6
    let text = "1;ab\r\nx\r\n1 ;c\r\ny\r\n0\r\n\r\n"
    #expect(Decoded(text, limits: limits) == .complete(body: "xy", rest: ""))
    #expect(Decoded("1;ab\r\nx\r\n1 ;cd\r\n", limits: limits) == .refused(.malformedChunk))
    #expect(
      Decoded("1" + String(repeating: " ", count: 7), limits: limits) == .refused(.malformedChunk))
    #expect(Decoded("1;abcde\r\n", limits: limits) == .needsMore(body: ""))
    #expect(Decoded("1;abcdef", limits: limits) == .refused(.malformedChunk))
  }

  @Test func `may have so many trailers, and not one more, nor longer ones`() {
    var limits = Limits()
    limits.headerCount = 2
    limits.headBytes = 14
    #expect(Decoded("0\r\nA: b\r\nC: d\r\n\r\n", limits: limits) == .complete(body: "", rest: ""))
    #expect(Decoded("0\r\nA: b\r\nC: de\r\n\r\n", limits: limits) == .refused(.headTooLarge))
    #expect(Decoded("0\r\nA:\r\nC:\r\nD:\r\n\r\n", limits: limits) == .refused(.tooManyHeaders))
  }
}

extension String {
  /// The first `count` bytes.
  fileprivate func prefix(utf8 count: Int) -> String {
    String(decoding: utf8.prefix(count), as: UTF8.self)
  }
}
