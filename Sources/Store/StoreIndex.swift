/// The store's own count of events.
///
/// Each write is one index; failed writes, reads and membership changes do not count. It is what
/// etcd calls `createdIndex`, `modifiedIndex` and `X-Etcd-Index`. See ``LogIndex`` for the other
/// count.
public struct StoreIndex: RawRepresentable, Hashable, Comparable, Sendable {
  public var rawValue: UInt64
  public init(rawValue: UInt64) { self.rawValue = rawValue }
  public init(_ rawValue: UInt64) { self.rawValue = rawValue }

  /// Before the first event; also the root directory's index, since no event created it.
  public static let zero = StoreIndex(0)

  /// The index of the event after this one.
  public var next: StoreIndex { StoreIndex(rawValue + 1) }

  public static func < (a: StoreIndex, b: StoreIndex) -> Bool { a.rawValue < b.rawValue }
}

extension StoreIndex: CustomStringConvertible {
  public var description: String { String(rawValue) }
}
