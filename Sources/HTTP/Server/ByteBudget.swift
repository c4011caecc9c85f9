/// The memory that requests on one loop may take together while they come in and are answered.
///
/// Each connection may send a body of some megabytes and stop half-way; a thousand of them must not
/// take the machine's memory. So what a request takes beyond ``freeBytes`` is set aside here first:
/// all of a body whose length is announced, and of any other twice what has come of it.
///
/// ```
///   │ large requests: three quarters                    │ small ones: all of it │
/// ```
///
/// Large requests alone cannot take everything: a quarter is left for the usual ones, and for those
/// that have priority. Who finds too little waits, in the order of coming, until others are
/// finished.
///
/// Only on the loop; what is set aside can be read from anywhere (``ServerCounts/requestBytes``).
struct ByteBudget {
  /// What every request has without asking.
  static let freeBytes = InputBuffer.initialBytes
  /// From here on a request is large.
  static let largeBytes = 64 << 10

  /// A request that has to wait.
  final class Waiter {
    fileprivate let bytes: Int
    fileprivate let isLarge: Bool
    fileprivate let wake: () -> Void
    /// Whether what it waits for is set aside for it.
    fileprivate(set) var isGranted = false

    fileprivate init(bytes: Int, isLarge: Bool, wake: @escaping () -> Void) {
      self.bytes = bytes
      self.isLarge = isLarge
      self.wake = wake
    }
  }

  private let limit: Int
  private(set) var used = 0
  /// Each in the order of coming.
  private var large: [Waiter] = []
  private var small: [Waiter] = []

  /// - Parameters:
  ///   - limits: the server's.
  ///   - loops: how many share ``Limits/requestBytes``. Each has room for the largest request,
  ///     however many there are.
  init(_ limits: Limits, loops: Int) {
    limit = max(limits.requestBytes / loops, 2 * (limits.headBytes + limits.bodyBytes))
  }

  /// Sets `bytes` aside; false if that would be too much.
  ///
  /// - Parameter isLarge: whether only three quarters are there for the request.
  mutating func take(_ bytes: Int, isLarge: Bool) -> Bool {
    guard (isLarge ? large : small).isEmpty, fits(bytes, isLarge: isLarge) else { return false }
    used += bytes
    return true
  }

  /// Has a request wait for what ``take(_:isLarge:)`` did not give.
  ///
  /// - Parameter wake: called when it has been set aside.
  mutating func wait(for bytes: Int, isLarge: Bool, wake: @escaping () -> Void) -> Waiter {
    let waiter = Waiter(bytes: bytes, isLarge: isLarge, wake: wake)
    if waiter.isLarge { large.append(waiter) } else { small.append(waiter) }
    return waiter
  }

  /// Takes back a wait that was not granted.
  mutating func cancel(_ waiter: Waiter) {
    large.removeAll { $0 === waiter }
    small.removeAll { $0 === waiter }
    grant()
  }

  /// Gives back what is no longer needed.
  mutating func giveBack(_ bytes: Int) {
    used -= bytes
    grant()
  }

  private func fits(_ bytes: Int, isLarge: Bool) -> Bool {
    used + bytes <= (isLarge ? limit / 4 * 3 : limit)
  }

  /// Lets those in that have room now.
  private mutating func grant() {
    small.removeFirst(grant(small))
    large.removeFirst(grant(large))
  }

  /// - Returns: how many of `waiting` were let in.
  private mutating func grant(_ waiting: [Waiter]) -> Int {
    var count = 0
    for waiter in waiting {
      guard fits(waiter.bytes, isLarge: waiter.isLarge) else { break }
      used += waiter.bytes
      waiter.isGranted = true
      waiter.wake()
      count += 1
    }
    return count
  }
}
