import RunSupport
import Testing

@testable import Raft
@testable import RaftSimulation

@Suite(.inTurn, .timeLimit(.minutes(10))) struct ShrinkerTests {
  @Test func `a script is read as it is written`() throws {
    var script = RunScript(seed: 72, ScheduleSettings())
    script.settings.nodeCount = 5
    script.settings.events = 212
    script.faults = [4, 17]
    script.without = [.losses, .copies]
    script.clients = 1
    script.variation = 3
    #expect(try RunScript("# words\n" + script.text) == script)
    script.faults = []
    #expect(try RunScript(script.text) == script)
  }

  @Test(arguments: ["seed", "seed x", "nodes 8", "profile quiet", "without rain", "faults 1 x"])
  func `a line that says nothing is refused`(line: String) {
    #expect(throws: RunScript.Mistake.self) { try RunScript("seed 1\n\(line)") }
  }

  @Test(arguments: 1...20 as ClosedRange<UInt64>)
  func `a script that leaves nothing out gives the seed's own run`(seed: UInt64) {
    let settings = ScheduleSettings()
    var script = RunScript(seed: seed, settings)
    script.faults = Array(0..<1_000)
    #expect(script.run().digest == settings.run(seed: seed).digest)
  }

  @Test func `leaving out all faults and mishaps makes another run, and the same one again`() {
    var script = RunScript(seed: 9, ScheduleSettings())
    script.faults = []
    script.without = Set(RunScript.Mishap.allCases)
    #expect(script.run().counts.crashes == 0)
    #expect(script.run().digest == script.run().digest)
    #expect(script.run().digest != ScheduleSettings().run(seed: 9).digest)
  }

  @Test func `a seed that does not fail has no shortest script`() {
    var shrinker = Shrinker(seed: 1, ScheduleSettings())
    let shortest = shrinker.run()
    #expect(shortest == nil)
  }

  #if DEBUG
    @Test func `a planted bug's schedule shrinks to a script that still shows it`() throws {
      var sabotage = Sabotage()
      sabotage.node = { node, before in
        if before.role != .follower, node.core.role == .follower, node.core.term == before.term {
          node.core.vote = nil
        }
      }
      let prepare: (Schedule) -> Void = { $0.sabotage = sabotage }
      var settings = ScheduleSettings()
      settings.profile = .election
      let seed = try #require(
        (1...400 as ClosedRange<UInt64>).first { seed in
          let schedule = settings.schedule(seed: seed)
          prepare(schedule)
          return schedule.run() != nil
        })
      var shrinker = Shrinker(seed: seed, settings, limit: 300, prepare: prepare)
      let original = try #require(shrinker.original)
      let found = shrinker.run()
      let shortest = try #require(found)
      #expect(shortest.failure.invariant == original.failure.invariant)
      #expect(shortest.faults.count <= max(2, original.faults.count / 2))
      #expect(shortest.eventCount <= original.eventCount)
      // The script alone, read from its text, fails in the same way.
      let schedule = try RunScript(shortest.script.text).schedule()
      prepare(schedule)
      #expect(schedule.run() == shortest.failure)
      #expect(schedule.eventCount == shortest.eventCount)
    }
  #endif
}
