public import Store

/// Removes the keys that are due, up to a limit: the only way in which time changes the store.
///
/// A read never compares a deadline with a clock, or two replicas could answer differently. Instead
/// the part that orders the log writes the current time into it. Every replica and every replay
/// removes the same keys at that place of the log, the earliest deadline first.
public struct Expire: Command {
  public static let name: StaticString = "expire"

  /// The most keys that one command removes, so that other writes get their turn in between.
  public static let limit: Int64 = 1_000

  /// The time at which the command was ordered.
  public private(set) var now: Timestamp?
  private let limit: Int64
  public var stampTime: Timestamp? { now }

  public init(limit: Int64 = Expire.limit) { self.limit = limit }

  public mutating func stamp(by time: any TimeSource) {
    if now == nil { now = time.now }
  }

  public func apply(to space: inout KeySpace) throws(StoreError) -> [Event] {
    guard let now else { return [] }
    var events: [Event] = []
    while events.count < limit, let path = space.nextDue(at: now) {
      events.append(try space.remove(path, as: .expire))
    }
    return events
  }

  public func encode(to fields: inout some FieldWriter) {
    if let now { fields.write("now", now.microseconds) }
    fields.write("limit", limit)
  }

  public init(from fields: some FieldReader) throws(FieldError) {
    now = try fields.integer("now").map(Timestamp.init(microseconds:))
    guard let limit = try fields.integer("limit") else { throw .missing("limit") }
    guard limit >= 0 else { throw .malformed("limit") }
    self.limit = limit
  }
}
