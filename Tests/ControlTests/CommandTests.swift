import CostSupport
import HTTP
import RunSupport
import ServingSupport
import Testing

@Suite(.inTurn, .timeLimit(.minutes(10))) struct CommandTests {
  /// Command lines, each with what it prints and its exit status.
  private static let session: [(line: String, printed: [String], status: Int32)] = [
    ("get none", [], 3), ("set a/b 1", ["1"], 0), ("get a/b", ["1"], 0), ("get /a/b", ["1"], 0),
    ("get a", [], 4), ("set a 1", [], 4), ("mk a/b 2", [], 4), ("mk c 2", ["2"], 0),
    ("mkdir d", [], 0), ("mkdir d", [], 4), ("mk -in-order q 1", ["/q/00000000000000000004"], 0),
    ("ls", ["/a/", "/c", "/d/", "/q/"], 0), ("ls a", ["/a/b"], 0), ("ls c", ["/c"], 0),
    ("ls none", [], 3), ("ls d", [], 0),
    ("ls -recursive", ["/a/", "/a/b", "/c", "/d/", "/q/", "/q/00000000000000000004"], 0),
    ("update none 1", [], 3), ("update c 3", ["3"], 0), ("cas c 2 4", [], 4),
    ("cas c 3 4", ["4"], 0), ("cas -index 6 c 5", ["5"], 0), ("cas -index 6 c 5 6", [], 4),
    ("cas -index 7 c 5 6", ["6"], 0), ("cas c 6", [], 2), ("cas none 1 2", [], 3),
    ("set -ttl 100 t 1", ["1"], 0), ("set -ttl -1 t 1", [], 4), ("del d", [], 4),
    ("del -dir d", [], 0), ("del -dir a", [], 4), ("del -recursive a", [], 0), ("del a", [], 3),
    ("watch -after 4 c", ["update /c 3"], 0), ("watch -after 9 d", ["delete /d"], 0),
    ("watch -recursive -after 0 /", ["set /a/b 1"], 0),
    ("members", ["ab: name=node1 peerURLs=http://p:1 clientURLs=http://127.0.0.1:1"], 0),
    ("set", [], 2), ("set a", [], 2), ("set a b c", [], 2), ("get -ttl 1 a", [], 2),
    ("watch -after 9223372036854775807 c", [], 2), ("watch -after -1 c", [], 2),
    ("watch -after 1 none -forever", [], 2), ("import x", [], 2), ("update c", [], 2),
    ("bogus", [], 2), ("", [], 2), ("stats bogus", [], 2), ("get -help", ["help"], 0),
    ("set x/../y 1", [], 4), ("get //x", [], 4),
  ]

  @Test func `a session prints what scripts want, and tells them how it went`() async throws {
    try await withServing(router()) { serving async throws in
      for (line, printed, status) in Self.session {
        let words = line.split(separator: " ").map(String.init)
        let result = await run(words, on: [serving.server.port])
        #expect(result.lines == printed, "\(line): \(result)")
        #expect(result.status == status, "\(line): \(result)")
        #expect(result.complaint.isEmpty == (status == 0))
      }
    }
  }

  @Test func `any value and any key come back as they went`() async throws {
    try await withServing(router()) { serving async throws in
      let port = serving.server.port
      for text in ["a b", "&=;+%", "\"\\<>", "e\u{301}", "\u{E9}", "ключ", "?#[]"] {
        #expect(await run(["set", text, text], on: [port]).lines == [text])
        #expect(await run(["get", text], on: [port]).lines == [text])
        #expect(await run(["cas", text, text, "new"], on: [port]).lines == ["new"])
      }
    }
  }

  @Test func `a key past a limit is refused with the server's reason`() async throws {
    try await withServing(router()) { serving async throws in
      let port = serving.server.port
      for key in LimitKeys.taken { #expect(await run(["set", key, "1"], on: [port]).status == 0) }
      for (key, reason) in LimitKeys.refused {
        for words in [
          ["set", key, "1"], ["get", key], ["del", key], ["ls", key], ["watch", key],
        ] {
          let result = await run(words, on: [port])
          #expect(result.status == 4 && result.complaint.contains(reason), "\(words[0]) \(result)")
        }
      }
    }
  }

  @Test func `with -json the answers are printed as they came`() async throws {
    try await withServing(router()) { serving async throws in
      let port = serving.server.port
      let put = await run(["set", "a", "1"], on: [port], json: true)
      let node = #""node":{"key":"/a","value":"1","modifiedIndex":1,"createdIndex":1}}"#
      #expect(put.lines == [#"{"action":"set","# + node])
      let get = await run(["get", "a"], on: [port], json: true)
      #expect(get.lines == [#"{"action":"get","# + node])
      let store = await run(["stats", "store"], on: [port], json: true)
      #expect(store.lines.count == 1 && store.lines[0].hasPrefix(#"{"getsSuccess":1,"#))
    }
  }

  @Test func `statistics are printed a line each`() async throws {
    try await withServing(router()) { serving async throws in
      _ = await run(["set", "a", "1"], on: [serving.server.port])
      let printed = await run(["stats", "store"], on: [serving.server.port])
      #expect(printed.lines.contains("setsSuccess: 1"))
      #expect(printed.lines.count == 16)
    }
  }

  @Test func `the leader's statistics are asked of the leader`() async throws {
    try await withServing(router()) { leader async throws in
      let url = "http://127.0.0.1:\(leader.server.port)"
      try await withServing(router(clientURL: url)) { other async throws in
        let printed = await run(["stats", "leader"], on: [other.server.port])
        #expect(printed.lines == ["leader: ab", "followers: {}"])
        let asJSON = await run(["stats", "leader"], on: [other.server.port], json: true)
        #expect(asJSON.lines == [#"{"leader":"ab","followers":{}}"#])
      }
      // This one leads too, but says that it is reached elsewhere.
      let lost = await run(["stats", "leader"], on: [leader.server.port])
      #expect(lost.status == 1 && lost.complaint.contains("127.0.0.1:1"))
    }
  }

  @Test func `a refusal says what was wrong`() async throws {
    try await withServing(router()) { serving async throws in
      let port = serving.server.port
      _ = await run(["set", "a", "1"], on: [port])
      #expect(
        await run(["cas", "a", "2", "3"], on: [port]).complaint == "Compare failed: [2 != 1]")
      #expect(await run(["mk", "a", "3"], on: [port]).complaint == "Key already exists: /a")
      #expect(await run(["get", "b"], on: [port]).complaint == "not found: /b")
      #expect(await run(["get", "b/.."], on: [port]).complaint.contains("segments"))
    }
  }
}
