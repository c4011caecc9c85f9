import DiskSimulation
import Platform
import Store
import Synchronization

@testable import WAL

extension MemoryDisk: @unchecked Sendable {}

/// A clock on which a second passes at each look.
private final class TickingTime: TimeSource {
  private let seconds = Mutex<Int64>(0)
  var now: Timestamp {
    seconds.withLock { seconds in
      seconds += 1
      return Timestamp(microseconds: seconds * 1_000_000)
    }
  }
}

/// The error that the log's thread was thrown, if it was.
private final class Failure: Sendable {
  private let state = Mutex(false)
  var hasCome: Bool { state.withLock { $0 } }

  /// Does not return: the thread is about to end the process, and the judge has to look first.
  func come() {
    state.withLock { $0 = true }
    while true { pause(milliseconds: 1_000) }
  }
}

/// A store, its log, and what the clients were answered.
private final class Scene: Sendable {
  let memory: MemoryDisk
  let disk: GatedDisk
  let store = KeyValueStore()
  let proposer: JournalingProposer
  private let answers = Mutex<[String?]>([])
  private let failure = Failure()
  private let firstSync: Int

  init(
    on memory: MemoryDisk = MemoryDisk(), snapshotEvery entries: Int = 100_000,
    bytes: Int = 1 << 30, mayFail: Bool = false
  ) throws {
    self.memory = memory
    disk = GatedDisk(memory)
    var policy = SnapshotPolicy()
    (policy.entries, policy.bytes) = (entries, bytes)
    proposer = try JournalingProposer.open(
      disk, store: store, registry: CommandRegistry([Put.self, Delete.self]), time: TickingTime(),
      snapshots: policy
    ) { [failure] line in
      if !mayFail { broken("the log's thread goes on", "\(line)") }
      failure.come()
    }.proposer
    firstSync = disk.syncs
  }

  /// Proposes a put, and waits until it is on its way to the log's thread.
  func put(_ key: String, _ value: String = "", ttl: Int64? = nil) async throws {
    let put = Put(try Path(Array(key.utf8)), Array(value.utf8), timeToLive: ttl)
    let (number, before) = (answers.withLock { $0.count }, proposer.waiting)
    answers.withLock { $0.append(nil) }
    Task {
      let answer: String
      do throws(ProposalError) {
        switch try await proposer.propose(put).result {
        case .success(let events): answer = events.map { "event \($0.index)" }.joined()
        case .failure(let error): answer = "\(error)"
        }
      } catch { answer = "refused" }
      answers.withLock { $0[number] = answer }
    }
    if syncIsHeld { await waiting(for: "a proposal in the mailbox") { proposer.waiting > before } }
  }

  private let held = Mutex(false)
  private var syncIsHeld: Bool { held.withLock { $0 } }

  /// Proposes a put and returns while the disk is busy with it.
  func putDuringSync(_ key: String) async throws {
    disk.holdSyncs()
    try await put(key)
    let sync = Later { [disk] in await disk.waitForHeldSync() }
    await waiting(for: "a sync of the log", seeing: "no sync within \(patience), \(told)") {
      sync.value != nil
    }
    held.withLock { $0 = true }
  }

  func finishSync() {
    held.withLock { $0 = false }
    disk.releaseSyncs()
  }

  /// Waits until all are answered.
  func allAnswered() async {
    await waiting(for: "an answer to each", seeing: "after \(patience): \(told); \(answered)") {
      answers.withLock { $0.allSatisfy { $0 != nil } }
    }
  }

  /// Waits until the log's thread fails, or a client is answered.
  func failsOrAnswers() async {
    await waiting(for: "an error", seeing: "after \(patience): \(told)") {
      failure.hasCome || answerCount > 0
    }
  }

  var thrown: String { failure.hasCome ? "the error is thrown" : "no error is thrown" }
  var answerCount: Int { answers.withLock { $0.count { $0 != nil } } }
  var answered: String {
    answers.withLock { $0.map { $0 ?? "no answer" }.joined(separator: ", ") }
  }
  var told: String { "\(store.appliedIndex) applied, \(answerCount) answered" }
  var syncs: String { "\(disk.syncs - firstSync) syncs" }

  /// What the store holds.
  var content: String {
    store.snapshot().entries.map { entry in
      let value = text(entry.info.value ?? [])
      let end = entry.info.expiration.map { " until \($0.microseconds / 1_000_000) s" } ?? ""
      return "\(entry.path)=\(value)\(end)"
    }.joined(separator: " ")
  }

  /// What the store holds after the process was killed, and started again.
  func contentAfterRestart() throws -> String { try Scene(on: memory.afterKill()).content }
}

/// Watchers that are told only once the client is answered, or after two seconds.
private final class SlowWatchers: StoreObserver {
  private let scene: Scene
  private let state = Mutex((hasNews: false, hasWaited: false))
  init(of scene: Scene) { self.scene = scene }
  var hasWaited: Bool { state.withLock { $0.hasWaited } }

  func record(_ event: Event) { state.withLock { $0.hasNews = true } }
  func recordStart(at index: StoreIndex) {}
  func deliver() {
    guard state.withLock({ $0.hasNews }) else { return }
    for _ in 0..<2_000 where scene.answerCount == 0 { pause(milliseconds: 1) }
    if scene.answerCount == 0 { state.withLock { $0.hasWaited = true } }
  }
}

func judge() async throws {
  await asyncInvariant(1, "a command is applied and answered only when it is durable") {
    let scene = try Scene()
    trying("a put, whose sync does not return")
    try await scene.putDuringSync("a")
    _ = await happens { scene.answerCount > 0 }
    check(Trial.input, is: "0 applied, 0 answered") { scene.told }
    trying("a put, and the sync returns")
    scene.finishSync()
    await scene.allAnswered()
    check(Trial.input, is: "1 applied, 1 answered") { scene.told }
  }
  await asyncInvariant(2, "what came during a sync is one batch, with one sync") {
    let scene = try Scene()
    trying("a put, and 5 more while its sync runs")
    try await scene.putDuringSync("first")
    for number in 1...5 { try await scene.put("k\(number)") }
    scene.finishSync()
    await scene.allAnswered()
    check(Trial.input, is: "2 syncs, 6 applied, 6 answered") { "\(scene.syncs), \(scene.told)" }
  }
  await asyncInvariant(3, "the order of the log is the order of arrival, and that of applying") {
    let scene = try Scene()
    trying("put k 1, and put k 2, k 3 and k 4 while its sync runs")
    try await scene.putDuringSync("k")
    for value in 2...4 { try await scene.put("k", "\(value)") }
    scene.finishSync()
    await scene.allAnswered()
    check(Trial.input, is: "/k=4; event 1, event 2, event 3, event 4") {
      "\(scene.content); \(scene.answered)"
    }
    check("and after kill -9 and a start", is: "/k=4") { try scene.contentAfterRestart() }
  }
  await asyncInvariant(4, "each client gets its own answer, and a refusal is one") {
    let scene = try Scene()
    trying("put first, and put d/a, d and b while its sync runs")
    try await scene.putDuringSync("first")
    for key in ["d/a", "d", "b"] { try await scene.put(key) }
    scene.finishSync()
    await scene.allAnswered()
    check(Trial.input, is: "event 1, event 2, /d is a directory, event 3") { scene.answered }
  }
  await asyncInvariant(5, "a command is stamped before it is encoded: the log has what is applied")
  {
    let scene = try Scene()
    trying("put k v with a time to live of 60 s, when the clock says 1 s")
    try await scene.put("k", "v", ttl: 60)
    await scene.allAnswered()
    check(Trial.input, is: "/k=v until 61 s") { scene.content }
    check("and after kill -9 and a start", is: "/k=v until 61 s") {
      try scene.contentAfterRestart()
    }
  }
  await asyncInvariant(6, "without space all of a batch is refused, and the log goes on") {
    let scene = try Scene()
    trying("put a, and put b and c while its sync runs, for which there is no space")
    try await scene.putDuringSync("a")
    for key in ["b", "c"] { try await scene.put(key) }
    scene.memory.capacity = 0
    scene.finishSync()
    await scene.allAnswered()
    check(Trial.input, is: "event 1, refused, refused; /a=") {
      "\(scene.answered); \(scene.content)"
    }
    trying("and put d, for which there is space")
    scene.memory.capacity = .max
    try await scene.put("d")
    await scene.allAnswered()
    check(Trial.input, is: "event 1, refused, refused, event 2; /a= /d=") {
      "\(scene.answered); \(scene.content)"
    }
  }
  await asyncInvariant(7, "what is written counts toward the next snapshot") {
    for (input, entries, bytes, value) in [
      ("a snapshot is due every 3 entries, and 3 are put", 3, 1 << 30, "v"),
      (
        "a snapshot is due every 1,000 bytes, and 3 times 400 are put", 1_000, 1_000,
        String(repeating: "v", count: 400)
      ),
    ] {
      let scene = try Scene(snapshotEvery: entries, bytes: bytes)
      trying(input)
      for number in 1...3 {
        try await scene.put("k\(number)", value)
        await scene.allAnswered()
      }
      await waiting(for: "a snapshot's file", seeing: "none within \(patience)") {
        (try? scene.disk.list())?.contains {
          if case .snapshot = FileName($0) { true } else { false }
        }
          ?? false
      }
    }
  }
  await asyncInvariant(8, "a client is answered before the watchers are told") {
    let scene = try Scene()
    let watchers = SlowWatchers(of: scene)
    scene.store.observe(watchers)
    trying("a put, and watchers who take until it is answered")
    try await scene.put("a")
    await scene.allAnswered()
    check(Trial.input, is: "answered first") {
      watchers.hasWaited ? "the watchers were told first" : "answered first"
    }
    await waiting(for: "watchers who are told") { scene.store.storeIndex > .zero }
  }
  await asyncInvariant(9, "any other error is thrown, and no client is answered") {
    let scene = try Scene(mayFail: true)
    trying("a put, whose sync fails")
    scene.memory.failure = (.sync, after: 0)
    try await scene.put("a")
    await scene.failsOrAnswers()
    check(Trial.input, is: "the error is thrown; 0 applied, 0 answered") {
      "\(scene.thrown); \(scene.told)"
    }
  }
}
