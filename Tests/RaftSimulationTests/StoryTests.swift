import RaftSimulation
import RunSupport
import Testing

/// Schedules worth reading, named in the chapter: `raft-sim -seed 188 -profile election -nodes 4
/// -events 80` and so on. They have to stay what they are told to be.
@Suite(.inTurn, .timeLimit(.minutes(10))) struct StoryTests {
  private func tell(_ seed: UInt64, _ profile: Profile, nodes: Int, events: Int) -> [String] {
    var settings = ScheduleSettings()
    settings.profile = profile
    settings.nodeCount = nodes
    settings.events = events
    var lines: [String] = []
    let result = settings.run(seed: seed, story: Story { lines.append($0) })
    #expect(result.failure == nil)
    return lines
  }

  private func place(_ words: String, in lines: [String], after start: Int = -1) throws -> Int {
    try #require(
      lines.indices.first { $0 > start && lines[$0].contains(words) }, "no line says: \(words)")
  }

  @Test func `a split vote, and the election after it`() throws {
    let lines = tell(188, .election, nodes: 4, events: 80)
    let first = try place("n4    is a candidate in term 1", in: lines)
    let second = try place("n1    is a candidate in term 1", in: lines, after: first)
    _ = try place("is THE LEADER in term 2", in: lines, after: second)
    #expect(!lines.contains { $0.contains("THE LEADER in term 1") })
  }

  @Test func `certificates say who counted for each election, commit and read`() {
    var lines: [String] = []
    let story = Story { lines.append($0) }
    story.showsCertificates = true
    let result = ScheduleSettings().run(seed: 1, story: story)
    #expect(result.failure == nil && result.digest == ScheduleSettings().run(seed: 1).digest)
    for words in ["term 1, votes of n", "entry 1/1, on the disks of n", "committed before it: "] {
      #expect(lines.contains { $0.contains("certificate: ") && $0.contains(words) }, "\(words)")
    }
  }

  @Test func `a network that falls apart, and heals`() throws {
    let lines = tell(256, .network, nodes: 5, events: 300)
    let apart = try place("The network falls apart", in: lines)
    let elected = try place("is THE LEADER in term", in: lines, after: apart)
    _ = try place("is a follower in term", in: lines, after: elected)
    #expect(lines.count { $0.contains("THE LEADER") } >= 2)
  }

  @Test func `a leader that crashes, and its successor`() throws {
    let lines = tell(207, .crash, nodes: 3, events: 250)
    let elected = try place("is THE LEADER", in: lines)
    let crashed = try place("crashes, for", in: lines, after: elected)
    let next = try place("is THE LEADER", in: lines, after: crashed)
    _ = try place("comes back", in: lines, after: crashed)
    #expect(next > crashed)
  }
}
