import Store
import Synchronization

/// A wall clock that stands until a test moves it.
final class ManualTime: TimeSource {
  private let microseconds: Mutex<Int64>

  /// 2026-01-02 03:04:05 UTC.
  static let start: Int64 = 1_767_323_045_000_000

  init() { microseconds = Mutex(Self.start) }

  var now: Timestamp { Timestamp(microseconds: microseconds.withLock { $0 }) }

  func advance(seconds: Double) {
    microseconds.withLock { $0 += Int64(seconds * 1_000_000) }
  }
}
