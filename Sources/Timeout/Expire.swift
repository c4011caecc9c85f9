public import Store

/// Removes what is due, up to a limit: the only way in which time changes the store.
///
/// A read never compares a deadline with a clock, or two replicas could answer differently. Instead
/// whoever orders the log writes into it "it is now so late", and every replica, and every replay,
/// removes the same keys at the same place of the log, the earliest deadline first.
public struct Expire: Command {
  public static let name: StaticString = "expire"

  /// How many keys one command removes at the most, so that other writes get their turn between.
  public static let limit: Int64 = 1_000

  /// How late it is; set when the command is ordered.
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
