/// A key's place in the tree: names, each after a slash.
///
/// A path is bytes, not text: Swift compares a `String` by what it means to a reader, so that "é"
/// made of one code point equals "é" made of two, and a store must never take one key for another.
/// Any byte may stand in a name but the slash. The root is `/`; every other path has no slash at its
/// end and none doubled, so that equal keys have equal bytes.
public struct Path: Hashable, Sendable {
  /// The whole path, from its leading slash.
  public let bytes: [UInt8]

  /// The directory everything else is in.
  public static let root = Path(unchecked: [slash])

  private static let slash = UInt8(ascii: "/")

  private init(unchecked bytes: [UInt8]) { self.bytes = bytes }

  /// The path that `key` names: doubled slashes count once, those at either end do not count.
  ///
  /// `cloud`, `/cloud` and `//cloud/` are one path; a key of nothing but slashes is the root.
  /// - Throws: ``InvalidPath`` when a segment is `.` or `..`, which elsewhere mean "here" and "up":
  ///   rather than guess what was meant, no key bears such a name.
  public init(_ key: [UInt8]) throws(InvalidPath) { try self.init(key[...]) }

  /// The path that a part of some bytes names, as above.
  public init(_ key: ArraySlice<UInt8>) throws(InvalidPath) {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(key.count + 1)
    var start = key.startIndex
    while start < key.endIndex {
      let end = key[start...].firstIndex(of: Path.slash) ?? key.endIndex
      if start < end {
        if Path.isDots(key[start..<end]) { throw InvalidPath() }
        bytes.append(Path.slash)
        bytes.append(contentsOf: key[start..<end])
      }
      start = end + 1
    }
    self.bytes = bytes.isEmpty ? Path.root.bytes : bytes
  }

  private static func isDots(_ name: ArraySlice<UInt8>) -> Bool {
    name.count <= 2 && name.allSatisfy { $0 == UInt8(ascii: ".") }
  }

  public var isRoot: Bool { bytes.count == 1 }

  /// The names on the way from the root; the root has none.
  public var segments: Segments { Segments(rest: bytes.dropFirst()) }

  /// The names on the way from `base`, within which this path must be.
  func segments(beneath base: Path) -> Segments {
    Segments(rest: base.isRoot ? bytes.dropFirst() : bytes.dropFirst(base.bytes.count + 1))
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

  /// The path down to and with the segment that ends at `end`, an index into ``bytes``.
  func prefix(through end: Int) -> Path { Path(unchecked: Array(bytes[..<end])) }
}

extension Path {
  /// A path's names, front to back, as slices of its bytes.
  public struct Segments: Sequence, IteratorProtocol {
    fileprivate var rest: ArraySlice<UInt8>

    public mutating func next() -> ArraySlice<UInt8>? {
      guard !rest.isEmpty else { return nil }
      guard let end = rest.firstIndex(of: Path.slash) else {
        defer { rest = [] }
        return rest
      }
      defer { rest = rest[(end + 1)...] }
      return rest[..<end]
    }
  }
}

extension Path: CustomStringConvertible {
  /// The path as text for people; bytes that are not UTF-8 are shown as U+FFFD.
  public var description: String { String(decoding: bytes, as: UTF8.self) }
}

/// A key with a segment `.` or `..`.
public struct InvalidPath: Error, Hashable, CustomStringConvertible {
  public var description: String { "a key must not contain the segments . or .." }
}
