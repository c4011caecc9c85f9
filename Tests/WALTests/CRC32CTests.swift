import RunSupport
import Testing
import WAL

@Suite(.inTurn, .timeLimit(.minutes(10))) struct CRC32CTests {
  /// RFC 3720, appendix B.4, and the check value of the CRC catalogues.
  static let vectors: [(bytes: [UInt8], checksum: UInt32)] = [
    ([], 0),
    (Array("123456789".utf8), 0xe306_9283),
    ([UInt8](repeating: 0, count: 32), 0x8a91_36aa),
    ([UInt8](repeating: 0xff, count: 32), 0x62a8_ab43),
    (Array(0..<32), 0x46dd_794e),
    (Array((0..<32).reversed()), 0x113f_db5c),
    (
      [
        0x01, 0xc0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x14, 0, 0, 0, 0, 0, 4, 0, 0, 0, 0,
        0x14, 0, 0, 0, 0x18, 0x28, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0,
      ], 0xd996_3a56
    ),
  ]

  @Test(arguments: vectors.indices) func `agrees with the published vectors`(_ index: Int) {
    let (bytes, checksum) = Self.vectors[index]
    #expect(bytes.withUnsafeBytes(CRC32C.checksum) == checksum)
  }

  /// One bit at a time, as the definition says.
  private func bitByBit(_ bytes: some Sequence<UInt8>) -> UInt32 {
    var register = UInt32.max
    for byte in bytes {
      register ^= UInt32(byte)
      for _ in 0..<8 { register = register & 1 == 1 ? register >> 1 ^ 0x82f6_3b78 : register >> 1 }
    }
    return ~register
  }

  @Test func `agrees with the definition for every length and alignment`() {
    let bytes = (0..<80).map { UInt8(truncatingIfNeeded: $0 &* 167 &+ 13) }
    bytes.withUnsafeBytes { raw in
      for start in 0..<9 {
        for end in start...bytes.count {
          let slice = UnsafeRawBufferPointer(rebasing: raw[start..<end])
          #expect(CRC32C.checksum(slice) == bitByBit(bytes[start..<end]))
        }
      }
    }
  }

  @Test func `does not care into which pieces the bytes are cut`() {
    let bytes = (0..<64).map { UInt8(truncatingIfNeeded: $0 &* 31) }
    let whole = bytes.withUnsafeBytes(CRC32C.checksum)
    for cut in bytes.indices {
      var crc = CRC32C()
      bytes[..<cut].withUnsafeBytes { crc.update($0) }
      bytes[cut...].withUnsafeBytes { crc.update($0) }
      #expect(crc.value == whole)
    }
  }
}
