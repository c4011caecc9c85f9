import DiskSimulation
import Foundation
import Loop
import RunSupport
import Store
import Testing

@testable import WAL

struct FixedTime: TimeSource {
  var now = Timestamp(microseconds: 1_000_000)
}

/// A store whose changes are journaled, as steps 3 to 5 have it.
@Suite(.inTurn, .timeLimit(.minutes(10))) struct ProposerTests {
  static let registry = CommandRegistry([Put.self, Delete.self])

  struct Node {
    let store = KeyValueStore()
    let proposer: JournalingProposer
    let report: JournalingProposer.Report

    init(_ disk: some Disk & Sendable, snapshotEvery entries: Int = 100_000) throws(JournalError) {
      var policy = SnapshotPolicy()
      policy.entries = entries
      (proposer, report) = try JournalingProposer.open(
        disk, store: store, registry: ProposerTests.registry, time: FixedTime(), snapshots: policy
      ) { _ in }
    }

    func put(_ key: String, _ value: String, ttl: Int64? = nil) async throws {
      let path = try Path(Array(key.utf8))
      let put = Put(path, Array(value.utf8), timeToLive: ttl)
      _ = try await proposer.propose(put).result.get()
    }

    func get(_ key: String) -> String? {
      guard let path = try? Path(Array(key.utf8)), let node = try? store.get(path).node,
        case .file(let file) = node
      else { return nil }
      return String(decoding: file.value, as: UTF8.self)
    }

    /// All there is, in a form that can be compared.
    var content: [String] {
      let snapshot = store.snapshot()
      return snapshot.entries.map { "\($0)" } + ["\(snapshot.storeIndex) \(snapshot.appliedIndex)"]
    }
  }

  @Test func `a write is answered before its watchers are told`() async throws {
    let node = try Node(MemoryDisk())
    let observer = SlowObserver()
    node.store.observe(observer)
    for number in 1...3 {
      // The thread that tells the observers does not end before this has returned.
      try await node.put("a", "\(number)")
      observer.answered.signal()
    }
    await node.proposer.close()
    #expect(observer.deliveries == 3 && !observer.hasGivenUp)
  }

  @Test func `what was answered is there when the directory is opened again`() async throws {
    let disk = MemoryDisk()
    var node = try Node(disk)
    try await node.put("a", "1")
    try await node.put("d/b", "2", ttl: 60)
    try await node.put("a", "3")
    _ = try await node.proposer.propose(Delete(Path(Array("a".utf8)))).result.get()
    try await node.put("c", "4")
    let content = node.content
    await node.proposer.close()

    node = try Node(disk.afterKill())
    #expect(node.content == content && node.report.entries == 5 && node.report.tornTail == nil)
    #expect(node.get("a") == nil && node.get("d/b") == "2" && node.get("c") == "4")
    await node.proposer.close()
  }

  @Test func `a refused command is in the log, and refused again when it is replayed`() async throws
  {
    let disk = MemoryDisk()
    var node = try Node(disk)
    try await node.put("d/a", "1")
    await #expect(throws: StoreError.self) { try await node.put("d", "2") }
    try await node.put("b", "3")
    let content = node.content
    await node.proposer.close()
    node = try Node(disk.afterKill())
    #expect(node.content == content && node.store.appliedIndex == LogIndex(3))
    await node.proposer.close()
  }

  @Test func `the log shows the commands`() async throws {
    let disk = MemoryDisk()
    let node = try Node(disk)
    try await node.put("cloud", "native <é>", ttl: 5)
    _ = try await node.proposer.propose(Delete(Path(Array("cloud".utf8))))
    await node.proposer.close()
    let lines = String(decoding: disk[FileName.ofSegment(1)] ?? [], as: UTF8.self)
      .split(separator: "\n").map { $0.dropFirst(18) }
    #expect(
      lines.dropFirst() == [
        #""n":2,"b":2,"end":1,"t":"entry","i":1,"term":1,"op":{"do":"put","key":"/cloud","value":"native \u003cé\u003e","expires":6000000,"at":1000000}}"#,
        #""n":3,"b":3,"end":1,"t":"entry","i":2,"term":1,"op":{"do":"delete","key":"/cloud"}}"#,
        #""n":4,"b":4,"end":1,"t":"close"}"#,
      ])
  }

  /// Keys and values a text format may stumble on.
  static let hard: [[UInt8]] = [
    [], [0], [0, 0x0a, 0x0d, 0x22, 0x5c, 0x7f], [0xff, 0xfe], [0xc3], Array("é".utf8),
    Array("e\u{301}".utf8), Array(#"{"b64":"AA=="}"#.utf8), Array("\u{2028}</script>".utf8),
    [0xed, 0xa0, 0x80], Array(0...255), Array(#"{"crc":"00000000","n":1"#.utf8),
  ]

  /// A stop calls off a snapshot that is being written: only one that has its name counts.
  private static func waitForSnapshot(on disk: any Disk) async throws {
    while try disk.list().allSatisfy({ if case .snapshot = FileName($0) { false } else { true } }) {
      try await Task.sleep(for: .milliseconds(1))
    }
  }

  @Test func `any bytes survive in keys and values, in the log and in a snapshot`() async throws {
    for entries in [1, 100_000] {
      let disk = GatedDisk()
      var node = try Node(disk, snapshotEvery: entries)
      for (number, bytes) in Self.hard.enumerated() {
        let key = Array("k\(number)".utf8) + bytes.filter { $0 != UInt8(ascii: "/") }
        _ = try await node.proposer.propose(Put(Path(key), bytes)).result.get()
      }
      let content = node.content
      if entries == 1 { try await Self.waitForSnapshot(on: disk) }
      await node.proposer.close()
      node = try Node(disk.afterKill())
      #expect(node.content == content && content.count == Self.hard.count + 1)
      #expect(node.report.entries < Self.hard.count || entries > 1)
      await node.proposer.close()
    }
  }

  @Test func `snapshots are written while the writes go on, and nothing is lost`() async throws {
    let path = NSTemporaryDirectory() + "mini-etcd-wal-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: path) }
    var node = try Node(PosixDisk(path: path), snapshotEvery: 50)
    for round in 0..<4 {
      let first = node
      try await withThrowingTaskGroup(of: Void.self) { group in
        for writer in 0..<10 {
          group.addTask {
            for number in 0..<50 {
              try await first.put("w\(writer)/\(number % 7)", "\(round) \(number)")
            }
          }
        }
        try await group.waitForAll()
      }
      let content = node.content
      try await Self.waitForSnapshot(on: PosixDisk(path: path))
      await node.proposer.close()
      node = try await reopen(path)
      #expect(node.content == content)
      #expect(node.report.snapshot != nil && node.report.entries < 500 * (round + 1))
    }
    await node.proposer.close()
  }

  /// The log's thread lets go of the directory a moment after it has answered.
  private func reopen(_ path: String) async throws -> Node {
    while true {
      do throws(JournalError) { return try Node(PosixDisk(path: path), snapshotEvery: 50) } catch {
        guard case .locked = error else { throw error }
        try? await Task.sleep(for: .milliseconds(1))
      }
    }
  }

  @Test func `what is proposed during a sync is one batch`() async throws {
    let disk = GatedDisk()
    let node = try Node(disk)
    try await withThrowingTaskGroup(of: Void.self) { group in
      disk.holdSyncs()
      group.addTask { try await node.put("first", "1") }
      await disk.waitForHeldSync()
      for number in 0..<20 {
        group.addTask { try await node.put("k\(number)", "1") }
      }
      // Every one of them is in the mailbox, since nothing else could have become of it.
      while node.proposer.waiting < 20 { try? await Task.sleep(for: .milliseconds(1)) }
      #expect(node.store.appliedIndex == .zero, "nothing is applied before it is durable")
      let syncs = disk.syncs
      disk.releaseSyncs()
      try await group.waitForAll()
      #expect(disk.syncs == syncs + 1)
    }
    #expect(node.store.appliedIndex == LogIndex(21))
    await node.proposer.close()
  }

  @Test func `proposals of one turn of a loop are one batch`() async throws {
    let disk = GatedDisk()
    let node = try Node(disk)
    let loop = try EventLoop.start()
    let syncs = disk.syncs
    // Who is awake takes what there is without being told.
    while !node.proposer.isIdle { try await Task.sleep(for: .milliseconds(1)) }
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask(executorPreference: loop) {
        try await withThrowingTaskGroup(of: Void.self) { group in
          for number in 0..<50 { group.addTask { try await node.put("k\(number)", "1") } }
          try await group.waitForAll()
        }
      }
      try await group.waitForAll()
    }
    #expect(disk.syncs == syncs + 1)
    loop.shutDown()
    await node.proposer.close()
  }

  @Test func `a full disk refuses the writes it has no space for, and reads go on`() async throws {
    let disk = MemoryDisk()
    let node = try Node(disk)
    try await node.put("a", "1")
    disk.capacity = (disk[FileName.ofSegment(1)]?.count ?? 0) + 50
    for _ in 0..<3 {
      let error = await #expect(throws: ProposalError.self) { try await node.put("a", "2") }
      guard case .notAccepted(let reason) = error else { throw JournalError.failed("unknown") }
      #expect(reason.contains("No space left"))
    }
    #expect(node.get("a") == "1")
    disk.capacity = .max
    try await node.put("a", "3")
    await node.proposer.close()
    let restarted = try Node(disk.afterKill())
    #expect(restarted.get("a") == "3" && restarted.store.appliedIndex == LogIndex(2))
    await restarted.proposer.close()
  }

  @Test func `after the log is closed proposals are refused`() async throws {
    let node = try Node(MemoryDisk())
    await node.proposer.close()
    let error = await #expect(throws: ProposalError.self) { try await node.put("a", "1") }
    guard case .notAccepted = error else { throw JournalError.failed("unknown") }
    await node.proposer.close()
  }

  @Test func `a sync that fails ends the process, and nothing is acknowledged`() async throws {
    let result = await #expect(
      processExitsWith: .exitCode(1), observing: [\.standardErrorContent, \.standardOutputContent]
    ) {
      let disk = MemoryDisk()
      let store = KeyValueStore()
      let (proposer, _) = try JournalingProposer.open(
        disk, store: store, registry: ProposerTests.registry, time: FixedTime()
      ) { line in FileHandle.standardError.write(Data("\(line)\n".utf8)) }
      disk.failure = (.sync, after: 0)
      _ = try? await proposer.propose(Put(Path(Array("a".utf8)), []))
      print("acknowledged")
    }
    let lines = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
    #expect(lines.contains("Input/output error") && lines.split(separator: "\n").count == 1)
    let output = String(decoding: result?.standardOutputContent ?? [], as: UTF8.self)
    #expect(!output.contains("acknowledged"))
  }

  @Test(arguments: [
    (EntryRecord.Kind.command, #"{"do":"compareAndSwap","key":"/a"}"#),
    (.command, #"{"do":"put"}"#),
    (.command, #"{"do":"put","key":"/a","value":7}"#), (.command, "null"), (.command, "{"),
    (.membership, #"{"add":1}"#), (.noOp, "null"),
  ])
  func `an entry of a later step is refused`(_ kind: EntryRecord.Kind, _ payload: String) throws {
    let disk = MemoryDisk()
    try Journal.open(disk).journal.append {
      $0.append(
        EntryRecord(kind, index: LogIndex(1), term: Term(1), payload: Array(payload.utf8)))
    }
    let restarted = disk.afterKill()
    restarted[FileName.ofSegment(1)]? += Array("torn".utf8)
    let error = #expect(throws: JournalError.self) { _ = try Node(restarted) }
    guard case .writtenByLaterStep = error else { throw JournalError.failed("\(error as Any)") }
    #expect(error?.description.contains("-data-dir") == true)
    #expect(restarted.operationsDone == 0, "nothing was changed")
  }

  @Test func `a snapshot with lines of a later step is refused`() throws {
    let disk = MemoryDisk()
    let journal = try Journal.open(disk).journal
    try journal.append(payloads: [#"{"do":"delete","key":"/a"}"#])
    var writer = try SnapshotWriter(disk, index: LogIndex(1), term: Term(1))
    try writer.append { $0.append(contentsOf: #"{"members":["n1"]}"#.utf8) }
    try journal.adopt(writer.finish())
    let error = #expect(throws: JournalError.self) { _ = try Node(disk.afterKill()) }
    guard case .writtenByLaterStep = error else { throw JournalError.failed("\(error as Any)") }
  }
}

/// Takes until a client is answered to tell those who watch.
private final class SlowObserver: StoreObserver, @unchecked Sendable {
  // Why `@unchecked Sendable` holds: only the log's thread changes it, and it has ended when a test
  // looks.
  let answered = DispatchSemaphore(value: 0)
  private var hasNews = false
  private(set) var deliveries = 0
  private(set) var hasGivenUp = false

  func record(_ event: Event) { hasNews = true }
  func recordStart(at index: StoreIndex) {}

  func deliver() {
    guard hasNews else { return }
    hasNews = false
    deliveries += 1
    if answered.wait(timeout: .now() + 60) == .timedOut { hasGivenUp = true }
  }
}
