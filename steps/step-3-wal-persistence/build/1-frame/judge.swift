@testable import WAL

private let open = Array(#"{"crc":"00000000","#.utf8)

/// A line with this content behind its prefix, sealed.
private func line(_ content: String, after before: [UInt8] = []) -> [UInt8] {
  var bytes = before + open + Array(content.utf8)
  LineFrame.seal(&bytes, from: before.count)
  return bytes
}

private func sum(_ content: String) -> UInt32 {
  Array(content.utf8).withUnsafeBytes { CRC32C.checksum($0) }
}

private func hex(_ checksum: UInt32) -> String {
  let digits = String(checksum, radix: 16)
  return String(repeating: "0", count: 8 - digits.count) + digits
}

private func verified(_ bytes: [UInt8], at start: Int = 0) throws -> String {
  try bytes.withUnsafeBytes { bytes in
    let line = try LineFrame.verify(bytes, at: start)
    return "\(hex(line.checksum)) over \(line.covered), next at \(line.end)"
  }
}

func judge() async throws {
  let content = #""n":1,"t":"put"}"#
  invariant(1, "sealing ends the line, and returns the checksum of what stands behind the prefix") {
    check("seal", is: #"{"crc":"\#(hex(sum(content)))",\#(content)\n"#.replacing("\\n", with: "\n"))
    {
      text(line(content))
    }
    check("what seal returns", is: hex(sum(content))) {
      var bytes = open + Array(content.utf8)
      return hex(LineFrame.seal(&bytes, from: 0))
    }
  }
  invariant(2, "a checksum has eight digits, leading zeros too") {
    var number = 0
    while sum("\"n\":\(number)}") >> 24 > 9 { number += 1 }
    let short = "\"n\":\(number)}"
    check("seal \(short)", is: hex(sum(short))) { text(line(short)[8..<16]) }
  }
  invariant(3, "a line is sealed by itself, whatever stands before it") {
    let first = line(content)
    check("a second line behind the first", is: text(first + line(content))) {
      text(line(content, after: first))
    }
  }
  invariant(4, "a sealed line is verified, with what it covers and where the next one begins") {
    let bytes = line(content)
    let expected = "\(hex(sum(content))) over 18..<\(bytes.count - 1), next at \(bytes.count)"
    check("one line", is: expected) { try verified(bytes) }
    check("the first of two lines", is: expected) { try verified(bytes + line("\"n\":2}")) }
    check("a line of nothing", is: "00000000 over 18..<18, next at 19") { try verified(line("")) }
  }
  invariant(5, "a line is verified at its place") {
    let first = line("\"n\":1}")
    let end = first.count + 18 + content.utf8.count
    check(
      "the second line",
      is: "\(hex(sum(content))) over \(first.count + 18)..<\(end), next at \(end + 1)"
    ) { try verified(line(content, after: first), at: first.count) }
  }
  invariant(6, "a line without a line end is unfinished") {
    for count in [0, 1, 17, 18, 30] {
      check("the first \(counted(count, "byte")) of a line", is: "the error \(Damage.unfinished)") {
        try verified(Array(line(content).prefix(count)))
      }
    }
  }
  invariant(7, "what does not begin as a line does is no record") {
    for bytes in [
      "\n", "{}\n", "{\"crc\":\"0000000\",\"n\":1}\n", "{\"crc\":\"ABCDEF00\",\"n\":1}\n",
    ] {
      check(bytes.debugDescription, is: "the error \(Damage.notARecord)") {
        try verified(Array(bytes.utf8))
      }
    }
  }
  invariant(8, "any byte that changes is noticed") {
    let bytes = line(content)
    for place in bytes.indices.dropLast() {
      check("byte \(place) of \(bytes.count) changed", is: "refused") {
        var bytes = bytes
        bytes[place] ^= 1
        do { return try verified(bytes) } catch { return "refused" }
      }
    }
    check(
      "what is said of a changed digit",
      is: "the error \(Damage.checksum(expected: sum("1}"), found: sum("0}")))"
    ) {
      var bytes = line("0}")
      bytes[18] = 0x31
      return try verified(bytes)
    }
  }
}
