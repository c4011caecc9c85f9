import Raft
import RunSupport
import Store
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

  /// Removes a directory with everything in it.
  private struct Remove: Command {
    static let name: StaticString = "remove"
    let path: Path
    init(_ path: Path) { self.path = path }
    func apply(to space: inout KeySpace) throws(StoreError) -> [Event] {
      [try space.remove(path, as: .delete), try space.remove(path.parent, as: .delete)]
    }
    func encode(to fields: inout some FieldWriter) {}
    init(from fields: some FieldReader) throws(FieldError) { throw .unknownCommand("remove") }
  }

  @Test func `removed directories are taken out of an outcome, which stays as it is otherwise`()
    throws
  {
    let store = KeyValueStore()
    let path = { (text: String) in try Path(Array(text.utf8)) }
    for (index, key) in ["a/b/c", "a/d"].enumerated() {
      var outcome = store.apply(
        Put(try path(key), []), at: LogIndex(UInt64(index + 1)))
      let before = outcome
      #expect(outcome.takeRemovedDirectories().isEmpty)
      #expect(try outcome.result.get().map(\.index) == before.result.get().map(\.index))
    }
    var outcome = store.apply(Remove(try path("a/b")), at: LogIndex(3))
    let before = try outcome.result.get()
    #expect(outcome.takeRemovedDirectories().map(\.count) == [1, 1])
    let after = try outcome.result.get()
    #expect(after.map(\.index) == before.map(\.index))
    #expect(after.map(\.previous) == before.map(\.previous))
    #expect(after.allSatisfy { $0.removedDirectory == nil })
    #expect(outcome.takeRemovedDirectories().isEmpty)

    var refused = store.apply(Remove(try path("a/b")), at: LogIndex(4))
    #expect(refused.takeRemovedDirectories().isEmpty)
    #expect(throws: StoreError.self) { try refused.result.get() }
  }
}
