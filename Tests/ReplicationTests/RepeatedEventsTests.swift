import Bytes
import RunSupport
import Synchronization
import Testing

@testable import ReplicaSimulation
@testable import Replication

@Suite(.inTurn, .timeLimit(.minutes(10))) struct RepeatedEventsTests {
  private let start = ContinuousClock.now

  private func moment(_ seconds: Double) -> ContinuousClock.Instant { start + .seconds(seconds) }

  /// What is written of a disk that is full and has space again at each of these moments, in turn.
  private func told(of moments: [Double], _ events: inout RepeatedEvents) -> [String] {
    moments.enumerated().compactMap { place, time in
      let line: LogLine =
        place.isMultiple(of: 2) ? .warn("disk_full", ["at": time]) : .info("disk_has_space")
      return events.admit(line, at: moment(time)).map { "\($0)" }
    }
  }

  @Test func `what seldom happens is told as it happens`() {
    var events = RepeatedEvents()
    #expect(told(of: [0, 1, 2, 3, 80, 81, 200], &events).count == 7)
    #expect(events.due(at: moment(1_000)).isEmpty)
  }

  @Test func `of what comes and goes all the time, the present state is told after a minute`() {
    var events = RepeatedEvents()
    let moments = (0..<100).map { Double($0) / 10 }
    #expect(told(of: moments, &events).count == RepeatedEvents.most)
    #expect(events.due(at: moment(59.9)).isEmpty)
    #expect(
      events.due(at: moment(60)).map { "\($0)" } == ["info event=disk_has_space skipped=89"])
    // Then another minute begins.
    #expect(events.due(at: moment(61)).isEmpty)
    #expect(told(of: moments.map { $0 + 61 }, &events).count == RepeatedEvents.most - 1)
  }

  @Test func `a new event after the minute says how many were left out`() {
    var events = RepeatedEvents()
    _ = told(of: Array(repeating: 0, count: 13), &events)
    #expect(told(of: [60], &events) == ["warn event=disk_full skipped=3 at=60.0"])
    #expect(events.due(at: moment(120)).isEmpty)
  }

  @Test func `one kind does not hold back another, and detail is not held back`() {
    var events = RepeatedEvents()
    _ = told(of: Array(repeating: 0, count: 20), &events)
    #expect(events.admit(.warn("no_leader"), at: moment(1)) != nil)
    #expect(events.admit(.info("leader"), at: moment(1)) != nil)
    for _ in 0..<20 { #expect(events.admit(.debug("standing"), at: moment(1)) != nil) }
    // A leader ends what the lack of one has begun: with both it is ten.
    let rest = (0..<20).compactMap { _ in events.admit(.info("leader"), at: moment(2)) }
    #expect(rest.count == RepeatedEvents.most - 2)
  }

  @Test func `a replica's log is kept short, and ends with what is so`() throws {
    let cluster = VirtualCluster()
    let log = Log()
    try cluster.start("node1") { $0.log = { line in log.lines.withLock { $0.append("\(line)") } } }
    let node = cluster["node1"]
    for _ in 0..<20 {
      node.replica.log(.warn("disk_full"))
      node.replica.log(.info("disk_has_space"))
    }
    let told = { log.lines.withLock { $0.filter { $0.contains("event=disk_") } } }
    #expect(told().count == RepeatedEvents.most)
    node.host.now += .seconds(60)
    try cluster.tick()
    #expect(told().count == RepeatedEvents.most + 1)
    #expect(told().last == "info event=disk_has_space node=node1 skipped=29")
  }
}

private final class Log: Sendable {
  let lines = Mutex<[String]>([])
}
