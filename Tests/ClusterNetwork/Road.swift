import Foundation
import Synchronization

/// The way from one node to another, for what the first one sends.
///
/// A proxy of its own listens for each: the first node knows the second by the proxy's address.
/// What passes may be held back, or be slow; it is never changed, and its order neither. Bytes that
/// are held back arrive when the road is open again, however long ago they were sent: even those of
/// a node that has been killed meanwhile.
final class Road: Sendable {
  let from: Int
  let to: Int

  private struct State {
    var isCut = false
    var delay = 0.0
  }

  private let state = Mutex(State())
  private let condition = NSCondition()

  init(from: Int, to: Int) {
    self.from = from
    self.to = to
  }

  /// Lets nothing pass.
  func cut() { change { $0.isCut = true } }

  /// Lets everything pass so many seconds later.
  func slow(by seconds: Double) { change { $0.delay = seconds } }

  /// Lets everything pass at once.
  func heal() { change { $0 = State() } }

  private func change(_ change: (inout State) -> Void) {
    condition.lock()
    state.withLock { change(&$0) }
    condition.broadcast()
    condition.unlock()
  }

  /// Returns when what was sent at `moment` may arrive.
  func pass(_ moment: Date) {
    condition.lock()
    defer { condition.unlock() }
    while true {
      let (isCut, delay) = state.withLock { ($0.isCut, $0.delay) }
      let due = moment.addingTimeInterval(delay)
      if isCut {
        condition.wait()
      } else if due > Date() {
        _ = condition.wait(until: due)
      } else {
        return
      }
    }
  }
}
