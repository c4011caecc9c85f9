import JSON
import RunSupport
import Testing

@testable import RaftSimulation

/// Runs as pictures. What the chapters show is compared with their commands elsewhere.
@Suite(.inTurn, .timeLimit(.minutes(10))) struct PictureTests {
  private func picture(
    _ picture: RunPicture, _ deeds: String, profile: Profile = .calm, nodes: Int = 3
  ) throws -> String {
    var settings = ScheduleSettings()
    settings.profile = profile
    settings.nodeCount = nodes
    settings.events = 600
    let recorder = Recorder()
    let result = settings.run(seed: 60, doing: try Deeds(deeds), isQuiet: true, recorder: recorder)
    let recording = recorder.json(of: result, command: "raft-sim <60> & more", deeds: deeds)
    return String(decoding: try picture.drawn(of: recording), as: UTF8.self)
  }

  private static let deeds = "305 write n3; 400 read n3"

  @Test func `notes say what is asked, what disks have, and what the leader knows`() throws {
    let range: ClosedRange<Int64> = 300...320
    let plain = try picture(.messages(range), Self.deeds)
    #expect(!plain.contains("is asked") && !plain.contains("class=\"disk\""))
    let requests = try picture(.messages(range, notes: [.requests]), Self.deeds)
    #expect(requests.contains("n3 is asked by client 5 to write k0 = 1"))
    #expect(requests.contains("n1 commits 2/1: k0 = 1"))
    let disks = try picture(.messages(range, notes: [.disks]), Self.deeds)
    // One box and one note for each of the three disks.
    #expect(disks.components(around: "class=\"disk\"") == 4)
    #expect(disks.components(around: ": entry 2<") == 4)
    let followers = try picture(.messages(range, notes: [.followers]), Self.deeds)
    #expect(followers.contains("n3 knows of n1: replicate, match 1, next 2"))
    #expect(followers.contains("n3 knows of n2: replicate, match 2, next 3"))
  }

  @Test func `a picture of logs shows what is committed, who leads, and who is down`() throws {
    let logs = try picture(.logs([300, 330]), "305 write n3; 320 crash n1")
    #expect(logs.contains("(a) 300.0 ms") && logs.contains("(b) 330.0 ms"))
    #expect(logs.contains(">crashed<") && logs.contains(">leads<"))
    // One entry on three nodes, and then two, all committed.
    #expect(logs.components(around: "stroke-width=\"2\" fill=\"#") == 10)
    #expect(logs.components(around: "stroke-width=\"2\" fill=\"none") == 1)
  }

  @Test func `pictures are well formed, also of faulty runs and of odd moments`() throws {
    for profile in Profile.allCases {
      for kind: RunPicture in [
        .messages(0...400, notes: RunPicture.Note.allCases), .logs([0, 1, 3_600_000]),
        .messages(3_500_000...3_600_000, notes: RunPicture.Note.allCases),
      ] {
        let svg = try picture(kind, "", profile: profile, nodes: 4)
        #expect(svg.hasPrefix("<svg ") && svg.hasSuffix("</svg>\n"), "\(profile)")
        #expect(svg.contains("<title>raft-sim &lt;60&gt; &amp; more</title>"))
        #expect(!svg.contains("nan") && !svg.contains("inf\""), "\(profile)")
      }
    }
  }
}

extension String {
  /// How many parts there are with `separator` between them.
  fileprivate func components(around separator: String) -> Int { ranges(of: separator).count + 1 }
}
