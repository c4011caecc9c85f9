import CostSupport
import DiskSimulation
import RunSupport
import Store
import Testing

@testable import WAL

/// What a key or a line of the log may cost on the disk, and to read back. See StoreTests' own.
@Suite(.inTurn, .timeLimit(.minutes(10))) struct CostTests {
  private static func store(depth: Int) throws -> KeyValueStore {
    let store = KeyValueStore()
    let key = Array(LimitKeys.nested(depth, name: "fifteen-letters").utf8)
    _ = try store.applyNext(Put(Path(logged: key[...]), [])).result.get()
    return store
  }

  /// The snapshot's file, of a store that stands at log index 1.
  private static func write(
    _ store: KeyValueStore, to disk: MemoryDisk
  ) throws -> SnapshotRecord {
    var writer = try SnapshotWriter(disk, index: LogIndex(1), term: Term(1))
    try store.snapshot().write(to: &writer) { false }
    return try writer.finish()
  }

  private static func read(_ disk: MemoryDisk) throws -> KeyValueStore {
    var loader = StateLoader()
    _ = try SnapshotReader.read(disk, LogIndex(1), expecting: nil) { line throws(JournalError) in
      try loader.load(line)
    }
    let store = KeyValueStore()
    loader.finish().restore(store, applied: LogIndex(1))
    return store
  }

  // 226 MB for a key of 30 KB, when every line had its whole path.
  @Test func `a snapshot grows with what it holds, not with how deep it lies`() throws {
    let growth = try Growth.ofCount(from: 64) { depth in
      Int(try Self.write(Self.store(depth: depth), to: MemoryDisk()).bytes)
    }
    #expect(growth < Growth.limit)
    #expect(try Self.write(Self.store(depth: 256), to: MemoryDisk()).bytes < 32_768)
  }

  @Test func `a snapshot is written and read in time that grows with it`() throws {
    let growth = try Growth.ofTime(from: 1_000, prepare: Self.store) { store in
      let disk = MemoryDisk()
      _ = try Self.write(store, to: disk)
      #expect(try Self.read(disk).fileCount == 1)
    }
    #expect(growth < Growth.limit, "four times as much took \(growth) times as long")
  }

  @Test func `a line of the log is read in time that grows with it`() throws {
    let growth = try Growth.ofTime(from: 1 << 16) { length in
      let disk = MemoryDisk()
      let value = [UInt8](repeating: UInt8(ascii: "\""), count: length)
      let put = Put(try Path([UInt8(ascii: "k")]), value)
      try Journal.open(disk).journal.append { batch in
        batch.append(.command, at: LogIndex(1), term: .loneNode, encode: put.encode)
      }
      return disk
    } _: { disk in
      let recovered = try Journal.open(disk.afterKill()).recovered
      let registry = CommandRegistry([Put.self])
      var reader = CommandReader(registry)
      for entry in recovered.entries { _ = try reader.command(in: entry) }
    }
    #expect(growth < Growth.limit, "four times as much took \(growth) times as long")
  }

  @Test func `a key of an old log that is past the limits is applied, kept and removed`() throws {
    let disk = MemoryDisk()
    _ = try Self.write(Self.store(depth: 20_000), to: disk)
    let store = try Self.read(disk)
    let key = Array(LimitKeys.nested(20_000, name: "fifteen-letters").utf8)
    #expect(try store.get(Path(logged: key[...])).node.info.value == [])
  }

  @Test func `a snapshot of whole paths, as they were once, is loaded`() throws {
    let lines = [
      #"{"storeIndex":7}"#, #"{"key":"/a","created":3,"modified":3}"#,
      #"{"key":"/a/b","created":3,"modified":7,"expires":5,"value":"x"}"#,
      #"{"key":"/c","created":2,"modified":2,"value":{"b64":"/w=="}}"#,
    ]
    let disk = MemoryDisk()
    var writer = try SnapshotWriter(disk, index: LogIndex(1), term: Term(1))
    for line in lines { try writer.append { $0.append(contentsOf: line.utf8) } }
    _ = try writer.finish()
    let store = try Self.read(disk)
    #expect(store.storeIndex == StoreIndex(7))
    #expect(store.snapshot().entries.map(\.path.description) == ["/a", "/a/b", "/c"])
    #expect(store.nextExpiration == Timestamp(microseconds: 5))
    let copy = MemoryDisk()
    _ = try Self.write(store, to: copy)
    #expect(Array(try Self.read(copy).snapshot().entries) == Array(store.snapshot().entries))
  }
}
