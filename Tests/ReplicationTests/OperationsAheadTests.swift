import DiskSimulation
import JSON
import RunSupport
import Store
import Testing
import WAL

@testable import ReplicaSimulation
@testable import Replication

/// What a node that starts does with a log that is longer than what it reads ahead.
@Suite(.inTurn, .timeLimit(.minutes(10))) struct OperationsAheadTests {
  private struct Noon: TimeSource {
    var now: Timestamp { Timestamp(microseconds: 1_767_225_600_000_000) }
  }

  private static func node(on disk: MemoryDisk) throws -> VirtualNode {
    var settings = NodeSettings()
    settings.name = "node1"
    return try VirtualNode(settings, on: disk, incarnation: 1, seed: 1, clock: Noon())
  }

  private static func open(_ disk: MemoryDisk) throws -> Journal {
    try Journal.open(disk, identity: .random(node: "node1"), restore: { _ in }).journal
  }

  /// A lone node that has stopped with these commands at the end of its log, none of them applied.
  private static func disk(with commands: [String]) throws -> (MemoryDisk, last: LogIndex) {
    let disk = MemoryDisk()
    _ = try open(disk)
    try node(on: disk.afterKill()).begin()
    let journal = try open(disk.afterKill())
    try journal.append { batch in
      for (place, command) in commands.enumerated() {
        batch.append(
          EntryRecord(
            index: journal.lastIndex + UInt64(place) + 1, term: journal.hardState.term,
            payload: Array(command.utf8)))
      }
    }
    return (disk.afterKill(), journal.lastIndex)
  }

  private static func commands(_ count: Int) -> [String] {
    (0..<count).map { number in
      switch number % 5 {
      case 0: #"{"do":"delete","key":"/k\#(number % 3)"}"#
      case 1: #"{"do":"put","key":"/k\#(number % 4)","value":"\u006e\#(number)"}"#
      default: #"{"do":"put","key":"/k\#(number % 7)","value":"\#(number)"}"#
      }
    }
  }

  @Test(arguments: [1, 4_000, 4_096, 6_144, 6_145, 9_000])
  func `a log takes effect in order, however it is divided`(count: Int) throws {
    let commands = Self.commands(count)
    let reference = KeyValueStore()
    for command in commands {
      let value = try JSONDocument(Array(command.utf8)).root
      _ = reference.applyNext(try VirtualNode.registry.decode(value, isLogged: true))
    }
    let (disk, last) = try Self.disk(with: commands)
    let node = try Self.node(on: disk)
    try node.begin()
    #expect(node.store.appliedIndex >= last)
    #expect(node.store.storeIndex == reference.storeIndex)
    #expect(Array(node.store.snapshot().entries) == Array(reference.snapshot().entries))
  }

  @Test(arguments: [0, 2_047, 2_048, 5_000, 8_999])
  func `a command of a later step stops a node where it stands in the log`(place: Int) throws {
    var commands = Self.commands(9_000)
    commands[place] = #"{"do":"lock"}"#
    let (disk, last) = try Self.disk(with: commands)
    let index = last - UInt64(commands.count - 1 - place)
    let node = try Self.node(on: disk)
    let error = #expect(throws: JournalError.self) { try node.begin() }
    #expect("\(try #require(error))".contains("log index \(index): unknown command \"lock\""))
    #expect(node.store.appliedIndex == index - 1)
  }
}
