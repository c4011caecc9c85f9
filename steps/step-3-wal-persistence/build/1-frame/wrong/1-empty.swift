// A line without a checksum, and one that is always believed.
// says: invariant 1: sealing ends the line, and returns the checksum
// says: input:    seal
// says: seen:     {"crc":"00000000","n":1,"t":"put"}
enum LineFrame {
  static func seal(_ bytes: inout [UInt8], from start: Int) -> UInt32 {
    bytes.append(UInt8(ascii: "\n"))
    return 0
  }
}
