import Foundation
import HTTP
import JSON
import RunSupport
import Testing

/// The simulator's page, in a browser.
@Suite(
  .serialized, .inTurn, .timeLimit(.minutes(10)),
  .enabled(if: Browser.program != nil, "chromium is not installed (Debian: chromium)"))
struct SimulatorPageTests {
  private static let run = ["-seed", "60", "-profile", "calm", "-nodes", "3", "-quiet"]
  private static let summary = "document.getElementById('summary').textContent"

  private static func press(_ words: String, beside node: String) -> String {
    """
    [...document.querySelectorAll('#hands > span')].find(s => s.textContent === '\(node)')
      .nextSibling.querySelectorAll('button').forEach(b => b.textContent === '\(words)' && b.click())
    """
  }

  @Test func `the reader splits, writes, heals, goes back, and the line repeats the run`()
    async throws
  {
    let child = try Child("raft-sim", Self.run + ["-serve", "127.0.0.1:0"])
    let port = try await child.port()
    let browser = try await Browser()
    try await browser.open("http://127.0.0.1:\(port)/")
    try await browser.waits(until: "run && \(Self.summary) === 'No leader'")
    // Played as fast as it goes, it comes to the end of the run.
    try await browser.value(of: "(byID('speed').value = '1', byID('play').click())")
    try await browser.waits(
      until: "isPlaying && now > 150000 && \(Self.summary).startsWith('n3 leads 3 nodes')")
    try await browser.value(of: "byID('play').click()")

    try await browser.value(of: "(now = 300000, draw())")
    try await browser.value(of: Self.press("isolate", beside: "n3"))
    try await browser.waits(
      until: "run.command.endsWith(\"-do '301 split n3'\") && run.cuts.length > 0")
    try await browser.value(of: "(now = 350000, draw())")
    #expect(
      try await browser.value(of: "document.querySelectorAll('#nodes .link.silent').length") == "2")
    try await browser.value(of: Self.press("write", beside: "n3"))
    try await browser.waits(until: "run.command.includes('351 write n3')")
    // The entry is there, and not committed.
    try await browser.value(of: "(now = 380000, draw())")
    let cells =
      "[...document.querySelectorAll('#strips .strip')][3].querySelectorAll('.cell:not(.none)')"
    #expect(
      try await browser.value(of: "[...\(cells)].map(c => c.classList.contains('committed'))")
        == "true,false")
    try await browser.value(of: "(now = 900000, draw())")
    #expect(try await browser.value(of: Self.summary).hasPrefix("n2 leads"))
    try await browser.value(of: Self.press("heal", beside: "network"))
    try await browser.waits(until: "run.command.includes('901 heal')")
    try await browser.value(of: "(now = 1000000, draw())")
    #expect(
      try await browser.value(of: "document.querySelectorAll('#nodes .link.silent').length") == "0")
    #expect(
      try await browser.value(of: "document.querySelectorAll('#nodes g.follower').length") == "2")
    // The story of a moment is the same, whichever way the reader comes there.
    let story = "[...document.querySelectorAll('#sentences li')].map(li => li.textContent).join()"
    let played = try await browser.value(
      of: "(now = 990000, draw(), now = 995000, draw(), now = 1000000, draw(), \(story))")
    #expect(
      try await browser.value(of: "(now = 0, draw(), now = 1000000, draw(), \(story))") == played)
    // Back to before all of it: nothing of it has happened.
    try await browser.value(of: "(now = 200000, draw())")
    #expect(try await browser.value(of: Self.summary).hasPrefix("n3 leads 3 nodes in term 1"))
    #expect(browser.complaints.isEmpty)

    let digest = try await browser.value(of: "run.digest")
    let again = try await Asking().ask(
      .get, "/run?do=301+split+n3%3B+351+write+n3%3B+901+heal", on: port)
    #expect(try JSONDocument(Array(again.text.utf8)).root["digest"]?.string == digest)
  }

  @Test func `the reader slows a link down, which is shown, and cuts it`() async throws {
    let child = try Child("raft-sim", Self.run + ["-serve", "127.0.0.1:0"])
    let port = try await child.port()
    let browser = try await Browser()
    try await browser.open("http://127.0.0.1:\(port)/")
    try await browser.waits(until: "run && !byID('hands').hidden")
    try await browser.value(of: "(now = 300000, draw())")
    let choices = "document.querySelectorAll('#hands select')"
    try await browser.value(
      of: """
        (\(choices)[0].value = 'n2', \(choices)[0].dispatchEvent(new Event('change')), 0)
        """)
    #expect(try await browser.value(of: "\(choices)[1].value") == "n3")
    try await browser.value(of: Self.press("slow by 20 ms", beside: "link"))
    try await browser.waits(until: "run.command.endsWith(\"-do '301 slow n2 n3 20'\")")
    try await browser.value(of: "(now = 340000, draw())")
    #expect(
      try await browser.value(of: "document.querySelectorAll('#nodes .link.slow').length") == "1")
    #expect(
      try await browser.value(
        of: "[...document.querySelectorAll('#nodes .speed')].map(t => t.textContent).join('')")
        == "+20 ms")
    // What is drawn again only when it has changed changes with the language, too.
    try await browser.value(of: "byID('language').click()")
    #expect(
      try await browser.value(
        of:
          "document.querySelector('#nodes .leader .role').textContent + document.querySelector('#strips .strip:last-child small').textContent"
      ).hasPrefix("领导者末尾 "))
    try await browser.value(of: "byID('language').click()")
    try await browser.value(of: Self.press("cut", beside: "link"))
    try await browser.waits(until: "run.command.endsWith('341 cut n2 n3\\'')")
    try await browser.value(of: "(now = 342000, draw())")
    #expect(
      try await browser.value(of: "document.querySelectorAll('#nodes .link.silent').length") == "1")
    await child.end(by: SIGKILL)
    try await browser.value(of: Self.press("mend", beside: "link"))
    try await browser.waits(
      until: "byID('verdict').textContent.startsWith('raft-sim does not answer')")
    #expect(browser.complaints.isEmpty)
  }

  @Test func `a run written to one file plays without a server`() async throws {
    let directory = try ScratchDirectory()
    let path = directory.path + "/run.html"
    let child = try Child("raft-sim", Self.run + ["-do", "300 crash n3", "-page", path])
    #expect(await child.end() == 0)
    let browser = try await Browser()
    try await browser.open("file://\(path)")
    try await browser.waits(until: "run && run.failure === undefined")
    try await browser.value(of: "(now = 301000, draw())")
    let crashed = "document.querySelector('#nodes g.gone .role').textContent"
    #expect(try await browser.value(of: crashed) == "crashed")
    #expect(try await browser.value(of: "byID('hands').hidden") == "true")
    #expect(try await browser.value(of: "performance.getEntriesByType('resource').length") == "0")
    #expect(browser.complaints.isEmpty)
  }

  @Test func `a deed that cannot be understood is named on the command line`() async throws {
    let child = try Child(
      "raft-sim", Self.run + ["-do", "5 explode n1"], output: .kept, diagnostics: .kept)
    #expect(await child.end() != 0)
    #expect(child.keptDiagnostics().contains("\"5 explode n1\" must name one of crash, restart"))
  }
}
