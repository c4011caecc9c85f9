import HTTP
import RunSupport
import ServingSupport
import Testing

@testable import Pages

@Suite(.inTurn, .timeLimit(.minutes(10))) struct SimulatorPageTests {
  @Test func `the page, its files and its runs are served`() async throws {
    let page = SimulatorPage { deeds throws(HTTPError) in
      if deeds == "nonsense" { throw HTTPError(.badRequest, "no") }
      return Array("{\"do\":\"\(deeds ?? "as told")\"}".utf8)
    }
    try await withServing(page) { serving in
      let answer = try await serving.head("/")
      #expect(answer.status == .ok)
      #expect(answer.text("content-security-policy")?.hasPrefix("default-src 'self';") == true)
      for file in PageFile.simulator where !"\(file.name)".isEmpty {
        #expect(try await serving.ask(.get, "/ui/\(file.name)").status == 200)
      }
      #expect(try await serving.ask(.get, "/run").text == #"{"do":"as told"}"#)
      #expect(try await serving.ask(.get, "/run?do=5+heal").text == #"{"do":"5 heal"}"#)
      #expect(try await serving.ask(.get, "/run?do=nonsense").status == 400)
      #expect(try await serving.ask(.get, "/other").status == 404)
      #expect(try await serving.ask(.post, "/run").status == 405)
    }
  }

  @Test func `a page in one file refers to nothing beside itself`() {
    let page = String(decoding: SimulatorPage.file(playing: Array("{}".utf8)), as: UTF8.self)
    #expect(!page.contains("src=\"ui/") && !page.contains("href=\"ui/"))
    #expect(page.contains(#"<script type="application/json" id="recording">{}</script>"#))
    #expect(page.contains("class NodePicture"))
  }

  @Test func `both pages together are smaller than 80 KB`() {
    let all = PageFile.cluster + PageFile.simulator.filter { "\($0.name)".hasPrefix("simulator") }
    let page = PageFile.simulator.first { "\($0.name)".isEmpty }
    #expect(all.reduce(page?.bytes.count ?? 0) { $0 + $1.bytes.count } < 80_000)
  }
}
