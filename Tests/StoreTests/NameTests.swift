import RandomSupport
import RunSupport
import Testing

@testable import Store

@Suite(.inTurn, .timeLimit(.minutes(10))) struct NameTests {
  /// Names around the length that fits, many of which begin alike, of bytes at either end.
  private static let names: [[UInt8]] = {
    var random = SeededRandom(1)
    let bytes: [UInt8] = [0, 1, UInt8(ascii: "a"), 0x7f, 0x80, 0xff]
    return (0..<400).map { place in
      let count = Int.random(in: 0...18, using: &random)
      var name = [UInt8](repeating: UInt8(ascii: "n"), count: count)
      for place in max(0, count - 3)..<count {
        name[place] = bytes.randomElement(using: &random) ?? 0
      }
      return name
    }
  }()

  @Test func `a name gives its bytes back`() {
    for bytes in Self.names {
      let name = Name(bytes.span)
      #expect(name.bytes == bytes && name.count == bytes.count && name.first == bytes.first)
      var appended = [UInt8(ascii: "/")]
      appended.append(name)
      #expect(appended == [UInt8(ascii: "/")] + bytes)
      // Not in the zeros behind a short name.
      for byte: UInt8 in [0, UInt8(ascii: "n"), 0xff] {
        #expect(name.contains(byte) == bytes.contains(byte))
      }
    }
  }

  @Test func `names have the order of their bytes`() {
    for a in Self.names {
      for b in Self.names {
        let order = compare(a.span, b.span)
        let name = Name(a.span)
        guard name.isOrdered(comparedTo: Name.Sought(b[...])) == order,
          name.isOrdered(comparedTo: Name.Sought(Name(b.span))) == order,
          name.isBefore(Name(b.span)) == (order == .before)
        else {
          Issue.record("\(a) and \(b)")
          return
        }
      }
    }
  }

  @Test func `a part of an array is a name of its own`() {
    let path = Array("/a/longer name than fits/b".utf8)
    for range in [1..<2, 3..<24, 25..<26] {
      #expect(Name(path[range].span).bytes == Array(path[range]))
      let order = Name(path[range].span).isOrdered(comparedTo: Name.Sought(path[range]))
      #expect(order == .same)
    }
  }

  @Test func `an entry with its name and its file takes seven words`() {
    #expect(MemoryLayout<Name>.size == 16)
    #expect(MemoryLayout<DirectoryEntry>.stride == 56)
  }
}
