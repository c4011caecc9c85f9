import DiskSimulation
import Foundation
import RunSupport
import Store
import Testing

@testable import WAL

/// What a log gives back, and what it looks like.
@Suite(.inTurn, .timeLimit(.minutes(10))) struct JournalTests {
  private func text(_ disk: MemoryDisk, _ segment: UInt64 = 1) -> String {
    String(decoding: disk[FileName.ofSegment(segment)] ?? [], as: UTF8.self)
  }

  @Test func `the lines look like this`() throws {
    let disk = MemoryDisk()
    let journal = try Journal.open(disk).journal
    try journal.append { batch in
      batch.append(HardStateRecord(term: Term(2), vote: 255, commit: LogIndex(0)))
      batch.append(
        EntryRecord(.noOp, index: LogIndex(1), term: Term(2), payload: Array("null".utf8)))
      batch.append(
        EntryRecord(index: LogIndex(2), term: Term(2), payload: Array(#"{"put":1}"#.utf8)))
    }
    try journal.append(payloads: ["7"], term: Term(2))
    try journal.close()
    #expect(
      text(disk) == """
        {"crc":"cc48a37a","n":1,"b":1,"end":1,"t":"head","v":1,"segment":1,"cluster":"0000000000c0ffee","node":"node1","incarnation":"0000000000001234","term":1,"vote":null,"commit":0,"last":0,"lastTerm":0,"snapshot":null}
        {"crc":"ba925167","n":2,"b":2,"t":"state","term":2,"vote":"00000000000000ff","commit":0}
        {"crc":"c3855f54","n":3,"b":2,"t":"noop","i":1,"term":2,"op":null}
        {"crc":"6145f69a","n":4,"b":2,"end":1,"t":"entry","i":2,"term":2,"op":{"put":1}}
        {"crc":"644caa0e","n":5,"b":3,"end":1,"t":"entry","i":3,"term":2,"op":7}
        {"crc":"2992cdd6","n":6,"b":4,"end":1,"t":"close"}

        """)
  }

  @Test func `a segment's head repeats what a reader of it alone has to know`() throws {
    let disk = MemoryDisk()
    let journal = try Journal.open(disk).journal
    try journal.append { batch in
      batch.append(HardStateRecord(term: Term(3), vote: 9, commit: LogIndex(1)))
      for index in 1...2 as ClosedRange<UInt64> {
        batch.append(EntryRecord(index: LogIndex(index), term: Term(3), payload: [0x30]))
      }
    }
    var writer = try SnapshotWriter(disk, index: LogIndex(1), term: Term(3))
    try writer.append { $0.append(contentsOf: Array(#"{"key":"a"}"#.utf8)) }
    try journal.adopt(writer.finish())
    try journal.rotate()
    #expect(
      text(disk, 2) == """
        {"crc":"a211e4a7","n":6,"b":4,"end":1,"t":"head","v":1,"segment":2,"cluster":"0000000000c0ffee","node":"node1","incarnation":"0000000000001234","term":3,"vote":"0000000000000009","commit":1,"last":2,"lastTerm":3,"snapshot":{"i":1,"term":3,"lines":1,"bytes":140,"sum":"3c72a8ff"}}

        """)
    #expect(
      String(decoding: disk[FileName.ofSnapshot(LogIndex(1))] ?? [], as: UTF8.self) == """
        {"crc":"15f3ae3e","t":"snapshot","v":1,"i":1,"term":3}
        {"crc":"74401607","key":"a"}
        {"crc":"6b55b684","t":"end","lines":1,"sum":"3c72a8ff"}

        """)
  }

  @Test func `every line is JSON, and its checksum is that of the bytes after it`() throws {
    for bytes in LogFiles.sample.segments {
      for line in bytes.split(separator: UInt8(ascii: "\n")) {
        let object = try #require(
          JSONSerialization.jsonObject(with: Data(line)) as? [String: Any])
        let checksum = Array(line.dropFirst(18)).withUnsafeBytes(CRC32C.checksum)
        #expect(object["crc"] as? String == String(format: "%08x", checksum))
      }
    }
  }

  @Test func `what was appended is there when the log is opened again`() throws {
    let disk = MemoryDisk()
    var (journal, recovered) = try Journal.open(disk)
    #expect(recovered.entries.isEmpty && recovered.wasClosed)
    var entries: [EntryRecord] = []
    for kind in EntryRecord.Kind.allCases {
      for payload in ["", "null", #"{"op":{"crc":"00000000"}}"#, #""\u0000 é \"\\""#] {
        entries.append(
          EntryRecord(
            kind, index: LogIndex(UInt64(entries.count + 1)), term: Term(UInt64(entries.count)),
            payload: Array(payload.utf8)))
      }
    }
    let state = HardStateRecord(term: Term(11), vote: .max, commit: LogIndex(5))
    try journal.append { batch in
      batch.append(state)
      for entry in entries { batch.append(entry) }
    }
    try journal.close()
    (journal, recovered) = try Journal.open(disk.afterKill())
    #expect(recovered.entries == entries && recovered.wasClosed && recovered.tornTail == nil)
    #expect(journal.hardState == state && journal.identity == .test)
    #expect(journal.lastIndex == LogIndex(12) && journal.lastTerm == Term(11))
  }

  @Test func `an empty batch is not written`() throws {
    let disk = MemoryDisk()
    let journal = try Journal.open(disk).journal
    let operations = disk.operationsDone
    try journal.append { _ in }
    #expect(disk.operationsDone == operations)
  }

  @Test func `a batch is one write and one sync`() throws {
    let disk = MemoryDisk()
    let journal = try Journal.open(disk).journal
    let operations = disk.operationsDone
    try journal.append(payloads: (0..<100).map(String.init))
    #expect(disk.operationsDone == operations + 2)
  }

  @Test func `an entry takes the place of those from its index on`() throws {
    let disk = MemoryDisk()
    let journal = try Journal.open(disk, segmentSize: 300).journal
    try journal.append(payloads: ["1", "2", "3", "4", "5"])
    try journal.append(payloads: ["6"])
    try journal.append { batch in
      batch.append(HardStateRecord(term: Term(2), vote: 3, commit: LogIndex(2)))
      batch.append(EntryRecord(index: LogIndex(3), term: Term(2), payload: Array("33".utf8)))
    }
    #expect(journal.lastIndex == LogIndex(3) && journal.lastTerm == Term(2))
    try journal.append(payloads: ["44"], term: Term(2))
    let recovered = try Journal.open(disk.afterKill()).recovered
    #expect(recovered.payloads == ["1", "2", "33", "44"])
    #expect(recovered.entries.map(\.term.rawValue) == [1, 1, 2, 2])
  }

  @Test func `a value of five megabytes is one line and comes back`() throws {
    let disk = MemoryDisk()
    let journal = try Journal.open(disk).journal
    let long = "\"\(String(repeating: "long ", count: 1 << 20))\""
    try journal.append(payloads: [long])
    try journal.append(payloads: ["2"])
    #expect(try Journal.open(disk.afterKill()).recovered.payloads == [long, "2"])
  }

  @Test func `numbers at the limit come back, and beyond it are not read`() throws {
    let limit = LineFrame.readableNumberLimit
    var batch = Batch()
    let state = HardStateRecord(term: Term(limit - 1), vote: nil, commit: .zero)
    batch.start(
      after: LogTip(
        record: limit - 3, batch: limit - 2, hardState: state, lastIndex: LogIndex(limit - 2)))
    batch.append(
      EntryRecord(index: LogIndex(limit - 1), term: Term(limit - 1), payload: [0x30]))
    batch.finish()
    let tooLarge = String(decoding: batch.bytes, as: UTF8.self)
      .replacing("\"i\":\(limit - 1)", with: "\"i\":\(limit)")
    for (bytes, isSound) in [(batch.bytes, true), (Array(tooLarge.utf8), false)] {
      var bytes = bytes
      bytes.removeLast()
      LineFrame.seal(&bytes, from: 0)
      bytes.withUnsafeBytes { bytes in
        let record = Result<Record, Damage> { () throws(Damage) in
          try Record(bytes, Envelope(verifying: bytes, at: 0))
        }
        #expect(((try? record.get()) != nil) == isSound)
      }
    }
  }

  @Test(arguments: ["", "é", "a b", "a\"b", "a\\b", String(repeating: "x", count: 65)])
  func `a node's name is simple`(_ name: String) {
    #expect(!Identity.isName(name))
    #expect(
      Identity.isName("node-1.example:2380") && Identity.isName(String(repeating: "x", count: 64)))
  }

  @Test func `a cluster that is learned is in the heads from then on`() throws {
    let disk = MemoryDisk()
    let identity = Identity(cluster: nil, node: "n", incarnation: 5)
    let journal = try Journal.open(disk, identity: identity) { (_) throws(JournalError) in }.journal
    try journal.rotate()
    journal.learn(cluster: 0xbeef)
    try journal.rotate()
    try journal.append { _ in }
    for (segment, cluster) in [(1, "null"), (2, "null"), (3, "\"000000000000beef\"")] {
      #expect(text(disk, UInt64(segment)).contains(#""cluster":\#(cluster),"#))
    }
    let again = try Journal.open(disk.afterKill()).journal
    #expect(again.identity == Identity(cluster: 0xbeef, node: "n", incarnation: 5))
  }

  @Test func `two directories made at random are not the same`() {
    #expect(Identity.random(node: "n").incarnation != Identity.random(node: "n").incarnation)
    #expect(Identity.random(node: "n").cluster != Identity.random(node: "n").cluster)
  }
}
