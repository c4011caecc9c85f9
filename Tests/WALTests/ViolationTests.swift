import DiskSimulation
import RandomSupport
import RunSupport
import Store
import Testing

@testable import WAL

/// A log whose server saw what must never happen.
@Suite(.inTurn, .timeLimit(.minutes(10))) struct ViolationTests {
  private func log(with what: String?) throws -> MemoryDisk {
    let disk = MemoryDisk()
    let journal = try Journal.open(disk).journal
    try journal.append(payloads: ["1", "2"])
    if let what { try journal.recordViolation(what) }
    return disk
  }

  private func files(_ disk: MemoryDisk) -> [String: [UInt8]?] {
    Dictionary(uniqueKeysWithValues: disk.names.map { ($0, disk[$0]) })
  }

  private func refusal(_ disk: MemoryDisk) -> JournalError? {
    do throws(JournalError) {
      _ = try Journal.open(disk)
      return nil
    } catch { return error }
  }

  @Test func `it is opened no more, says the same each time, and stays as it is`() throws {
    var disk = try log(with: "n1 and n2 both lead term 3")
    for _ in 1...3 {
      disk = disk.afterKill()
      let before = files(disk)
      let error = refusal(disk)
      #expect(error == .violated("n1 and n2 both lead term 3"))
      #expect(error?.description.hasSuffix(": n1 and n2 both lead term 3") == true)
      #expect(files(disk) == before)
    }
    var random = SeededRandom(1)
    #expect(refusal(disk.afterPowerCut(&random)) == error(disk))
  }

  private func error(_ disk: MemoryDisk) -> JournalError? { refusal(disk.afterKill()) }

  @Test func `once overridden it is opened for good, and keeps both records`() throws {
    let disk = try log(with: "what was seen").afterKill()
    #expect(try Journal.overrideViolation(on: disk) == "what was seen")
    var next = disk
    for count in 3...5 {
      next = next.afterKill()
      let (journal, recovered) = try Journal.open(next)
      #expect(recovered.payloads.count == count - 1)
      try journal.append(payloads: ["\(count)"])
    }
    let text = String(decoding: try #require(next[FileName.ofSegment(1)]), as: UTF8.self)
    #expect(text.contains(#""t":"violation","what":"what was seen"}"#))
    #expect(text.contains(#""t":"violation","what":null}"#))
    // What is seen later counts again.
    next = next.afterKill()
    try Journal.open(next).journal.recordViolation("again")
    #expect(error(next) == .violated("again"))
  }

  @Test func `where nothing was seen there is nothing to override, and nothing changes`() throws {
    for disk in [try log(with: nil).afterKill(), MemoryDisk()] {
      let before = files(disk)
      #expect(try Journal.overrideViolation(on: disk) == nil)
      #expect(files(disk) == before)
    }
  }

  @Test func `what is no plain text is replaced, so that the line is one that can be read`() throws
  {
    let disk = try log(with: "a\"b\\c\nd\u{e9} \u{7f}")
    #expect(error(disk) == .violated("a?b?c?d?? ?"))
  }

  @Test func `a full disk takes no record, and the log stands as before`() throws {
    let disk = try log(with: nil).afterKill()
    let journal = try Journal.open(disk).journal
    disk.capacity = 0
    let refused = #expect(throws: JournalError.self) { try journal.recordViolation("seen") }
    guard case .noSpace = refused else { throw try #require(refused) }
    disk.capacity = .max
    try journal.recordViolation("seen")
    #expect(error(disk) == .violated("seen"))
  }

  @Test func `the servers of the course refuse it as well`() throws {
    let disk = try log(with: "seen").afterKill()
    #expect(throws: JournalError.violated("seen")) {
      _ = try JournalingProposer.open(
        disk, store: KeyValueStore(), registry: CommandRegistry([Put.self, Delete.self]),
        time: FixedTime()
      ) { _ in }
    }
  }

  @Test func `it is verified as sound, and shown`() throws {
    let disk = try log(with: "seen").afterKill()
    #expect(
      try Inspection.verify(disk).hasSuffix("not closed, and not to be used, for a violation: seen")
    )
    #expect(try Journal.overrideViolation(on: disk) == "seen")
    #expect(try Inspection.verify(disk).hasSuffix(", not closed"))
    var lines: [String] = []
    try Inspection.dump(disk) { lines.append($0) }
    #expect(lines.contains { $0.hasSuffix(": violation: seen") })
    #expect(lines.last?.hasSuffix("end: an operator overrides the violation") == true)
  }
}
