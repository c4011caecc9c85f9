/// Bytes as text of 64 letters (RFC 4648, section 4).
extension [UInt8] {
  /// Appends `bytes` in base64, padded.
  package mutating func append(base64 bytes: Span<UInt8>) {
    reserveCapacity(count + (bytes.count + 2) / 3 * 4)
    var i = 0
    while i < bytes.count {
      let taken = Swift.min(3, bytes.count - i)
      var group: UInt32 = 0
      for j in 0..<3 { group = group << 8 | (j < taken ? UInt32(bytes[i + j]) : 0) }
      for j in 0..<4 {
        let letter = Int(group >> UInt32(18 - 6 * j) & 0x3f)
        append(j <= taken ? base64Letters.utf8Start[letter] : UInt8(ascii: "="))
      }
      i += taken
    }
  }

  /// The bytes that `text` stands for; nil unless it is just what ``append(base64:)`` writes.
  package init?(base64 text: Span<UInt8>) {
    self = []
    guard text.count % 4 == 0 else { return nil }
    reserveCapacity(text.count / 4 * 3)
    var padding = 0
    while padding < Swift.min(2, text.count), text[text.count - 1 - padding] == UInt8(ascii: "=") {
      padding += 1
    }
    var group: UInt32 = 0
    for i in 0..<text.count {
      let isPadding = i >= text.count - padding
      guard let value = isPadding ? 0 : text[i].base64Value else { return nil }
      group = group << 6 | UInt32(value)
      if i % 4 == 3 {
        let kept = i == text.count - 1 ? 3 - padding : 3
        for j in 0..<kept { append(UInt8(truncatingIfNeeded: group >> UInt32(16 - 8 * j))) }
        // Bits that stand for nothing must be zero, or two texts would mean the same bytes.
        guard kept == 3 || group & (kept == 2 ? 0xff : 0xffff) == 0 else { return nil }
        group = 0
      }
    }
  }
}

private let base64Letters: StaticString =
  "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"

extension UInt8 {
  fileprivate var base64Value: UInt8? {
    switch self {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"): self - UInt8(ascii: "A")
    case UInt8(ascii: "a")...UInt8(ascii: "z"): self - UInt8(ascii: "a") + 26
    case UInt8(ascii: "0")...UInt8(ascii: "9"): self - UInt8(ascii: "0") + 52
    case UInt8(ascii: "+"): 62
    case UInt8(ascii: "/"): 63
    default: nil
    }
  }
}
