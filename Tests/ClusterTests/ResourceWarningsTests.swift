import Bytes
import RunSupport
import Testing

@testable import Cluster

@Suite(.inTurn, .timeLimit(.minutes(10))) struct ResourceWarningsTests {
  private static let gigabyte: UInt64 = 1 << 30

  private static func lines(
    open: UInt64? = 10, of most: UInt64 = 1_000, resident: UInt64? = gigabyte,
    _ memory: MemoryFigures = MemoryFigures(total: 64 * gigabyte, available: 60 * gigabyte)
  ) -> [String] {
    var warnings = ResourceWarnings()
    var figures = ProcessFigures()
    (figures.openDescriptors, figures.mostDescriptors) = (open, most)
    figures.residentBytes = resident
    var memory = memory
    memory.limit = memory.limit ?? memory.total
    return warnings.check(figures, memory, neededBytes: 0, at: .now).map { "\($0)" }
  }

  @Test func `nearly all descriptors in use are warned of`() {
    #expect(Self.lines(open: 799) == [])
    #expect(
      Self.lines(open: 800) == ["warn event=descriptors_low open=800 limit=1000 skipped=0"])
    #expect(Self.lines(open: nil) == [])
    #expect(Self.lines(open: 3, of: .max) == [])
  }

  @Test func `memory that runs out is warned of, the process's and the machine's`() {
    let group = MemoryFigures(
      total: 64 * Self.gigabyte, available: 60 * Self.gigabyte, limit: Self.gigabyte)
    #expect(Self.lines(resident: Self.gigabyte / 5 * 4 - 1, group) == [])
    #expect(
      Self.lines(resident: Self.gigabyte / 5 * 4, group) == [
        "warn event=memory_low resident=\(Self.gigabyte / 5 * 4) limit=\(Self.gigabyte) "
          + "available=\(60 * Self.gigabyte) skipped=0"
      ])
    #expect(Self.lines(MemoryFigures(total: 10_000, available: 499)).count == 1)
    #expect(Self.lines(resident: 1, MemoryFigures(total: 10_000, available: 500)) == [])
    #expect(Self.lines(MemoryFigures()) == [])
  }

  @Test func `each kind is told of once per minute`() {
    var warnings = ResourceWarnings()
    var figures = ProcessFigures()
    (figures.openDescriptors, figures.mostDescriptors) = (10, 10)
    let counts = [0, 10, 50, 60].map { seconds in
      warnings.check(figures, MemoryFigures(), neededBytes: 0, at: .now + .seconds(seconds)).count
    }
    #expect(counts == [1, 0, 0, 1])
  }

  @Test func `too little space for the next snapshot is warned of, once until there is enough`() {
    var warnings = ResourceWarnings()
    let lines = [nil, 300, 299, 0, 599, 600, 299].map { (available: UInt64?) in
      var figures = ProcessFigures()
      figures.availableBytes = available
      return warnings.check(figures, MemoryFigures(), neededBytes: 300, at: .now)
        .map { "\($0)" }.joined()
    }
    #expect(
      lines == [
        "", "", "warn event=disk_low available=299 needed=300", "", "",
        "info event=disk_ample available=600 needed=300",
        "warn event=disk_low available=299 needed=300",
      ])
  }

  @Test(arguments: [(0, 300), (100, 300), (101, 303)] as [(UInt64, UInt64)])
  func `room is needed for the log until the next snapshot, and for that`(
    last: UInt64, needed: UInt64
  ) {
    #expect(ResourceWarnings.neededBytes(lastSnapshot: last, interval: 100) == needed)
  }

  @Test(
    arguments: [
      ("max\n", 102_400), ("2048\n", 2_048), ("999999999\n", 102_400), (nil, 102_400),
      ("", 102_400),
    ] as [(String?, UInt64)])
  func `a control group may give a process less than the machine has`(
    group: String?, limit: UInt64
  ) {
    let machine = "MemTotal:  100 kB\nMemFree: 1 kB\nMemAvailable:     50 kB\n"
    #expect(
      MemoryFigures(machine: machine, group: group)
        == MemoryFigures(total: 102_400, available: 51_200, limit: limit))
  }

  @Test func `nothing is known where there is no such file`() {
    #expect(MemoryFigures(machine: "", group: nil) == MemoryFigures())
    #expect(
      MemoryFigures(machine: "MemTotal: lots\nMemAvailable:\n", group: "x") == MemoryFigures())
  }

  @Test(
    arguments: [
      ("0::/system.slice/mini-etcd.service\n", "/system.slice/mini-etcd.service"),
      ("4:memory:/x\n0::/\n", "/"), ("4:memory:/x\n", nil), ("", nil),
    ] as [(String, String?)])
  func `the control group's folder is named by the system`(text: String, path: String?) {
    #expect(MemoryFigures.groupPath(text) == path)
  }
}

@Suite(.inTurn, .timeLimit(.minutes(10))) struct PeerOutageTests {
  /// What is reported of requests that fail at these moments, in seconds.
  private static func reports(_ moments: [Double]) -> [Int?] {
    var outage = PeerOutage()
    let start = ContinuousClock.now
    return moments.map { outage.fail(at: start + .seconds($0)) }
  }

  @Test func `a peer out of reach for five seconds is reported, once per minute`() {
    #expect(
      Self.reports([0, 1, 4.9, 5, 6, 20, 34, 48, 62, 65, 66]) == [
        nil, nil, nil, 5, nil, nil, nil, nil, nil, 65, nil,
      ])
  }

  @Test func `failures far apart are no outage`() {
    #expect(Self.reports([0, 15, 30, 45]) == [nil, nil, nil, nil])
  }

  @Test func `an answer ends it, which is reported if it was`() {
    var outage = PeerOutage()
    let start = ContinuousClock.now
    var ends = [outage.end()]
    var reports = [outage.fail(at: start)]
    ends.append(outage.end())
    reports += [6, 11].map { outage.fail(at: start + .seconds($0)) }
    ends += [outage.end(), outage.end()]
    #expect(reports == [nil, nil, 5])
    #expect(ends == [false, false, true, false])
  }
}
