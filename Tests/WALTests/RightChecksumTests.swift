import DiskSimulation
import RandomSupport
import RunSupport
import Store
import Testing

@testable import WAL

/// Lines that are not a record's although their checksum holds: a fault of the program that wrote
/// them, or somebody's work. They are refused, by file and line; no such line ends the process.
@Suite(.inTurn, .timeLimit(.minutes(10))) struct RightChecksumTests {
  /// A log with every kind of record, with and without all that is optional, over two segments.
  private static func makeDisk() throws -> MemoryDisk {
    let disk = MemoryDisk()
    let journal = try Journal.open(
      disk, identity: Identity(cluster: nil, node: "node1", incarnation: 0x1234)
    ) { (_) throws(JournalError) in }.journal
    try journal.append { batch in
      batch.append(HardStateRecord(term: Term(2), vote: nil, commit: .zero))
      batch.append(
        EntryRecord(.noOp, index: LogIndex(1), term: Term(2), payload: Array("null".utf8)))
      batch.append(
        EntryRecord(
          .membership, index: LogIndex(2), term: Term(2), payload: Array(#"{"voters":[]}"#.utf8)))
    }
    try journal.append { batch in
      batch.append(HardStateRecord(term: Term(3), vote: 0xbeef, commit: LogIndex(2)))
      for index in 3...5 as ClosedRange<UInt64> {
        let command = Array(#"{"do":"put","key":"/a","value":"1"}"#.utf8)
        batch.append(EntryRecord(index: LogIndex(index), term: Term(3), payload: command))
      }
    }
    var writer = try SnapshotWriter(disk, index: LogIndex(3), term: Term(3))
    try writer.append { $0.append(contentsOf: #"{"storeIndex":2}"#.utf8) }
    try writer.append {
      $0.append(contentsOf: #"{"key":"/a","created":1,"modified":2,"expires":1,"value":"x"}"#.utf8)
    }
    try writer.append { $0.append(contentsOf: #"{"key":"/b","created":1,"modified":2}"#.utf8) }
    try journal.adopt(writer.finish())
    journal.learn(cluster: 0xc0ffee)
    try journal.rotate()
    try journal.append { batch in
      let command = Array(#"{"do":"delete","key":"/a"}"#.utf8)
      batch.append(EntryRecord(index: LogIndex(5), term: Term(3), payload: command))
    }
    writer = try SnapshotWriter(disk, index: LogIndex(9), term: Term(3))
    try writer.append { $0.append(contentsOf: #"{"storeIndex":7}"#.utf8) }
    let record = try writer.finish()
    try journal.append { $0.append(record, restarts: true) }
    try journal.close()
    return disk
  }

  /// Opens the directory as a node does, and writes it on; what is wrong has to be said with its
  /// place.
  private func open(_ disk: MemoryDisk, _ name: String, _ line: String) {
    do throws(JournalError) {
      var loader = StateLoader()
      var reader = CommandReader(CommandRegistry([Put.self, Delete.self]))
      let store = KeyValueStore()
      var commands: [any Command] = []
      let (journal, _) = try Journal.open(
        disk, identity: .test,
        restore: { line throws(JournalError) in
          if let line { try loader.load(line) } else { loader = StateLoader() }
        },
        replay: { entry throws(JournalError) in
          if entry.kind == .command { commands.append(try reader.command(in: entry)) }
        })
      let start = journal.snapshot?.index ?? .zero
      loader.finish().restore(store, applied: start)
      for (command, index) in zip(commands, (start.rawValue + 1)...) {
        _ = store.apply(command, at: LogIndex(index))
      }
      try journal.append { batch in
        batch.append(
          HardStateRecord(
            term: journal.hardState.term + 1, vote: nil, commit: journal.hardState.commit))
        batch.append(
          EntryRecord(
            index: journal.lastIndex + 1, term: journal.hardState.term + 1, payload: [0x31]))
      }
      try journal.rotate()
      var writer = try SnapshotWriter(disk, index: journal.lastIndex, term: journal.lastTerm)
      try store.snapshot().write(to: &writer) { false }
      try journal.adopt(writer.finish())
      try journal.close()
    } catch {
      let text = "\(error)"
      let isPlaced = text.contains(", line ") || text.contains("log index ")
      let isOfFile = text.contains(".jsonl:")  // A file that is missing, or is not the one meant.
      #expect(
        (isPlaced || isOfFile) && !text.contains("\n"), "\(name): \(line) gave \(text)")
    }
  }

  /// The lines of a file, without what comes before the fields and without the newline.
  private func lines(of bytes: [UInt8]) -> [[UInt8]] {
    bytes.split(separator: UInt8(ascii: "\n")).map { Array($0.dropFirst(LineFrame.prefixLength)) }
  }

  /// A file of lines whose checksums are right, whatever they hold.
  private func sealed(_ lines: [[UInt8]]) -> [UInt8] {
    var bytes: [UInt8] = []
    for line in lines {
      let start = bytes.count
      bytes += Array(#"{"crc":"00000000","#.utf8) + line
      LineFrame.seal(&bytes, from: start)
    }
    return bytes
  }

  private func eachLine(
    of disk: MemoryDisk, _ body: (_ name: String, _ lines: [[UInt8]], _ number: Int) -> Void
  ) {
    for name in disk.names where name.hasSuffix(".jsonl") {
      let lines = lines(of: disk[name] ?? [])
      for number in lines.indices { body(name, lines, number) }
    }
  }

  /// Opens a copy of the directory with other lines in one of its files.
  private func open(_ whole: MemoryDisk, _ name: String, _ lines: [[UInt8]], _ changed: Int) {
    let disk = MemoryDisk()
    for other in whole.names { disk[other] = whole[other] }
    disk[name] = sealed(lines)
    open(disk, name, String(decoding: lines[changed], as: UTF8.self))
  }

  @Test func `every beginning of every line is refused or read, within the log and at its end`()
    throws
  {
    let disk = try Self.makeDisk()
    eachLine(of: disk) { name, lines, number in
      for length in 0...lines[number].count {
        var cut = lines
        cut[number] = Array(lines[number].prefix(length))
        open(disk, name, cut, number)
        open(disk, name, Array(cut[...number]), number)
      }
    }
  }

  @Test(arguments: seeds) func `every change of every line is refused or read`(_ seed: UInt64)
    throws
  {
    var random = SeededRandom(seed)
    let numbers = [
      "0", "1", "2", "9", "-1", "+1", "00", "4503599627370495", "4503599627370496",
      "9007199254740991", "9007199254740992", "9223372036854775807", "18446744073709551615",
      "18446744073709551616", "99999999999999999999999",
    ]
    let disk = try Self.makeDisk()
    eachLine(of: disk) { name, lines, number in
      for _ in 0..<rounds(30) {
        var line = lines[number]
        let place = Int.random(in: 0..<line.count, using: &random)
        switch Int.random(in: 0..<5, using: &random) {
        case 0: line[place] = UInt8.random(in: 0...255, using: &random) | 0x20
        case 1: line.remove(at: place)
        case 2: line.insert(contentsOf: line[place...].prefix(9), at: place)
        case 3: line.removeSubrange(place..<Int.random(in: place...line.count, using: &random))
        default:
          let isDigit = { (byte: UInt8) in (0x30...0x39).contains(byte) }
          let first = line[place...].firstIndex(where: isDigit) ?? place
          let end = line[first...].firstIndex { !isDigit($0) } ?? line.count
          let number = numbers.randomElement(using: &random) ?? "0"
          line.replaceSubrange(first..<end, with: Array(number.utf8))
        }
        line.removeAll { $0 == UInt8(ascii: "\n") }
        var changed = lines
        changed[number] = line
        open(disk, name, changed, number)
      }
    }
  }

  @Test(arguments: ["", "}", "{", #""n":3,"b":3,"#, #""n":3,"b":3,"t":"close"#])
  func `a line that holds next to nothing is refused by file and line`(_ fields: String) throws {
    let disk = MemoryDisk()
    let journal = try Journal.open(disk).journal
    try journal.append(payloads: ["1"])
    disk[FileName.ofSegment(1)]? += sealed([Array(fields.utf8)])
    let error = #expect(throws: JournalError.self) { _ = try Journal.open(disk.afterKill()) }
    #expect("\(error as Any)".contains("\(FileName.ofSegment(1)), line 3"))
  }

  @Test(arguments: ["", "}", #""t":"#, #""t":"end","lines":"#, #""t":"snapshot","v":1"#])
  func `so is one of a snapshot that another node sends`(_ fields: String) throws {
    for number in 0...1 {
      let disk = MemoryDisk()
      var writer = try SnapshotWriter(disk, index: LogIndex(7), term: Term(1))
      try writer.append { $0.append(contentsOf: #"{"storeIndex":2}"#.utf8) }
      let record = try writer.finish()
      var lines = lines(of: disk[FileName.ofSnapshot(LogIndex(7))] ?? [])
      lines[number] = Array(fields.utf8)
      let error = #expect(throws: JournalError.self) {
        var receiver = try SnapshotReceiver(disk, index: LogIndex(7))
        try receiver.append(sealed(lines)) { (_) throws(JournalError) in }
        _ = try receiver.finish(expecting: record)
      }
      // An empty object may be content; then it is not what was summed up in the foot.
      let place = number == 1 && fields == "}" ? 3 : number + 1
      #expect("\(error as Any)".contains("line \(place):"), "\(error as Any)")
    }
  }
}
