import Bytes
import HTTP
import Loop
import RunSupport
import ServingSupport
import Synchronization
import Testing

@testable import Pages

@Suite(.inTurn, .timeLimit(.minutes(10))) struct FeedTests {
  private static let files = [
    "/ui", "/ui/cluster.css", "/ui/cluster.js", "/ui/nodes.js", "/ui/words.js", "/ui/icon.svg",
  ]

  @Test func `the page and its files are served, and load nothing from elsewhere`() async throws {
    let page = LivePage(PageFile.cluster, fedBy: LiveFeed(Numbers())) { ["http://localhost:1"] }
    try await withServing(page) { serving in
      for file in Self.files {
        let answer = try await serving.head(file)
        #expect(answer.status == .ok, "\(file)")
        let policy = answer.text("content-security-policy")
        #expect(policy?.contains("connect-src 'self' http://localhost:1;") == true, "\(file)")
        #expect(answer.text("x-content-type-options") == "nosniff")
        #expect(answer.text("access-control-allow-origin") == nil)
        let text = String(decoding: answer.body, as: UTF8.self)
        // A namespace of SVG is a name, and nothing is loaded from it.
        let links = text.replacing("http://www.w3.org/2000/svg", with: "")
          .replacing("http://HOST:PORT/stats", with: "")
        #expect(!links.contains("http://") && !links.contains("https://"), "\(file)")
        #expect(!text.contains("innerHTML") && !text.contains("eval("), "\(file)")
        #expect(!text.contains(" onclick=") && !text.contains(" style="), "\(file)")
      }
      #expect(try await serving.ask(.get, "/ui/other").status == 404)
      #expect(try await serving.ask(.get, "/ui/").status == 301)
      #expect(try await serving.ask(.post, "/ui").status == 405)
    }
  }

  @Test func `all files together are smaller than 60 KB`() {
    #expect(PageFile.cluster.reduce(0) { $0 + $1.bytes.count } < 60_000)
  }

  @Test(arguments: [
    ("zh-CN,zh;q=0.9,en;q=0.8", "zh"), ("en-US,en;q=0.9,zh;q=0.8", "en"), ("de, zh;q=0.5", "zh"),
    ("de", "en"), ("", "en"),
  ])
  func `the page comes in the language that the browser prefers`(
    accepted: String, language: String
  ) async throws {
    let page = LivePage(PageFile.cluster, fedBy: LiveFeed(Numbers())) { [] }
    try await withServing(page) { serving in
      let answer = try await serving.head("/ui", header: "Accept-Language: \(accepted)\r\n")
      let text = String(decoding: answer.body, as: UTF8.self)
      #expect(text.contains("<html lang=\"\(language)\">"))
    }
  }

  @Test func `the stream tells each part once, and again when it has changed`() async throws {
    let numbers = Numbers()
    let page = LivePage(PageFile.cluster, fedBy: LiveFeed(numbers, limits: .quick)) { [] }
    try await withServing(page) { serving in
      let stream = try await EventReader(serving)
      #expect(try await stream.next() == "fast 1")
      #expect(try await stream.next() == "slow 0")
      #expect(try await stream.next() == "time 7")
      #expect(try await stream.next() == "fast 2")
      #expect(try await stream.next() == "fast 3")
      numbers.slow.store(5, ordering: .relaxed)
      var next = try await stream.next()
      while next.hasPrefix("fast") { next = try await stream.next() }
      #expect(next == "slow 5")
      await stream.close()
    }
  }

  @Test func `a viewer may ask for one part`() async throws {
    let page = LivePage(PageFile.cluster, fedBy: LiveFeed(Numbers(), limits: .quick)) { [] }
    try await withServing(page) { serving in
      let stream = try await EventReader(serving, query: "?part=slow")
      #expect(try await stream.next() == "slow 0")
      #expect(try await stream.next() == "time 7")
      await stream.close()
    }
  }

  @Test func `nothing is read while no page is open`() async throws {
    let numbers = Numbers()
    let feed = LiveFeed(numbers, limits: .quick)
    try await withServing(LivePage(PageFile.cluster, fedBy: feed) { [] }) { serving in
      for _ in 0..<20 { _ = try await serving.ask(.get, "/ui") }
      #expect(numbers.readings.load(ordering: .relaxed) == 0)
      let stream = try await EventReader(serving)
      _ = try await stream.next()
      await stream.close()
      while feed.viewerCount > 0 { await Task.yield() }
      let readings = numbers.readings.load(ordering: .relaxed)
      for _ in 0..<20 { _ = try await serving.ask(.get, "/ui") }
      #expect(numbers.readings.load(ordering: .relaxed) == readings)
    }
  }

  @Test func `there is a limit to viewers, and who leaves makes room`() async throws {
    var limits = LiveFeed.Limits.quick
    limits.viewers = 2
    let feed = LiveFeed(Numbers(), limits: limits)
    try await withServing(LivePage(PageFile.cluster, fedBy: feed) { [] }) { serving in
      let first = try await EventReader(serving)
      let second = try await EventReader(serving)
      _ = try await first.next()
      _ = try await second.next()
      let refusal = try await serving.ask(.get, "/ui/events")
      #expect(refusal.status == 503)
      #expect(refusal.text == "2 pages are open already\n")
      await first.close()
      while feed.viewerCount > 1 { await Task.yield() }
      let third = try await EventReader(serving)
      _ = try await third.next()
      await third.close()
      await second.close()
    }
  }

  @Test func `a viewer that does not read is dropped`() async throws {
    let feed = LiveFeed(Torrent(), limits: .quick)
    let loop = try EventLoop.start()
    defer { loop.shutDown() }
    var timeouts = Timeouts()
    timeouts.unread = 1
    let server = try Server(
      host: "127.0.0.1", port: 0, loops: [loop], timeouts: timeouts,
      handler: LivePage(PageFile.cluster, fedBy: feed) { [] })
    async let running: Void = server.run()
    // Its stream has begun; it reads nothing of it, and stays connected.
    let stream = try await EventReader(Serving(server: server, loop: loop))
    #expect(feed.viewerCount == 1)
    while feed.viewerCount > 0 { await Task.yield() }
    await stream.close()
    await server.cancel()
    await running
  }

  @Test func `a closed feed ends its streams and takes no more`() async throws {
    let feed = LiveFeed(Numbers(), limits: .quick)
    try await withServing(LivePage(PageFile.cluster, fedBy: feed) { [] }) { serving in
      let stream = try await EventReader(serving)
      _ = try await stream.next()
      feed.close()
      while !(try await stream.next().isEmpty) {}
      await stream.close()
      #expect(try await serving.ask(.get, "/ui/events").status == 503)
    }
  }

  @Test func `only pages of members may read the stream of a member`() async throws {
    let feed = LiveFeed(Numbers(), limits: .quick)
    let page = LivePage(PageFile.cluster, fedBy: feed) { ["http://10.0.0.1:80"] }
    try await withServing(page) { serving in
      let stranger = try await serving.head(
        "/ui/events", header: "Origin: http://evil.example\r\n")
      #expect(stranger.status == .forbidden)
      #expect(stranger.text("access-control-allow-origin") == nil)
      let member = try await serving.head(
        "/ui/events", .head, header: "Origin: http://10.0.0.1:80\r\n")
      #expect(member.status == .ok)
      #expect(member.text("access-control-allow-origin") == "http://10.0.0.1:80")
      #expect(member.text("vary") == "Origin")
    }
  }
}
