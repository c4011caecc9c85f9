import Replication
import Synchronization

/// How the requests to one peer have fared since the start, for `/v2/stats/leader`.
final class RoundTrips: Sendable {
  /// Times in milliseconds, of the requests that were taken; zero while there were none.
  struct Figures {
    private(set) var successes = 0
    fileprivate(set) var failures = 0
    private(set) var latest = 0.0
    private(set) var shortest = 0.0
    private(set) var longest = 0.0
    private(set) var average = 0.0
    /// The sum of the squares of the distances from the average (Welford, 1962): no figure grows so
    /// large that the differences between the others are lost in it.
    private var spread = 0.0

    var standardDeviation: Double {
      successes == 0 ? 0 : (spread / Double(successes)).squareRoot()
    }

    mutating func add(_ time: Double) {
      successes += 1
      latest = time
      shortest = successes == 1 ? time : min(shortest, time)
      longest = max(longest, time)
      let distance = time - average
      average += distance / Double(successes)
      spread += distance * (time - average)
    }
  }

  private let present = Mutex(Figures())
  /// Of short messages alone: what the way itself takes.
  let times = Histogram()

  var figures: Figures { present.withLock { $0 } }

  /// - Parameter isShort: whether the request's size did not matter.
  func succeed(after duration: Duration, isShort: Bool = true) {
    if isShort { times.add(duration) }
    let milliseconds = duration / .milliseconds(1)
    present.withLock { $0.add(milliseconds) }
  }

  func fail() { present.withLock { $0.failures += 1 } }
}
