import Bytes
import RunSupport
import Testing

@Suite(.inTurn, .timeLimit(.minutes(10)))
struct `Bytes` {
  /// Every sequence of two bytes, every third and fourth byte at the edges.
  @Test func `are UTF-8 exactly where the standard library says so`() {
    let edges: [UInt8] = [0x00, 0x22, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xff]
    for first in UInt8(0x80)...0xff {
      for second in UInt8(0)...0xff {
        for third in second >= 0x80 && second < 0xc0 ? edges : [0x61] {
          for fourth in third >= 0x80 && third < 0xc0 && first >= 0xf0 ? edges : [0x61] {
            let bytes = [first, second, third, fourth]
            let isSound = String(validating: bytes, as: UTF8.self) != nil
            if bytes.span.isUTF8 != isSound { Issue.record("\(bytes)") }
          }
        }
      }
    }
  }
}
