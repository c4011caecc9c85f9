import JSON
import RunSupport
import Testing

@testable import RaftSimulation

/// Runs that a reader changes, and how they are written down.
@Suite(.inTurn, .timeLimit(.minutes(10))) struct RecordingTests {
  private func settings(_ profile: Profile, nodes: Int, events: Int) -> ScheduleSettings {
    var settings = ScheduleSettings()
    settings.profile = profile
    settings.nodeCount = nodes
    settings.events = events
    return settings
  }

  private func run(
    _ settings: ScheduleSettings, _ deeds: String, isQuiet: Bool = true
  ) throws -> (result: ScheduleResult, recording: JSONValue) {
    let recorder = Recorder()
    let result = settings.run(
      seed: 7, doing: try Deeds(deeds), isQuiet: isQuiet, recorder: recorder)
    let json = recorder.json(of: result, command: "raft-sim <7>", deeds: deeds)
    // It stands in a page's script element.
    #expect(!json.contains(UInt8(ascii: "<")))
    return (result, try JSONDocument(json).root)
  }

  private static func list(_ recording: JSONValue, _ name: StaticString) -> [[JSONValue]] {
    (recording[name].map { Array($0.elements) } ?? []).map { Array($0.elements) }
  }

  @Test func `writing a run down does not change it`() throws {
    for profile in Profile.allCases {
      let settings = settings(profile, nodes: 3, events: 400)
      let plain = settings.run(seed: 7)
      let (recorded, _) = try run(settings, "", isQuiet: false)
      #expect(recorded.digest == plain.digest, "\(profile)")
    }
  }

  @Test func `the same line repeats the same run`() throws {
    let settings = settings(.calm, nodes: 3, events: 1_500)
    let deeds = "300 write n1; 400 crash n2; 600 restart n2; 700 split n1; 1200 heal"
    let first = try run(settings, deeds)
    let second = try run(settings, deeds)
    #expect(first.result.failure == nil)
    #expect(first.result.digest == second.result.digest)
    #expect(try run(settings, "").result.digest != first.result.digest)
  }

  @Test func `a deed changes nothing of what happens before it`() throws {
    let settings = settings(.calm, nodes: 3, events: 1_000)
    let before = try run(settings, "").recording
    let after = try run(settings, "500 crash n2").recording
    func beginning(_ recording: JSONValue) -> [String] {
      Self.list(recording, "sentences").filter { $0[0].uint64 ?? 0 < 500_000 }
        .map { "\($0[0].uint64 ?? 0) \($0[2].string ?? "")" }
    }
    #expect(beginning(before) == beginning(after))
    #expect(beginning(before).count > 20)
  }

  @Test func `a leader that is split off is replaced, and follows when the network heals`() throws {
    let settings = settings(.calm, nodes: 3, events: 1_500)
    let (result, recording) = try run(settings, "300 split n2; 1500 heal")
    #expect(result.failure == nil)
    let states = Self.list(recording, "states")
    let leaders = states.filter { $0[3].string == "leader" }
    let first = try #require(leaders.first?[1].uint64)
    #expect(first == 1)
    #expect(leaders.contains { $0[1].uint64 != first && $0[0].uint64 ?? 0 < 1_500_000 })
    #expect(
      states.contains {
        $0[1].uint64 == first && $0[0].uint64 ?? 0 > 1_500_000 && $0[3].string == "follower"
      })
    // Both directions of two links are cut, and all are mended.
    let cuts = Self.list(recording, "cuts")
    #expect(cuts.count { $0[3].uint64 == 1 } == 4)
    #expect(cuts.count { $0[3].uint64 == 0 } == 4)
  }

  @Test func `a link that is slowed down delays messages, and keeps their order, until it heals`()
    throws
  {
    let settings = settings(.calm, nodes: 3, events: 1_500)
    let (result, recording) = try run(settings, "300 slow n2 n3 40; 500 fast n3 n2")
    #expect(result.failure == nil)
    let messages = Self.list(recording, "messages").map { $0.prefix(4).map { $0.uint64 ?? 0 } }
    func travel(_ pair: Set<UInt64>, _ times: ClosedRange<UInt64>) -> [UInt64] {
      messages.filter { Set($0[2...3]) == pair && times.contains($0[0]) }.map { $0[1] - $0[0] }
    }
    let between = travel([1, 2], 300_001...499_999)
    #expect(between.count > 10 && between.allSatisfy { $0 >= 40_000 })
    for elsewhere in [
      travel([0, 1], 300_000...500_000), travel([1, 2], 100_000...299_999),
      travel([1, 2], 500_001...700_000),
    ] {
      #expect(elsewhere.count > 10 && elsewhere.allSatisfy { $0 < 40_000 })
    }
    let links = Self.list(recording, "cuts").map { $0.dropFirst().map { $0.uint64 ?? 0 } }
    #expect(links == [[1, 2, 0, 40], [2, 1, 0, 40], [1, 2, 0, 0], [2, 1, 0, 0]])
    let healed = try run(settings, "300 slow n2 n3 40; 500 heal")
    #expect(Self.list(healed.recording, "cuts").last?.last?.uint64 == 0)
  }

  @Test func `the same line with a slow link repeats the same run`() throws {
    let settings = settings(.network, nodes: 5, events: 1_500)
    let deeds = "200 slow n1 n2 60; 400 slow n1 n2 5; 600 write n3; 700 read n2; 900 heal"
    let first = try run(settings, deeds, isQuiet: false)
    #expect(first.result.failure == nil)
    #expect(try run(settings, deeds, isQuiet: false).result.digest == first.result.digest)
    #expect(
      try run(settings, deeds.replacing("60;", with: "61;"), isQuiet: false).result.digest
        != first.result.digest)
  }

  @Test func `a read of the reader's is answered what was written`() throws {
    let deeds = "300 write n1; 340 read n1"
    let (result, recording) = try run(settings(.calm, nodes: 3, events: 900), deeds)
    #expect(result.failure == nil)
    let said = Self.list(recording, "sentences").compactMap { $0[2].string }
    #expect(said.contains { $0.hasSuffix(": k0 is 1") && $0.hasPrefix("answers client") })
  }

  @Test func `a write of the reader's is committed on every node`() throws {
    let (result, recording) = try run(settings(.calm, nodes: 3, events: 900), "300 write n1")
    #expect(result.failure == nil)
    let commits = Self.list(recording, "sentences").filter {
      $0[2].string?.hasPrefix("commits 2/1: k0 = 1") == true
    }
    #expect(Set(commits.compactMap { $0[1].uint64 }) == [0, 1, 2])
  }

  @Test func `the referee judges what a reader does, too`() throws {
    var random = SystemRandomNumberGenerator()
    for _ in 0..<8 {
      let deeds = (0..<12).map { _ in
        let kind = Deeds.Kind.allCases.randomElement(using: &random) ?? .heal
        let hosts = (1...5).shuffled(using: &random).prefix(kind.nodes.lowerBound)
        return "\(Int.random(in: 0...3_000, using: &random)) \(kind.rawValue) "
          + hosts.map { "n\($0)" }.joined(separator: " ")
          + (kind == .slow ? " \(Int64.random(in: Deeds.slowness, using: &random))" : "")
      }.joined(separator: "; ")
      let result = settings(.network, nodes: 5, events: 1_500)
        .run(seed: 7, doing: try Deeds(deeds), isQuiet: false)
      #expect(
        result.failure == nil, "-seed 7 -nodes 5 -profile network -events 1500 -do '\(deeds)'")
    }
  }

  @Test(arguments: [
    ("x crash n1", "must begin with a time"), ("-1 heal", "must begin with a time"),
    ("5", "must name one of crash, restart"), ("5 explode n1", "must name one of crash, restart"),
    ("5 crash", "must name one node"), ("5 crash n1 n2", "must name one node"),
    ("5 cut n1 n1", "must name two nodes"), ("5 crash 1", "must name nodes as n1, not 1"),
    ("5 slow n1 n2", "must end with a number of milliseconds, 1 to 1000"),
    ("5 slow n1 n2 0", "must end with a number"), ("5 slow n1 n2 1001", "must end with a number"),
    ("5 slow n1 20", "must name two nodes"), ("5 fast n1 n2 20", "must name nodes as n1, not 20"),
    ("5 crash n13", "must name nodes as n1"), ("5 heal n1", "must name no node"),
  ])
  func `a deed that cannot be understood is refused with the reason`(
    deeds: String, reason: String
  ) throws {
    let error = try #require(throws: Deeds.Misunderstanding.self) { try Deeds(deeds) }
    #expect(error.description.contains(reason))
  }

  @Test func `a line of deeds may have spaces and empty parts`() throws {
    #expect(try Deeds(" ;5  heal ;; 7 crash  n3;").list.count == 2)
    #expect(try Deeds("").list.isEmpty)
  }
}
