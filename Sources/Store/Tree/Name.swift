/// The name of an entry in its directory: any bytes but a slash.
///
/// A name of up to 14 bytes, as nearly all are, lies where the name is, and not in memory of its
/// own: so it lies in the page of a ``SortedTree``, 56 bytes with its node.
///
///     page  [ "web-1"  file | "web-2"  file | "web-3"  directory ]
///                       │               │                  └──► Directory
///                       └──► value      └──► value
///
/// Looking for a name in a page then reads a few lines that lie side by side. Names elsewhere would
/// each be waited for, which in a large tree is most of what a look-up takes.
public struct Name: Sendable {
  fileprivate enum Storage {
    case short(NameHead)
    case long([UInt8])
  }
  fileprivate let storage: Storage

  /// Copies the bytes.
  public init(_ bytes: Span<UInt8>) {
    let head = NameHead(bytes)
    storage = head.isWhole ? .short(head) : .long(bytes.withUnsafeBufferPointer { Array($0) })
  }

  init(_ name: Sought) {
    storage = name.head.isWhole ? .short(name.head) : .long(Array(name.bytes))
  }

  /// How this name stands to another, in the order of their bytes.
  func isOrdered(comparedTo name: Sought) -> Ordering {
    switch storage {
    case .short(let head): head.isOrdered(comparedTo: name.head)
    case .long(let bytes): compare(bytes.span, name.bytes.span)
    }
  }

  /// A name that is looked for: made once, and compared with many.
  struct Sought {
    let bytes: ArraySlice<UInt8>
    fileprivate let head: NameHead

    init(_ bytes: ArraySlice<UInt8>) {
      self.bytes = bytes
      head = NameHead(bytes.span)
    }

    init(_ name: Name) { self.init(name.bytes[...]) }
  }

  /// Whether this name comes before another.
  func isBefore(_ other: Name) -> Bool {
    switch (storage, other.storage) {
    case (.short(let head), .short(let other)): head.isOrdered(comparedTo: other) == .before
    case (.long(let bytes), .long(let other)): compare(bytes.span, other.span) == .before
    default: isOrdered(comparedTo: Sought(other)) == .before
    }
  }
}

/// The first 14 bytes of a name, with zeros for those it does not have, and how long it is: 15
/// bytes, so that a ``Name`` takes 16.
private struct NameHead {
  // In memory in the order of the name, so that they are its bytes.
  private var first: UInt64 = 0
  private var next: UInt32 = 0
  private var last: UInt16 = 0
  /// One more than there is room for, if the name is longer.
  private let length: UInt8

  private static let room = 14

  init(_ name: Span<UInt8>) {
    length = UInt8(Swift.min(name.count, Self.room + 1))
    name.withUnsafeBytes { name in
      withUnsafeMutableBytes(of: &self) { $0.copyBytes(from: name.prefix(Self.room)) }
    }
  }

  var isWhole: Bool { length <= Self.room }

  /// Of numbers whose first byte weighs most, the order is that of the bytes. Where all 14 are the
  /// same, the shorter name comes first.
  func isOrdered(comparedTo other: NameHead) -> Ordering {
    let (a, b) = (UInt64(bigEndian: first), UInt64(bigEndian: other.first))
    if a != b { return a < b ? .before : .after }
    let (c, d) = (rest, other.rest)
    return c == d ? .same : c < d ? .before : .after
  }

  private var rest: UInt64 {
    UInt64(UInt32(bigEndian: next)) << 24 | UInt64(UInt16(bigEndian: last)) << 8 | UInt64(length)
  }

  func withBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
    withUnsafeBytes(of: self) { body(UnsafeRawBufferPointer(start: $0.baseAddress, count: count)) }
  }

  var count: Int { Int(length) }
}

extension Name {
  /// How many bytes it has.
  public var count: Int {
    switch storage {
    case .short(let head): head.count
    case .long(let bytes): bytes.count
    }
  }

  /// Its first byte, if it has one.
  public var first: UInt8? {
    switch storage {
    case .short(let head): head.withBytes { $0.first }
    case .long(let bytes): bytes.first
    }
  }

  /// Whether it has such a byte.
  func contains(_ byte: UInt8) -> Bool {
    switch storage {
    case .short(let head): head.withBytes { $0.contains(byte) }
    case .long(let bytes): bytes.contains(byte)
    }
  }

  /// A copy of its bytes.
  public var bytes: [UInt8] {
    switch storage {
    case .short(let head): head.withBytes { Array($0) }
    case .long(let bytes): bytes
    }
  }
}

extension [UInt8] {
  /// Appends the bytes of a name.
  public mutating func append(_ name: Name) {
    switch name.storage {
    case .short(let head): head.withBytes { append(contentsOf: $0) }
    case .long(let bytes): append(contentsOf: bytes)
    }
  }
}
