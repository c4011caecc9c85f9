/// What a connection has at a server: one of the places open to every client, or one of a few more
/// that are kept for requests with priority.
///
/// ```
///   │ usual                           │ reserved                     │ descriptors for the rest │
///     all taken: the client that has    none idle: a newcomer shows
///     been idle for longest makes       here soon, by its first
///     room                              request, that it may stay
/// ```
enum Place: Sendable {
  case usual
  case reserved
}

/// How many connections a server takes.
struct Places: Sendable {
  /// Descriptors left for everything else: files, connections to others.
  private static let keptDescriptors = 64
  /// Places for requests with priority, at the most and as a part of all.
  private static let mostReserved = 32
  private static let reservedPart = 4

  let usual: Int
  let reserved: Int

  /// - Parameters:
  ///   - limit: how many connections are wanted at the most.
  ///   - descriptors: how many the process may have.
  ///   - hasPriority: whether any request has priority.
  init(limit: Int, descriptors: Int, hasPriority: Bool) {
    let room = max(descriptors - Self.keptDescriptors, 1)
    reserved = hasPriority ? min(Self.mostReserved, room / Self.reservedPart) : 0
    usual = min(limit, room - reserved)
  }
}
