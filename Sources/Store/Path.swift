/// A key's place in the tree: names, each after a slash.
///
/// A path is bytes, not text: Swift compares a `String` by what it means to a reader, so that "é"
/// made of one code point equals "é" made of two, and a store must never take one key for another.
/// A name may hold any byte except a slash. The root is `/`; every other path has no slash at its
/// end and no double slash, so that equal keys have equal bytes.
public struct Path: Hashable, Sendable {
  /// The whole path, from its leading slash.
  public let bytes: [UInt8]

  /// The directory everything else is in.
  public static let root = Path(unchecked: [slash])

  private static let slash = UInt8(ascii: "/")

  /// The path with these bytes: a slash before each name, or a single slash for the root.
  init(unchecked bytes: [UInt8]) { self.bytes = bytes }

  /// The most bytes a key may have. The slash before its first name does not count.
  public static let byteLimit = 4_096
  /// The most names a key may have. One write makes a directory for each, so this bounds the cost
  /// of a small request.
  public static let segmentLimit = 256

  /// The path that `key` names: doubled slashes count once, those at either end do not count.
  ///
  /// `cloud`, `/cloud` and `//cloud/` are one path; a key of nothing but slashes is the root.
  /// Every key from outside becomes a path here, before it gets into a log.
  /// - Throws: ``InvalidPath`` when a segment is `.` or `..`, which elsewhere mean "here" and "up":
  ///   rather than guess what was meant, no key bears such a name; and when the key is longer or
  ///   deeper than the limits.
  public init(_ key: [UInt8]) throws(InvalidPath) { try self.init(key[...]) }

  /// The path that a slice of bytes names, as above.
  public init(_ key: ArraySlice<UInt8>) throws(InvalidPath) {
    try self.init(logged: key)
    if bytes.count - 1 > Path.byteLimit { throw .tooLong(bytes: bytes.count - 1) }
    let depth = depth
    if depth > Path.segmentLimit { throw .tooDeep(segments: depth) }
  }

  /// The path of a key from a log or a snapshot, accepted perhaps before there were limits. It must
  /// be applied again, so only bytes that never were a key are refused.
  public init(logged key: ArraySlice<UInt8>) throws(InvalidPath) {
    if Path.isPath(key) {
      // Shared, not copied, if it is all of an array.
      self.bytes = Array(key)
      return
    }
    var bytes: [UInt8] = []
    // A key may consist mostly of slashes, and the path is kept for a long time.
    bytes.reserveCapacity(min(key.count, Path.byteLimit) + 1)
    var start = key.startIndex
    while start < key.endIndex {
      let end = key[start...].firstIndex(of: Path.slash) ?? key.endIndex
      if start < end {
        if Path.isDots(key[start..<end]) { throw .dots }
        bytes.append(Path.slash)
        bytes.append(contentsOf: key[start..<end])
      }
      start = end + 1
    }
    self.bytes = bytes.isEmpty ? Path.root.bytes : bytes
  }

  /// Checks whether a name of this length may be added to this path.
  /// - Throws: ``InvalidPath`` when the path would be longer or deeper than the limits.
  public func checkRoom(forNameOf count: Int) throws(InvalidPath) {
    let total = isRoot ? count : bytes.count + count
    if total > Path.byteLimit { throw .tooLong(bytes: total) }
    if depth >= Path.segmentLimit { throw .tooDeep(segments: depth + 1) }
  }

  /// Whether a key is written as the path that it names, as every key in a log is.
  private static func isPath(_ key: ArraySlice<UInt8>) -> Bool {
    guard key.first == slash else { return false }
    var start = key.startIndex + 1
    while start < key.endIndex {
      let end = key[start...].firstIndex(of: slash) ?? key.endIndex
      if start == end || isDots(key[start..<end]) { return false }
      start = end + 1
    }
    // Neither the root nor a slash at the end.
    return start == key.endIndex + 1
  }

  private static func isDots(_ name: ArraySlice<UInt8>) -> Bool {
    name.count <= 2 && name.allSatisfy { $0 == UInt8(ascii: ".") }
  }

  public var isRoot: Bool { bytes.count == 1 }

  /// The number of names from the root. Looks at every byte.
  public var depth: Int {
    if isRoot { return 0 }
    var count = 0
    for byte in bytes where byte == Path.slash { count += 1 }
    return count
  }

  /// The names from the root; the root has none.
  public var segments: Segments { Segments(bytes: bytes, start: 1) }

  /// The names from `base`, which must contain this path.
  func segments(beneath base: Path) -> Segments {
    Segments(bytes: bytes, start: base.isRoot ? 1 : base.bytes.count + 1)
  }

  /// The last name; empty for the root.
  public var name: ArraySlice<UInt8> { bytes[(lastSlash + 1)...] }

  /// The directory this path is in; the root's is the root.
  public var parent: Path {
    lastSlash == 0 ? .root : Path(unchecked: Array(bytes[..<lastSlash]))
  }

  private var lastSlash: Int { bytes.lastIndex(of: Path.slash) ?? 0 }

  /// The path of `name` in this directory; `name` is one segment, taken as it is.
  public func appending(_ name: [UInt8]) -> Path {
    var result: [UInt8] = []
    result.reserveCapacity(bytes.count + 1 + name.count)
    if !isRoot { result.append(contentsOf: bytes) }
    result.append(Path.slash)
    result.append(contentsOf: name)
    return Path(unchecked: result)
  }

  /// Whether this is `other` or lies somewhere beneath it.
  public func isWithin(_ other: Path) -> Bool {
    if other.isRoot || bytes == other.bytes { return true }
    return bytes.count > other.bytes.count && bytes[other.bytes.count] == Path.slash
      && bytes.starts(with: other.bytes)
  }

  /// The path up to and including the segment that ends at `end`, an index into ``bytes``.
  func prefix(through end: Int) -> Path { Path(unchecked: Array(bytes[..<end])) }
}

extension Path {
  /// A path's names, front to back, as slices of its bytes.
  public struct Segments: Sequence, IteratorProtocol {
    fileprivate let bytes: [UInt8]
    /// Where the next name begins.
    fileprivate var start: Int

    public mutating func next() -> ArraySlice<UInt8>? {
      guard start < bytes.count else { return nil }
      var end = start
      while end < bytes.count, bytes[end] != Path.slash { end += 1 }
      defer { start = end + 1 }
      return bytes[start..<end]
    }
  }
}

extension Path: CustomStringConvertible {
  /// The path as text for people; bytes that are not UTF-8 are shown as U+FFFD.
  public var description: String { String(decoding: bytes, as: UTF8.self) }
}

/// Why a key is not a path.
public enum InvalidPath: Error, Hashable, Sendable {
  /// It has a segment `.` or `..`.
  case dots
  /// It has more than ``Path/byteLimit`` bytes.
  case tooLong(bytes: Int)
  /// It has more than ``Path/segmentLimit`` segments.
  case tooDeep(segments: Int)
}

extension InvalidPath: CustomStringConvertible {
  public var description: String {
    switch self {
    case .dots: "a key must not contain the segments . or .."
    case .tooLong(let count): "a key must have at most \(Path.byteLimit) bytes, not \(count)"
    case .tooDeep(let count): "a key must have at most \(Path.segmentLimit) segments, not \(count)"
    }
  }
}
