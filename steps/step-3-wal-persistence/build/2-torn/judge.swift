@testable import WAL

/// A record of a batch, as one line.
private func line(_ number: Int, batch: Int, ends: Bool = true) -> [UInt8] {
  var bytes = Array(#"{"crc":"00000000","n":\#(number),"b":\#(batch)"#.utf8)
  if ends { bytes += Array(#","end":1"#.utf8) }
  bytes += Array(#","t":"state"}"#.utf8)
  LineFrame.seal(&bytes, from: 0)
  return bytes
}

/// Batch 1 has records 1 and 2, batch 2 records 3 and 4, batch 3 record 5.
private let lines = [
  line(1, batch: 1, ends: false), line(2, batch: 1), line(3, batch: 2, ends: false),
  line(4, batch: 2), line(5, batch: 3),
]

/// What a sector that was not written reads as in a padded log.
private func blanks(_ count: Int) -> [UInt8] {
  [UInt8](repeating: UInt8(ascii: "\n"), count: count)
}

/// What a reader makes of a segment.
private func read(_ bytes: [UInt8]) -> String {
  bytes.withUnsafeBytes { bytes in
    var reader = SegmentReader(bytes, afterRecord: 0, batch: 0)
    var number = 0
    var batches: String { counted(number, "batch", "batches") }
    while true {
      switch reader.next() {
      case .batch: number += 1
      case .end: return "\(batches), and the end"
      case .blanks: return "\(batches), and blanks"
      case .tornTail(let place): return "\(batches), then a torn tail in line \(place.line)"
      case .corruption(let place):
        var proof = ""
        if case .provenDurable = place.damage { proof = ", as a later batch proves" }
        return "\(batches), then corruption in line \(place.line)\(proof)"
      }
    }
  }
}

/// The segment, after something was done to its lines.
private func tell(_ what: String, is expected: String, _ damage: (inout [[UInt8]]) -> Void) {
  check("records 1 2 | 3 4 | 5 in three batches, \(what)", is: expected) {
    var changed = lines
    damage(&changed)
    return read(changed.flatMap { $0 })
  }
}

func judge() async throws {
  invariant(1, "a damaged last batch is a torn tail: it was perhaps never synced") {
    tell("as they were written", is: "3 batches, and the end") { _ in }
    tell("a byte of 5 changed", is: "2 batches, then a torn tail in line 5") { $0[4][30] ^= 1 }
    tell("the last byte missing", is: "2 batches, then a torn tail in line 5") {
      $0[4].removeLast()
    }
    tell("100 zeros behind", is: "3 batches, then a torn tail in line 6") {
      $0.append([UInt8](repeating: 0, count: 100))
    }
  }
  invariant(2, "a later batch proves that this one was synced, and acknowledged: corruption") {
    tell("a byte of 3 changed", is: "1 batch, then corruption in line 3, as a later batch proves") {
      $0[2][30] ^= 1
    }
    tell("a byte of 4 changed", is: "1 batch, then corruption in line 4, as a later batch proves") {
      $0[3][30] ^= 1
    }
    tell("a byte of 1 changed", is: "0 batches, then corruption in line 1, as a later batch proves")
    {
      $0[0][30] ^= 1
    }
    tell(
      "blanks in place of 3", is: "1 batch, then corruption in line 3, as a later batch proves"
    ) {
      $0[2] = blanks($0[2].count)
    }
  }
  invariant(3, "a line of the same batch proves nothing: a disk writes its sectors in any order") {
    tell("5 missing, a byte of 3 changed", is: "1 batch, then a torn tail in line 3") {
      $0.removeLast()
      $0[2][30] ^= 1
    }
    tell("5 missing, blanks in place of 3", is: "1 batch, then a torn tail in line 3") {
      $0.removeLast()
      $0[2] = blanks($0[2].count)
    }
  }
  invariant(4, "the proof may be anywhere: damage can hide the beginning of a line") {
    tell(
      "the line end of 4 changed",
      is: "1 batch, then corruption in line 4, as a later batch proves"
    ) {
      $0[3][$0[3].count - 1] = 0x78
    }
    tell(
      "rubbish in place of 3 and 4",
      is: "1 batch, then corruption in line 3, as a later batch proves"
    ) {
      $0[2] = Array(#"{"crc":"{"crc":"0000{""#.utf8)
      $0[3] = []
    }
  }
  invariant(5, "a whole line with the wrong number is corruption, whatever is behind it") {
    tell("5 twice", is: "3 batches, then corruption in line 6") { $0.append($0[4]) }
    tell("4 missing", is: "1 batch, then corruption in line 4") { $0.remove(at: 3) }
    tell("2 missing", is: "0 batches, then corruption in line 2") { $0.remove(at: 1) }
  }
  invariant(6, "a damaged proof is none") {
    tell("a byte of 3 and of 5 changed", is: "1 batch, then a torn tail in line 3") {
      $0[2][30] ^= 1
      $0[4][30] ^= 1
    }
  }
}
