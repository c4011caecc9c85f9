import HTTP
import Replication
import RunSupport
import Synchronization
import Testing

@testable import Cluster

/// When a snapshot that could not be taken in may come again.
@Suite(.inTurn, .timeLimit(.minutes(10))) struct PieceTurnTests {
  private static let full = HTTPError(.serviceUnavailable, NodeStatus.diskFull)
  private static let other = HTTPError(.conflict, "it is damaged")
  private static let bytes: UInt64 = 100

  /// What the system says of a disk.
  private final class Space: Sendable {
    private let said: Mutex<UInt64?>
    init(_ bytes: UInt64?) { said = Mutex(bytes) }

    var bytes: UInt64? {
      get { said.withLock { $0 } }
      set { said.withLock { $0 = newValue } }
    }
  }

  private let turn: PieceTurn
  private let space = Space(0)
  private let start = ContinuousClock.now

  init() { turn = PieceTurn { [space] in space.bytes } }

  /// Whether a snapshot may begin so many seconds after the start; and if not, what is said.
  private func isOpen(after seconds: Double, refusal: HTTPError = full) -> Bool {
    do throws(HTTPError) {
      try turn.beginSnapshot(of: Self.bytes, at: start + .seconds(seconds))
      return true
    } catch {
      #expect(error.text == refusal.text && error.status == refusal.status)
      return false
    }
  }

  private func fail(after seconds: Double, _ refusal: HTTPError = full) -> Bool {
    turn.noteFailure(refusal, of: Self.bytes, at: start + .seconds(seconds))
  }

  @Test func `one piece at a time`() throws {
    try turn.begin()
    #expect(throws: HTTPError.self) { try turn.begin() }
    #expect(throws: HTTPError.self) { try turn.begin() }
    turn.end()
    try turn.begin()
  }

  @Test(arguments: [full, other])
  func `the pause doubles up to a minute, until a snapshot arrives`(refusal: HTTPError) {
    var now = 0.0
    #expect(isOpen(after: now))
    for seconds in [1.0, 2, 4, 8, 16, 32, 60, 60] {
      #expect(fail(after: now, refusal) == (seconds == 1), "only the first is worth a line")
      now += seconds
      #expect(!isOpen(after: now - 0.001, refusal: refusal))
      #expect(isOpen(after: now))
    }
    _ = fail(after: now, refusal)
    turn.noteArrival()
    #expect(isOpen(after: now))
    #expect(fail(after: now, refusal))
    now += 1
    #expect(isOpen(after: now))
  }

  @Test func `another reason is worth another line, and the pause goes on growing`() {
    #expect(fail(after: 0))
    #expect(fail(after: 1, Self.other))
    #expect(!isOpen(after: 2.9, refusal: Self.other))
    #expect(isOpen(after: 3))
    #expect(!fail(after: 3, Self.other))
  }

  @Test func `a disk that has space again ends a long pause, after a second`() {
    for seconds in [0.0, 1, 3, 7, 15, 31] { _ = fail(after: seconds) }
    space.bytes = Self.bytes - 1
    #expect(!isOpen(after: 50))
    space.bytes = Self.bytes
    #expect(!isOpen(after: 31.9))
    #expect(isOpen(after: 32) && isOpen(after: 50))
    // It is a first failure of that kind no more: what the system says was not true.
    #expect(!fail(after: 50))
    #expect(!isOpen(after: 109) && isOpen(after: 110))
  }

  @Test(arguments: [nil, bytes, .max])
  func `a pause for which the system knows no reason lasts`(said: UInt64?) {
    space.bytes = said
    for seconds in [0.0, 1, 3] { _ = fail(after: seconds) }
    #expect(!isOpen(after: 6.9) && isOpen(after: 7))
    space.bytes = .max
    #expect(!isOpen(after: 6.9))
  }

  @Test func `space that comes and goes lets one snapshot begin each time`() {
    for seconds in [0.0, 1, 3, 7, 15, 31] { _ = fail(after: seconds) }
    for round in 1...5 {
      space.bytes = Self.bytes
      let now = 31 + 2 * Double(round)
      #expect(isOpen(after: now))
      space.bytes = 0
      _ = fail(after: now)
      #expect(!isOpen(after: now + 1.5))
    }
  }
}
