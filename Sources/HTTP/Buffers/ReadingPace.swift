/// Whether a client reads what is ready for it fast enough.
///
/// It has a number of seconds to fall behind. While the server waits for it they run out; each so
/// many bytes that it takes give one back, and so does each second in which nothing waits for it.
/// So a slow client is served for as long as it keeps to the least rate, a usual one may stop for a
/// while at any time, and one that takes a few bytes now and then is not served for ever.
struct ReadingPace {
  private let patience: UInt32
  private let bytesPerSecond: Int
  /// Seconds that it may still fall behind, as of ``time``.
  private var slack: UInt32
  private var time: UInt32 = 0
  /// Bytes it took that have not made a whole second yet.
  private var bytes = 0

  init(patience: UInt32, bytesPerSecond: Int) {
    self.patience = patience
    self.bytesPerSecond = bytesPerSecond
    slack = patience
  }

  /// The uptime by which it must take some more.
  var deadline: UInt32 { time + slack }

  /// Nothing has waited for the client since the last call.
  mutating func rest(until now: UInt32) {
    slack += min(patience - slack, now - time)
    time = now
  }

  /// Something has waited for the client since the last call.
  mutating func wait(until now: UInt32) {
    slack -= min(slack, now - time)
    time = now
  }

  /// The client has taken `count` bytes.
  mutating func take(_ count: Int) {
    bytes += count
    slack += min(patience - slack, UInt32(clamping: bytes / bytesPerSecond))
    bytes %= bytesPerSecond
  }
}
