import Platform
import RunSupport
import Testing

@Suite(.inTurn, .timeLimit(.minutes(10))) struct SearchTests {
  @Test(arguments: [[], [1], [1, 2, 3, 2, 1], Array(repeating: 9, count: 70) + [2]] as [[UInt8]])
  func `a byte is found where it first is, at any start`(bytes: [UInt8]) {
    bytes.withUnsafeBytes { buffer in
      for byte: UInt8 in [0, 1, 2, 9] {
        for start in 0...bytes.count + 1 {
          let expected = bytes.indices.first { $0 >= start && bytes[$0] == byte }
          #expect(find(byte, in: buffer, from: start) == expected)
        }
      }
    }
  }

  @Test func `two places are equal as far as they are compared`() {
    let (one, other): ([UInt8], [UInt8]) = ([1, 2, 3], [1, 2, 4])
    #expect(areEqual(one, other, count: 2))
    #expect(!areEqual(one, other, count: 3))
  }
}
