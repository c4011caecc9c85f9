import Raft
import RunSupport
import Synchronization
import Testing
import WAL

@testable import Replication

/// What a replica frees elsewhere is freed there.
@Suite(.inTurn, .timeLimit(.minutes(10))) struct FreeingTests {
  /// Says when it goes.
  private final class Burden: Sendable {
    private let isGone: Flag
    init(_ isGone: Flag) { self.isGone = isGone }
    deinit { isGone.raise() }
  }

  private final class Flag: Sendable {
    private let value = Atomic(false)
    var isRaised: Bool { value.load(ordering: .relaxed) }
    func raise() { value.store(true, ordering: .relaxed) }
  }

  /// A host whose other thread is so fast that work is done before it has been handed over.
  private final class Host: ReplicaHost {
    private(set) var work: (@Sendable () -> ReplicaInput?)?
    /// Called when work is done, while the one who asked for it still holds it.
    var afterWork: () -> Void = {}

    var now: ContinuousClock.Instant { .now }
    func send(_ messages: PendingMessages, to peer: NodeID, on lane: Lane) {}
    func sendSnapshot(_ message: Message, _ record: SnapshotRecord) {}
    func connect(to members: [MemberRecord]) {}
    func noteRemoval() {}
    func randomNumber() -> UInt64 { 1 }

    func runInBackground(_ work: @escaping @Sendable () -> ReplicaInput?) {
      self.work = work
      _ = work()
      afterWork()
    }
  }

  @Test func `it is gone when the work is done, though the work is still held`() {
    let host = Host()
    let isGone = Flag()
    var wasGone = false
    host.afterWork = { wasGone = isGone.isRaised }
    host.free([Burden(isGone)])
    #expect(wasGone)
    #expect(host.work != nil)
  }
}
