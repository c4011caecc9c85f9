import Bytes
import RunSupport
import Testing

@testable import HTTP

@Suite(.inTurn, .timeLimit(.minutes(10)))
struct `Bytes that arrive in pieces` {
  private var allTexts: [String] {
    goodRequests + refusedRequests.map(\.text)
      + smugglingRequests.map { "POST / HTTP/1.1\r\nHost: a\r\n\($0.fields)\r\n\r\n" }
  }

  @Test func `mean the same one at a time as all at once`() {
    for text in allTexts {
      let bytes = Array(text.utf8)
      #expect(ReadStream.byByte(bytes) == ReadStream(bytes), "\(text.debugDescription)")
    }
  }

  @Test func `mean the same cut anywhere in two`() {
    for text in allTexts {
      let bytes = Array(text.utf8)
      let whole = ReadStream(bytes)
      for cut in 0..<bytes.count where ReadStream(bytes, cuts: [cut]) != whole {
        Issue.record("\(text.debugDescription) cut at \(cut)")
      }
    }
  }

  @Test(arguments: goodRequests)
  func `are not a request before the last of them`(text: String) {
    let bytes = Array(text.utf8)
    for count in 1..<bytes.count {
      let stream = ReadStream(Array(bytes[..<count]))
      #expect(stream == ReadStream(Array(bytes[..<count]), cuts: [count / 2]))
      if stream.end != .needsMore || !stream.requests.isEmpty {
        Issue.record("\(text.debugDescription) cut to \(count)")
      }
    }
  }

  @Test func `are two requests when two were sent, wherever they are cut`() {
    for first in goodRequests {
      for second in goodRequests {
        let bytes = Array((first + second).utf8)
        let expected = ReadStream(first).requests + ReadStream(second).requests
        #expect(ReadStream(bytes).requests == expected)
        #expect(ReadStream.byByte(bytes).requests == expected)
      }
    }
    let bytes = Array((goodRequests[0] + goodRequests[27] + goodRequests[1]).utf8)
    let whole = ReadStream(bytes)
    #expect(whole.requests.count == 3)
    for first in 0..<bytes.count {
      for second in first..<bytes.count where ReadStream(bytes, cuts: [first, second]) != whole {
        Issue.record("cut at \(first) and \(second)")
      }
    }
  }

  @Test func `leave the requests before a refused one standing`() {
    let stream = ReadStream(goodRequests[0] + "GET\r\n" + goodRequests[0])
    #expect(stream.requests == ReadStream(goodRequests[0]).requests)
    #expect(stream.end == .refused(.malformedRequestLine))
  }

  /// How far the search came never goes back, nor stays behind what has arrived, so that each byte
  /// is looked at once.
  @Test func `are looked at once`() throws {
    let line = [UInt8](repeating: 0x61, count: 300) + [0x0d, 0x0a]
    var reader = LineReader()
    for count in 0..<line.count {
      #expect(try reader.next(in: Array(line[..<count]).span, limit: 1000) == nil)
      #expect(reader.searched == min(count, 300))
    }
    #expect(try reader.next(in: line.span, limit: 1000) == 0..<300)
    #expect(reader.searched == 302)
  }
}

@Suite(.inTurn, .timeLimit(.minutes(10)))
struct `The search for a control byte` {
  /// It goes eight bytes at a time: each byte is tried at each place, beside tabs and bytes that a
  /// borrow could spoil.
  @Test func `finds the first wherever it stands`() {
    for filler in [0x09, 0x20, 0x61, 0x80, 0xff] as [UInt8] {
      for place in 0..<20 {
        var bytes = [UInt8](repeating: filler, count: 20)
        for byte in UInt8.min...UInt8.max {
          bytes[place] = byte
          let isControl = byte != 0x09 && (byte < 0x20 || byte == 0x7f)
          let expected = isControl ? place : 20
          if bytes.span.firstControl(from: 0, to: 20) != expected {
            Issue.record("\(byte) at \(place) among \(filler)")
          }
          #expect(bytes.span.firstControl(from: place + 1, to: 20) == 20)
          #expect(bytes.span.firstControl(from: 0, to: place) == place)
        }
      }
    }
  }

  @Test func `stops at tokens' ends as RFC 9110, section 5.6.2 says`() {
    let marks = Set("!#$%&'*+-.^_`|~".utf8)
    for byte in UInt8.min...UInt8.max {
      let isAlphanumeric =
        byte < 0x80 && Character(UnicodeScalar(byte)).isLetter
        || (0x30...0x39).contains(byte)
      #expect(byte.isToken == (isAlphanumeric || marks.contains(byte)))
    }
  }

  @Test func `stops at a host's end as RFC 3986, section 3.2.2 says`() {
    let marks = Set("-._~!$&'()*+,;=%:[]".utf8)
    for byte in UInt8.min...UInt8.max {
      let isAlphanumeric =
        byte < 0x80 && Character(UnicodeScalar(byte)).isLetter
        || (0x30...0x39).contains(byte)
      #expect([byte].span.isHost == (isAlphanumeric || marks.contains(byte)), "\(byte)")
    }
  }
}
