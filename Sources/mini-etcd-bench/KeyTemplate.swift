/// Bytes that are the same for every key but for the key's number.
///
/// A request is not composed each time: its bytes stand ready, and the eight digits of a number are
/// written over the eight before. So the tool costs little beside the server it shares the machine
/// with.
struct KeyTemplate: Sendable {
  /// Key numbers have eight digits.
  static let mostKeys = 100_000_000
  /// Stands where the number goes.
  static let mark = "########"

  private let places: [Int]

  /// Finds the marks in `bytes`.
  init(_ bytes: [UInt8]) {
    let mark = Array(Self.mark.utf8)
    var places: [Int] = []
    var position = 0
    while position + mark.count <= bytes.count {
      if bytes[position] == mark[0], bytes[position..<position + mark.count].elementsEqual(mark) {
        places.append(position)
        position += mark.count
      } else {
        position += 1
      }
    }
    self.places = places
  }

  /// Writes the number of a key, below ``mostKeys``, over every mark of the same bytes.
  func write(_ key: Int, into bytes: inout [UInt8]) {
    assert((0..<Self.mostKeys).contains(key))
    var digits: UInt64 = 0
    var rest = UInt64(key)
    for _ in 0..<8 {
      digits = digits << 8 | (UInt64(UInt8(ascii: "0")) + rest % 10)
      rest /= 10
    }
    for place in places {
      bytes.withUnsafeMutableBytes {
        $0.storeBytes(of: digits.littleEndian, toByteOffset: place, as: UInt64.self)
      }
    }
  }
}
