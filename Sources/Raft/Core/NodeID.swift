/// Who a node is, for as long as the cluster lives.
///
/// An identity never depends on an address, and one that was removed is not used again: a vote or
/// an acknowledgement is counted under it.
public struct NodeID: RawRepresentable, Hashable, Comparable, Sendable {
  public var rawValue: UInt64
  public init(rawValue: UInt64) { self.rawValue = rawValue }
  public init(_ rawValue: UInt64) { self.rawValue = rawValue }

  public static func < (a: NodeID, b: NodeID) -> Bool { a.rawValue < b.rawValue }
}

extension NodeID: CustomStringConvertible {
  public var description: String { "n\(rawValue)" }
}
