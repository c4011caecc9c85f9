import DiskSimulation
import RandomSupport
import RunSupport
import Store
import Testing

@testable import WAL

/// Snapshots: the file, what verifies it, and what becomes of the log before it.
@Suite(.inTurn, .timeLimit(.minutes(10))) struct SnapshotTests {
  private func write(
    _ lines: [String], at index: UInt64, on disk: MemoryDisk
  ) throws -> SnapshotRecord {
    var writer = try SnapshotWriter(disk, index: LogIndex(index), term: Term(1))
    for line in lines { try writer.append { $0.append(contentsOf: line.utf8) } }
    return try writer.finish()
  }

  private func read(
    _ disk: MemoryDisk, _ index: UInt64, _ expected: SnapshotRecord? = nil
  ) throws(JournalError) -> [String] {
    var lines: [String] = []
    _ = try SnapshotReader.read(disk, LogIndex(index), expecting: expected) {
      line throws(JournalError) in lines.append(String(decoding: line, as: UTF8.self))
    }
    return lines
  }

  /// A log with a snapshot at 3 of 5 entries.
  private func diskWithSnapshot() throws -> MemoryDisk {
    let disk = MemoryDisk()
    let journal = try Journal.open(disk).journal
    try journal.append(payloads: ["1", "2", "3", "4", "5"])
    try journal.adopt(write([#"{"key":"a"}"#, #"{"key":"b"}"#], at: 3, on: disk))
    return disk
  }

  @Test(arguments: [0, 1, 2, 5000, 30_000]) func `its lines come back as they were written`(
    _ count: Int
  ) throws {
    let disk = MemoryDisk()
    let lines = (0..<count).map {
      #"{"key":"\#($0)","value":"\#(String(repeating: "v", count: $0 % 90))"}"#
    }
    let record = try write(lines, at: 7, on: disk)
    #expect(record.lines == UInt64(count))
    #expect(record.bytes == UInt64(disk[FileName.ofSnapshot(LogIndex(7))]?.count ?? 0))
    #expect(try read(disk, 7, record) == lines)
  }

  @Test func `a line may be longer than any block`() throws {
    let disk = MemoryDisk()
    let lines = [1, 3 << 20, 10, 1 << 20, 2].map {
      #"{"v":"\#(String(repeating: "x", count: $0))"}"#
    }
    #expect(try read(disk, 1, write(lines, at: 1, on: disk)) == lines)
  }

  @Test func `a large one is made durable on the way, so that little is left for the end`() throws {
    let disk = GatedDisk()
    var writer = try SnapshotWriter(disk, index: LogIndex(1), term: Term(1))
    let line = Array(#"{"v":"\#(String(repeating: "x", count: 1 << 20))"}"#.utf8)
    for lines in 1...9 {
      try writer.append { $0 += line }
      #expect(disk.syncs == lines << 20 / SequentialFile.syncInterval)
    }
    _ = try writer.finish()
    #expect(disk.syncs == 3)
  }

  @Test func `every flipped bit and every cut of it is found`() throws {
    let disk = MemoryDisk()
    _ = try write([#"{"key":"a"}"#, #"{"key":"b"}"#, #"{"key":"c"}"#], at: 7, on: disk)
    let name = FileName.ofSnapshot(LogIndex(7))
    let whole = try #require(disk[name])
    for place in whole.indices {
      disk[name] = Array(whole[..<place])
      #expect(throws: JournalError.self, "cut at \(place)") { try read(disk, 7) }
      for bit in 0..<8 {
        var damaged = whole
        damaged[place] ^= 1 << bit
        disk[name] = damaged
        #expect(throws: JournalError.self, "byte \(place), bit \(bit)") { try read(disk, 7) }
      }
    }
    disk[name] = whole + [0]
    #expect(throws: JournalError.self) { try read(disk, 7) }
    disk[name] = whole
    #expect(try read(disk, 7).count == 3)
  }

  @Test func `every removed, doubled or swapped line of it is found`() throws {
    let disk = MemoryDisk()
    _ = try write((0..<9).map { #"{"key":"\#($0)"}"# }, at: 7, on: disk)
    let name = FileName.ofSnapshot(LogIndex(7))
    let lines = try #require(disk[name]).split(separator: UInt8(ascii: "\n"))
    let join: ([ArraySlice<UInt8>]) -> [UInt8] = { $0.flatMap { $0 + [UInt8(ascii: "\n")] } }
    for place in lines.indices {
      var removed = lines
      removed.remove(at: place)
      var doubled = lines
      doubled.insert(lines[place], at: place)
      var swapped = lines
      swapped.swapAt(place, (place + 1) % lines.count)
      for damaged in [removed, doubled, swapped] {
        disk[name] = join(damaged)
        #expect(throws: JournalError.self, "line \(place + 1)") { try read(disk, 7) }
      }
    }
    disk[name] = join(lines)
    #expect(try read(disk, 7).count == 9)
  }

  @Test func `a foot that counts wrong is found`() throws {
    var encoder = SnapshotWriter.Encoder()
    encoder.appendHead(index: LogIndex(1), term: Term(1))
    encoder.appendLine { $0.append(contentsOf: #"{"a":1}"#.utf8) }
    let disk = MemoryDisk()
    for count in [0, 1, 2] {
      var bytes = encoder.bytes
      let foot = bytes.count
      let sum = String(encoder.sum.value, radix: 16)
      let digits = String(repeating: "0", count: 8 - sum.count) + sum
      bytes += Array(
        #"{"crc":"00000000","t":"end","lines":\#(count),"sum":"\#(digits)"}"#.utf8)
      LineFrame.seal(&bytes, from: foot)
      disk[FileName.ofSnapshot(LogIndex(1))] = bytes
      #expect((try? read(disk, 1)) == (count == 1 ? [#"{"a":1}"#] : nil))
    }
  }

  @Test func `the log goes on after it, and what was before it goes`() throws {
    let disk = MemoryDisk()
    let journal = try Journal.open(disk, segmentSize: 300).journal
    for number in 1...20 { try journal.append(payloads: ["\(number)"]) }
    let segments = disk.names.count
    #expect(segments > 5)
    try journal.adopt(write([#"{"at":10}"#], at: 10, on: disk))
    #expect(disk.names.count < segments && !disk.names.contains(FileName.ofSegment(1)))
    let older = disk.names.count
    try journal.rotate()
    try journal.adopt(write([#"{"at":20}"#], at: 20, on: disk))
    #expect(disk.names.count < older && disk.names.filter { $0.hasPrefix("snap") }.count == 1)
    try journal.append(payloads: ["21"])

    var restored: [String] = []
    let (again, recovered) = try Journal.open(disk.afterKill(), identity: .test) {
      line throws(JournalError) in
      if let line { restored.append(String(decoding: line, as: UTF8.self)) }
    }
    #expect(restored == [#"{"at":20}"#] && recovered.payloads == ["21"])
    #expect(again.snapshot?.index == LogIndex(20) && again.lastIndex == LogIndex(21))
  }

  @Test func `one from a leader makes the log start anew`() throws {
    for (index, term) in [(2, 9), (3, 9), (30, 9)] as [(UInt64, UInt64)] {
      let disk = MemoryDisk()
      let journal = try Journal.open(disk, segmentSize: 250).journal
      for number in 1...3 { try journal.append(payloads: ["\(number)"]) }
      var writer = try SnapshotWriter(disk, index: LogIndex(index), term: Term(term))
      try writer.append { $0.append(contentsOf: #"{"from":"leader"}"#.utf8) }
      let state = HardStateRecord(term: Term(term), vote: nil, commit: LogIndex(index))
      try journal.adopt(writer.finish(), restartingLog: true, hardState: state)
      #expect(journal.lastIndex == LogIndex(index) && journal.lastTerm == Term(term))
      try journal.append(payloads: ["\"next\""], term: Term(term))
      let (again, recovered) = try Journal.open(disk.afterKill())
      #expect(recovered.entries.map(\.index) == [LogIndex(index + 1)])
      #expect(recovered.payloads == ["\"next\""] && again.hardState == state)
    }
  }

  @Test(arguments: [1, 7, 100, 10_000]) func `another node receives it in pieces of any size`(
    _ limit: Int
  ) throws {
    let (from, to) = (MemoryDisk(), MemoryDisk())
    let lines = (0..<20).map { #"{"key":"\#($0)"}"# }
    let record = try write(lines, at: 7, on: from)
    let source = try SnapshotSource(from, record)
    // A newer one takes its place while it is sent.
    try from.remove(FileName.ofSnapshot(LogIndex(7)))

    let journal = try Journal.open(to).journal
    var receiver = try SnapshotReceiver(to, index: LogIndex(7))
    var taken: [String] = []
    while true {
      let piece = try source.piece(at: receiver.received, limit: limit)
      if piece.isEmpty { break }
      try receiver.append(piece) { line throws(JournalError) in
        taken.append(String(decoding: line, as: UTF8.self))
      }
    }
    #expect(taken == lines, "all is read before the end")
    var file = try receiver.finish(expecting: record)
    #expect(!to.names.contains(FileName.ofSnapshot(LogIndex(7))))
    try journal.adopt(received: &file)
    var random = SeededRandom(1)
    #expect(try read(to.afterPowerCut(&random), 7, record) == lines)
    #expect(journal.snapshot == record)
  }

  @Test func `one that was not received whole gets no name`() throws {
    let from = MemoryDisk()
    let record = try write([#"{"a":1}"#, #"{"b":1}"#], at: 7, on: from)
    let whole = try SnapshotSource(from, record).piece(at: 0, limit: 10_000)
    var changed = whole
    changed[70] ^= 1
    for piece in [[], Array(whole.dropLast()), whole + whole, changed] {
      let to = MemoryDisk()
      var receiver = try SnapshotReceiver(to, index: LogIndex(7))
      do throws(JournalError) {
        try receiver.append(piece) { (_) throws(JournalError) in }
        _ = try receiver.finish(expecting: record)
        Issue.record("it was accepted")
      } catch {
        guard case .corrupt = error else { throw error }
      }
      #expect(!to.names.contains(FileName.ofSnapshot(LogIndex(7))))
    }
  }

  @Test func `one of which the log does not speak is removed`() throws {
    let disk = try diskWithSnapshot()
    _ = try write([], at: 5, on: disk)
    _ = try SnapshotWriter(disk, index: LogIndex(6), term: Term(1))
    #expect(disk.names.count == 4)
    let recovered = try Journal.open(disk.afterKill()).recovered
    #expect(recovered.payloads == ["4", "5"])
    #expect(disk.afterKill().names.count == 4, "the first disk is as it was")
    let restarted = disk.afterKill()
    _ = try Journal.open(restarted)
    #expect(restarted.names == [FileName.ofSnapshot(LogIndex(3)), FileName.ofSegment(1)])
  }

  /// The node wrote it itself, of entries that were durable: so they are not there any more.
  @Test func `one that is newer than the log proves that the log is not whole`() throws {
    let name = FileName.ofSnapshot(LogIndex(6))
    let whole = try diskWithSnapshot()
    _ = try write([], at: 6, on: whole)
    let disk = whole.afterKill()
    let error = #expect(throws: JournalError.self) { _ = try Journal.open(disk) }
    #expect(disk.operationsDone == 0)
    guard case .corrupt(let corruption) = error else { throw JournalError.failed("no corruption") }
    #expect(corruption.file == name && corruption.reason.contains("the log ends at 5"))

    // The member of a cluster may have been about to take it over from its leader.
    let member = whole.afterKill()
    let (journal, _) = try Journal.open(member, identity: .test, receivesSnapshots: true) {
      (_) throws(JournalError) in
    }
    #expect(journal.lastIndex == LogIndex(5) && !member.names.contains(name))
  }

  @Test func `one that is missing, damaged or another is refused, and nothing changed`() throws {
    let name = FileName.ofSnapshot(LogIndex(3))
    let damages: [(MemoryDisk) throws -> Void] = [
      { $0[name] = nil },
      { $0[name]?[30] ^= 1 },
      { $0[name]?.removeLast(60) },
      // Sound in itself, but not the one the log speaks of.
      {
        let other = MemoryDisk()
        _ = try write([#"{"key":"a"}"#, #"{"key":"c"}"#], at: 3, on: other)
        $0[name] = other[name]
      },
    ]
    for damage in damages {
      let disk = try diskWithSnapshot()
      disk[FileName.ofSegment(1)]? += [1, 2, 3]
      try damage(disk)
      let restarted = disk.afterKill()
      let error = #expect(throws: JournalError.self) { _ = try Journal.open(restarted) }
      #expect(restarted.operationsDone == 0)
      guard case .corrupt(let corruption) = error else { throw JournalError.failed("\(name)") }
      #expect(corruption.file == name)
    }
  }

  @Test func `one of which the log cannot speak for lack of space is removed`() throws {
    let disk = MemoryDisk()
    let journal = try Journal.open(disk).journal
    try journal.append(payloads: ["1", "2", "3"])
    let record = try write([], at: 3, on: disk)
    disk.capacity = disk.names.reduce(0) { $0 + (disk[$1]?.count ?? 0) } + 20
    let error = #expect(throws: JournalError.self) { try journal.adopt(record) }
    guard case .noSpace = error else { throw JournalError.failed("\(error as Any)") }
    #expect(disk.names == [FileName.ofSegment(1)] && journal.snapshot == nil)
    disk.capacity = .max
    try journal.adopt(write([], at: 3, on: disk))
    #expect(journal.snapshot == record)
  }

  // Some file systems find out that there is no space when a file is synced, or a name written.
  @Test(arguments: [MemoryDisk.Operation.write, .sync, .rename, .syncDirectory])
  func `one for which there is no space at the end leaves no file`(operation: MemoryDisk.Operation)
    throws
  {
    func expectNoSpace(_ disk: MemoryDisk, _ work: () throws(JournalError) -> Void) throws {
      disk.failure = (operation, 0)
      disk.failureReason = .noSpace
      let error = #expect(throws: JournalError.self) { try work() }
      guard case .noSpace = error else { throw JournalError.failed("\(error as Any)") }
      #expect(disk.names == [])
    }
    let (from, own, received) = (MemoryDisk(), MemoryDisk(), MemoryDisk())
    try expectNoSpace(own) { () throws(JournalError) in
      _ = try SnapshotWriter(own, index: LogIndex(7), term: Term(1)).finish()
    }
    // One that was received gets its name from the log.
    if operation == .write || operation == .rename { return }
    let record = try write([], at: 7, on: from)
    let whole = try SnapshotSource(from, record).piece(at: 0, limit: 10_000)
    try expectNoSpace(received) { () throws(JournalError) in
      var receiver = try SnapshotReceiver(received, index: LogIndex(7))
      try receiver.append(whole) { (_) throws(JournalError) in }
      _ = try receiver.finish(expecting: record)
    }
  }

  @Test func `one for which there is no space leaves the log as it was`() throws {
    let disk = MemoryDisk()
    let journal = try Journal.open(disk).journal
    try journal.append(payloads: ["1", "2", "3"])
    disk.capacity = (disk[FileName.ofSegment(1)]?.count ?? 0) + 70
    do throws(JournalError) {
      var writer = try SnapshotWriter(disk, index: LogIndex(3), term: Term(1))
      try writer.append { $0.append(contentsOf: #"{"a":1}"#.utf8) }
      _ = try writer.finish()
      Issue.record("there was space")
    } catch {
      guard case .noSpace = error else { throw error }
    }
    disk.capacity = .max
    try journal.append(payloads: ["4"])
    let restarted = disk.afterKill()
    #expect(try Journal.open(restarted).recovered.payloads == ["1", "2", "3", "4"])
    #expect(restarted.names == [FileName.ofSegment(1)])
  }
}
