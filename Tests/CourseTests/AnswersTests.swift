import RunSupport
import Testing

/// Every command of every page is run, and answers as the page says. The Chinese pages have the
/// same commands to the letter (``TwinsTests``), so that they need no run of their own.
@Suite(.inTurn, .timeLimit(.minutes(10))) struct AnswersTests {
  @Test(arguments: Repository.englishPages)
  func `commands print what the page says`(path: String) async throws {
    let page = try Repository.page(path)
    let script = try Script(page)
    guard !script.pieces.isEmpty else { return }
    if let tool = ChapterRun.toolMissing(for: script) {
      try Test.cancel("\(tool) is not installed; CI has it")
    }
    // On a busy machine a cluster may elect another leader in the middle of a page; it does not do
    // so at the same place twice. A page without one has no second chance.
    let text = try Repository.text(of: path)
    if text.contains("-peer-addrs=") || text.contains("step-6-raft/cluster.sh") {
      let run = try ChapterRun(script)
      guard try await !run.differences().isEmpty || !run.litter.isEmpty else { return }
    }
    let run = try ChapterRun(script)
    for (line, difference) in try await run.differences() {
      Issue.record("\(page.place(line)): (- is said, + is so)\n\(difference)")
    }
    #expect(run.litter == [], "a page leaves files behind that git does not ignore")
  }

  // The machine itself.

  private func differences(_ text: String) async throws -> [(line: Int, difference: String)] {
    try await ChapterRun(Script(Page("a page", text))).differences()
  }

  @Test func `a right answer is accepted`() async throws {
    let found = try await differences(
      """
      ```bash
      printf 'one\\ntwo\\nthree\\n' | tee file
      cd steps
      ```

      ```
      one
      …
      th…ee
      ```

      <!-- run: cd .. && cat file | tail -n 1; false -->
      ```
      three
      ```

      ```bash prompt
      swift run step-1-basic-store
      ```

      ```
      …
      > put a 1
      OK
      > get a
      1
      ```
      """)
    #expect(found.isEmpty, "\(found)")
  }

  @Test(arguments: [
    ("one\ntwo", "  one\n- two\n+ three"), ("one", "  one\n+ three"),
    ("one\nthree\n…\nfour", "  one\n  three\n- four"),
  ])
  func `a wrong answer is found`(said: String, difference: String) async throws {
    let found = try await differences(
      "```bash\nprintf 'one\\nthree\\n'\n```\n\n```\n\(said)\n```\n")
    #expect(found.map(\.difference) == [difference])
  }

  @Test(arguments: [
    ("2026-11-30T04:01:02.345Z info event=open keys=1", true),
    ("2026-11-30T04:01:02.345Z info event=open …", true),
    ("2026-11-30T04:01:02.345Z info event=open keys=2", false),
    ("2026-11-30T04:01:02.345Z warn event=open keys=1", false),
    ("2026-11-30T04:01:02Z info event=open keys=1", false), ("info event=open keys=1", false),
  ])
  func `of a line of a log, all but the time is compared`(said: String, isRight: Bool) {
    let found = "2027-01-31T23:59:59.000Z info event=open keys=1"
    #expect(Answer.line(said, matches: found) == isRight)
    // A line without a time is none of a log.
    if isRight { #expect(!Answer.line(said, matches: "info event=open keys=1")) }
  }

  @Test func `of a long answer, what is near the difference is shown`() async throws {
    let found = try await differences("```bash\nseq 9\n```\n```\n1\n2\n3\n4\n6\n7\n8\n9\n```\n")
    #expect(found.map(\.difference) == ["  […]\n  3\n  4\n+ 5\n  6\n  7\n  […]"])
  }

  @Test func `a command that fails without saying so is found`() async throws {
    #expect(try await differences("a\n```bash\nfalse\n```\n").map(\.line) == [2])
    #expect(try await differences("```bash\nexit 0\n```\n").count == 1)
  }

  @Test func `what is written in a chapter stays in its folder`() async throws {
    _ = try await differences("```bash\nrm -rf Sources && echo x >LICENSE\n```\n")
    #expect(Repository.exists("Sources/Store/Path.swift"))
    #expect(try Repository.text(of: "LICENSE").count > 100)
  }

  @Test func `a server serves, survives a crash and is interrupted`() async throws {
    let found = try await differences(
      """
      ```bash server
      swift run step-3-wal-persistence
      ```

      ```
      …
      step-3-wal-persistence listens on http://127.0.0.1:8080
      ```

      ```bash
      curl -d '{"key": "a", "value": "1"}' http://localhost:8080/put
      ```

      <!-- run: crash -->
      ```bash server
      swift run step-3-wal-persistence
      ```

      ```bash
      curl "http://localhost:8080/get?key=a"
      ```

      ```
      {"key":"a","value":"1","found":true}
      ```

      <!-- run: interrupt -->
      ```
      ```

      ```bash
      curl -i "http://localhost:8080/get?key=a"
      ```

      ```
      curl: (7) …8080…
      ```
      """)
    #expect(found.isEmpty, "\(found)")
  }

  @Test func `what waits in the background answers when it is asked`() async throws {
    let found = try await differences(
      """
      ```bash server
      swift run step-4-watch
      ```

      ```bash in the background
      curl "http://localhost:8080/watch?key=a"
      ```

      ```bash
      curl -d '{"key": "a", "value": "1"}' http://localhost:8080/put
      ```

      <!-- run: answers -->
      ```
      {"key":"a","value":"1"}
      ```
      """)
    #expect(found.isEmpty, "\(found)")
  }
}
