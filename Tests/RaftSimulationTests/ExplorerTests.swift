import Raft
import RunSupport
import Testing

@testable import RaftSimulation

/// Short searches in every run of the tests; long ones are `raft-sim -explore`.
@Suite(.inTurn, .timeLimit(.minutes(10))) struct ExplorerTests {
  private func search(_ change: (inout Bounds) -> Void) async -> Explorer.Outcome {
    var bounds = Bounds()
    bounds.proposals = 0
    bounds.stepDowns = 0
    change(&bounds)
    return await Explorer(bounds, workers: 2).run()
  }

  @Test func `two elections among three voters reach nothing wrong`() async {
    let outcome = await search { $0.timeouts = 1 }
    #expect(outcome.isComplete)
    #expect(outcome.counterexample == nil)
    #expect(outcome.states == 47)
  }

  @Test func `a removal among two voters reaches nothing wrong`() async {
    let outcome = await search {
      $0.voters = 2
      $0.changes = 1
      $0.timeouts = 1
    }
    #expect(outcome.isComplete && outcome.counterexample == nil)
    #expect(outcome.states == 49)
  }

  @Test func `a disk that forgets a vote gives two leaders in a term, and the script says how`()
    async throws
  {
    let outcome = await search {
      $0.startsLed = false
      $0.lapses = 0
      $0.forgets = 1
    }
    let found = try #require(outcome.counterexample)
    #expect(found.description.hasPrefix("I1 "))
    #expect(found.script.contains("forget n"))
    #expect(!outcome.isComplete)
  }

  @Test func `a search from a removal under way takes it in, and reaches nothing wrong`() async {
    let outcome = await search {
      $0.voters = 4
      $0.startsRemoving = true
      $0.timeouts = 1
      $0.lapses = 0
    }
    #expect(outcome.isComplete && outcome.counterexample == nil)
    #expect(outcome.states == 2301)
  }

  @Test func `a script that the search has printed leads to the same failure again`() async throws {
    let outcome = await search {
      $0.startsLed = false
      $0.lapses = 0
      $0.forgets = 1
    }
    let found = try #require(outcome.counterexample)
    var script = StepScript(found.script)
    var told: [String] = []
    let broken = try script.run { told.append($0) }
    #expect(broken == found.description)
    #expect(told.contains { $0.contains("THE LEADER in term 1") })
  }

  @Test(arguments: [
    "change n1 -n4\ndrop n1>n4\ndeliver first n1>n2\nlapse", "propose n1 a\ncrash n2\nrestart n2",
    "stepdown n1\nread n1 1", "change n1 learner+n5\ntransfer n1 n2\nbeat n1",
  ])
  func `a script of steps breaks nothing`(steps: String) throws {
    var script = StepScript("cluster 4\nlead n1\nbeat n1\nquietly stabilize\n" + steps)
    let broken = try script.run { _ in }
    #expect(broken == nil)
  }

  @Test(arguments: [
    "cluster 9", "crash n5", "deliver first n1>n2", "restart n1", "change n1 x", "drop n1",
    "nothing",
  ])
  func `a step that cannot be taken is refused`(line: String) {
    var script = StepScript("cluster 4\n\(line)")
    #expect(throws: StepScript.Mistake.self) { try script.run { _ in } }
  }

  @Test(arguments: 1...20 as ClosedRange<UInt64>)
  func `a step under other names leads to the same state under other names`(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    var bounds = Bounds()
    bounds.voters = 3
    bounds.learners = 1
    (bounds.timeouts, bounds.lapses, bounds.stepDowns, bounds.proposals) = (6, 6, 3, 4)
    (bounds.changes, bounds.beats, bounds.reads, bounds.breaks) = (4, 4, 3, 2)
    (bounds.crashes, bounds.transfers) = (2, 2)
    var world = World(bounds)
    let order = [2, 3, 1, 0]
    for _ in 0..<120 {
      // A leader that was removed asks the first among equals to follow it: that one thing depends
      // on names. So no voter is removed here.
      let steps = world.steps.filter { step in
        guard case .change(let node, .remove(let other)) = step else { return true }
        return world.cores[node].membership.isLearner(other)
      }
      guard !steps.isEmpty else { break }
      let step = steps[random.next(below: steps.count)]
      var other = world.renamed(order)
      #expect(other.signature == world.signature, "seed \(seed)")
      let isTaken = world.take(step)
      #expect(other.take(step.renamed(order)) == isTaken, "seed \(seed)")
      guard other == world.renamed(order) else {
        Issue.record("seed \(seed), after \(step)")
        return
      }
    }
  }

  @Test func `a set of numbers holds what was put into it`() {
    var random = SplitMix64(seed: 7)
    var set = NumberSet()
    var known: Set<UInt64> = []
    for _ in 0..<20_000 {
      let number = UInt64(random.next(below: 15_000)) &* 0x9E37_79B9_7F4A_7C15 | 1 << 63
      #expect(set.contains(number) == known.contains(number))
      #expect(set.insert(number) == known.insert(number).inserted)
    }
    #expect(set.count == known.count)
  }
}

extension WorldStep {
  /// The step as it is called when `order[i]` is n*i+1*.
  fileprivate func renamed(_ order: [Int]) -> WorldStep {
    func new(_ node: Int) -> Int { order.firstIndex(of: node) ?? node }
    func new(_ id: NodeID) -> NodeID { NodeID(UInt64(new(Int(id.rawValue) - 1) + 1)) }
    switch self {
    case .deliver(let from, let to): return .deliver(from: new(from), to: new(to))
    case .breakLink(let from, let to): return .breakLink(from: new(from), to: new(to))
    case .timeOut(let node): return .timeOut(new(node))
    case .lapse: return .lapse
    case .stepDown(let node): return .stepDown(new(node))
    case .propose(let node): return .propose(new(node))
    case .change(let node, .addLearner(let other)):
      return .change(new(node), .addLearner(new(other)))
    case .change(let node, .promote(let other)): return .change(new(node), .promote(new(other)))
    case .change(let node, .remove(let other)): return .change(new(node), .remove(new(other)))
    case .beat(let node): return .beat(new(node))
    case .read(let node): return .read(new(node))
    case .crash(let node): return .crash(new(node))
    case .forget(let node): return .forget(new(node))
    case .transfer(let node, let target): return .transfer(new(node), to: new(target))
    }
  }
}
