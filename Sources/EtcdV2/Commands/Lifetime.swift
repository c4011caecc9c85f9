internal import Store

/// How long a node lives: for ever, some seconds from the time its command is ordered, or, once the
/// command is stamped, until a moment.
///
/// etcd counts in Go's 64-bit nanoseconds and lets them overflow; so does this, and both agree on
/// the strangest `ttl`: 18446744073709551615 seconds are one second ago, and a moment that comes
/// out before the year 2000 is no moment at all, but for ever.
struct Lifetime: Hashable, Sendable {
  /// 2000-01-01 00:00 UTC, in nanoseconds since 1970.
  private static let year2000: Int64 = 946_684_800_000_000_000

  private var seconds: Int64?
  /// When the node expires; nil for never.
  private(set) var expiration: Timestamp?
  /// The moment from which the seconds were counted.
  private(set) var stampTime: Timestamp?

  static let forever = Lifetime(seconds: nil)

  /// - Parameter seconds: counted from the time the command is ordered; nil for ever.
  init(seconds: UInt64?) {
    self.seconds = seconds.map(Int64.init(bitPattern:))
  }

  /// See ``Store/Command/stamp(by:)``.
  mutating func stamp(by time: any TimeSource) {
    guard let seconds else { return }
    let now = time.now
    stampTime = now
    let end = now.microseconds &* 1_000 &+ seconds &* 1_000_000_000
    expiration = end < Self.year2000 ? nil : Timestamp(microseconds: end / 1_000)
    self.seconds = nil
  }

  func encode(to fields: inout some FieldWriter) {
    if let seconds { fields.write("ttl", seconds) }
    if let expiration { fields.write("expires", expiration.microseconds) }
    if let stampTime { fields.write("at", stampTime.microseconds) }
  }

  init(from fields: some FieldReader) throws(FieldError) {
    seconds = try fields.integer("ttl")
    expiration = try fields.integer("expires").map(Timestamp.init(microseconds:))
    stampTime = try fields.integer("at").map(Timestamp.init(microseconds:))
  }
}
