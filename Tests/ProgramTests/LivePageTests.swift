import Foundation
import HTTP
import JSON
import Platform
import RunSupport
import Testing

/// The page at `/ui`, in a browser.
@Suite(
  .serialized, .inTurn, .timeLimit(.minutes(10)),
  .enabled(if: Browser.program != nil, "chromium is not installed (Debian: chromium)"))
struct LivePageTests {
  private let asking: Asking
  init() throws { asking = try Asking() }

  private static let summary = "document.getElementById('summary').textContent"

  /// What the page says of a node.
  private static func text(of name: String, part: String) -> String {
    "[...document.querySelectorAll('#nodes g > g')].find(g => g.querySelector('.name')?.textContent === '\(name)')?.querySelector('.\(part)').textContent"
  }

  private static func tells(_ sentence: String) -> String {
    "[...document.querySelectorAll('#sentences li')].some(li => li.textContent.includes('\(sentence)'))"
  }

  @Test func `the page shows who leads, who is gone, and who takes over`() async throws {
    let cluster = try await ThreeMembers(asking)
    let leader = try await cluster.leader()
    let others = cluster.members.filter { $0.name != leader.name }
    let browser = try await Browser()
    // By another name than the members have: the machine itself has several.
    try await browser.open("http://localhost:\(others[0].port)/ui")
    try await browser.waits(
      until: "\(Self.summary).startsWith('\(leader.name) leads 3 nodes in term ')")
    for member in cluster.members {
      let role = member.name == leader.name ? "leader" : "follower"
      try await browser.waits(until: "\(Self.text(of: member.name, part: "role")) === '\(role)'")
    }
    try await browser.waits(until: Self.tells("\(leader.name) won the election"))

    while try await cluster.put("fruit", "pear", at: leader) != .ok {}
    try await browser.waits(until: "document.getElementById('keys').textContent.includes('pear')")
    try await browser.waits(until: Self.tells("\(leader.name) committed entr"))
    // Every node's log ends in the same entry.
    try await browser.waits(
      until:
        "new Set([...document.querySelectorAll('.strip .who small')].slice(1).map(s => s.textContent)).size === 1"
    )

    await leader.child.end(by: SIGKILL)
    try await browser.waits(until: Self.tells("\(leader.name) does not answer any more"))
    let next = try await cluster.leader(among: others)
    try await browser.waits(
      until: "\(Self.summary).startsWith('\(next.name) leads 3 nodes in term ')")
    try await browser.waits(until: Self.tells("\(next.name) won the election"))
    try await browser.waits(until: "\(Self.text(of: leader.name, part: "role")) === 'no answer'")

    try await cluster.restart(leader, log: LogPipe())
    try await browser.waits(until: Self.tells("\(leader.name) answers again"))
    try await browser.waits(until: "\(Self.text(of: leader.name, part: "role")) === 'follower'")
    #expect(browser.complaints.isEmpty)
  }

  @Test func `a member that joins appears on an open page, and one that is removed goes`()
    async throws
  {
    let cluster = try await ThreeMembers(asking)
    _ = try await cluster.leader()
    let browser = try await Browser()
    try await browser.open("http://127.0.0.1:\(cluster.members[0].port)/ui")
    try await browser.waits(until: "\(Self.summary).includes(' leads 3 nodes in term ')")

    let directory = try ScratchDirectory()
    let port = freePorts(1)[0]
    let addresses = (cluster.members.map { ($0.name, $0.port) } + [("n4", port)])
      .map { "\($0.0)=127.0.0.1:\($0.1)" }
    let child = try Child(
      "mini-etcd",
      [
        "-id", "n4", "-join", "-peers", cluster.members.map(\.name).joined(separator: ","),
        "-peer-addrs", addresses.joined(separator: ","), "-listen", "127.0.0.1:\(port)",
        "-data-dir", directory.path,
      ])
    _ = try await child.port()
    // What only its own stream tells: it hears of itself what it is, and its log is there.
    try await browser.waits(until: "\(Self.text(of: "n4", part: "role")) === 'follower'")
    try await browser.waits(
      until: "[...nodes.values()].find(n => n.name === 'n4').frame.log.entries.length > 0")
    try await browser.waits(until: Self.tells("n4 is a member"))
    #expect(try await browser.value(of: Self.tells("n4 does not answer")) == "false")
    #expect(try await browser.value(of: "byID('notice').hidden") == "true")

    let id = try await browser.value(of: "[...nodes.values()].find(n => n.name === 'n4').id")
    let leader = try await cluster.leader()
    let answer = try await asking.ask(.delete, "/v2/members/\(id)", on: leader.port)
    #expect(answer.status == 204)
    try await browser.waits(until: Self.tells("n4 is no longer a member"))
    try await browser.waits(until: "document.querySelectorAll('#nodes g > g').length === 3")
    // One that has heard less of it must not bring it back.
    try await browser.value(
      of: """
        (hear(Object.assign({}, [...nodes.values()].find(n => n.name === 'n2').frame,
          { members: [...nodes.values()].map(n => ({ id: n.id, name: n.name, url: n.url, voter: true })) })),
          draw())
        """)
    #expect(try await browser.value(of: "document.querySelectorAll('#nodes g > g').length") == "3")
    #expect(browser.complaints.isEmpty)
    await child.end(by: SIGKILL)
  }

  @Test func `keys come and go on the page, and its form writes`() async throws {
    let directory = try ScratchDirectory()
    let child = try Child("mini-etcd", ServerProgram.etcd.arguments(directory))
    let port = try await child.port()
    let browser = try await Browser()
    try await browser.open("http://127.0.0.1:\(port)/ui")
    try await browser.waits(until: "\(Self.summary).startsWith('node1 serves alone')")

    let put = #"{"key":"guest","value":"soon gone","ttl":2}"#
    #expect(try await asking.ask(.post, "/put", put, on: port) == .ok)
    let keys = "document.getElementById('keys').textContent"
    try await browser.waits(
      until: "\(keys).includes('soon gone') && / [12] s|1 s|2 s/.test(\(keys))")
    try await browser.waits(until: "!\(keys).includes('soon gone')")
    try await browser.waits(
      until: "document.getElementById('events').textContent.includes('expired')")

    try await browser.value(
      of: """
        (form.elements.key.value = "a/b", form.elements.value.value = "by hand",
          form.elements.put.click())
        """)
    try await browser.waits(until: "\(keys).includes('by hand')")
    #expect(try await asking.get("a/b", on: port) == "by hand")
    let answer = "document.getElementById('answer').textContent"
    try await browser.waits(
      until: "\(answer).includes('curl -X POST') && \(answer).endsWith('200 OK')")

    try await browser.value(of: "form.elements.watch.click()")
    try await browser.waits(until: "form.elements.watch.textContent === 'stop'")
    // Once it waits, the next change of the key is its answer.
    try await browser.waits(until: "nodes.get(own).frame.watchers === 1")
    #expect(try await asking.put("a/b", "changed", on: port) == .ok)
    try await browser.waits(until: "\(answer).includes('\"value\":\"changed\"')")

    try await browser.value(of: "form.elements.delete.click()")
    try await browser.waits(until: "\(answer).endsWith('200 Deleted')")
    #expect(try await asking.get("a/b", on: port) == nil)
    #expect(browser.complaints.isEmpty)
  }

  @Test func `writes without a pause are one sentence, which goes on`() async throws {
    let directory = try ScratchDirectory()
    let child = try Child("mini-etcd", ServerProgram.etcd.arguments(directory))
    let port = try await child.port()
    let browser = try await Browser()
    try await browser.open("http://127.0.0.1:\(port)/ui")
    try await browser.waits(until: "\(Self.summary).startsWith('node1 serves alone')")
    // Frames as the node sends them, at moments that the test says.
    let told = try await browser.value(
      of: """
        (() => {
          const frame = (commit, term = 7) => Object.assign({}, nodes.get(own).frame,
            { id: "f", name: "far", role: "leader", term, commit, steps: [], start: 1 });
          const now = Date.now;
          let time = now();
          Date.now = () => time;
          for (const [wait, commit, term] of [[0, 10], [100, 11], [500, 14], [1900, 20], [2500, 21], [10, 22, 8]]) {
            time += wait;
            hear(frame(commit, term));
          }
          Date.now = now;
          return sentences.filter(s => s.id === "f").map(s => s.words()).join("; ");
        })()
        """)
    #expect(
      told == "far committed entries 11 to 20; far committed entry 21; far committed entry 22")
    #expect(browser.complaints.isEmpty)
  }

  @Test func `a page that is one too many says so, and shows the node once there is room`()
    async throws
  {
    let directory = try ScratchDirectory()
    let child = try Child("mini-etcd", ServerProgram.etcd.arguments(directory))
    let port = try await child.port()
    var viewers = try (0..<32).map { _ in try Viewer(port) }
    for viewer in viewers { #expect(try viewer.firstLine().hasPrefix("HTTP/1.1 200")) }
    let browser = try await Browser()
    try await browser.open("http://127.0.0.1:\(port)/ui")
    try await browser.waits(until: "\(Self.summary).startsWith('Too many pages are open')")
    viewers = []
    try await browser.waits(until: "\(Self.summary).startsWith('node1 serves alone')")
    #expect(browser.complaints.isEmpty)
  }

  @Test func `nothing that is stored runs as a script of the page`() async throws {
    let directory = try ScratchDirectory()
    let child = try Child("mini-etcd", ServerProgram.etcd.arguments(directory))
    let port = try await child.port()
    let attack = "<img src=x onerror=document.title=1><script>document.title=1</script>"
    let put = #"{"key":"\#(attack)","value":"\#(attack)"}"#
    #expect(try await asking.ask(.post, "/put", put, on: port) == .ok)
    let browser = try await Browser()
    try await browser.open("http://127.0.0.1:\(port)/ui")
    try await browser.waits(
      until: "document.getElementById('events').textContent.includes('onerror')")
    try await browser.waits(
      until: "document.getElementById('keys').textContent.includes('onerror')")
    // No node can have such a name; one that says it has is shown all the same.
    try await browser.value(
      of: """
        hear(Object.assign({}, nodes.get(own).frame,
          { id: "f", name: "\(attack.replacing("/", with: "\\/"))", problem: "<b>full</b>", steps: [
            { n: 1, at: 1, role: "leader", term: 9, vote: "f", leader: "f" },
            { n: 2, at: 2, role: "follower", term: 10, vote: "<i>", leader: "<i>" }] }))
        """)
    try await browser.waits(until: Self.tells("<script>"))
    try await browser.waits(
      until: "document.querySelector('#nodes title') && document.title.includes('Mini-etcd')")
    #expect(
      try await browser.value(
        of: "document.querySelectorAll('main img, main script, main b, #sentences i').length")
        == "0")
    // And a script that were there all the same would not run.
    #expect(
      try await browser.value(
        of: """
          new Promise(done => {
            document.addEventListener("securitypolicyviolation", event => done(event.effectiveDirective));
            const script = document.createElement("script");
            script.textContent = "document.title = 1";
            document.body.append(script);
          })
          """
      ).hasPrefix("script-src"))
  }

  @Test func `the page speaks both languages`() async throws {
    let directory = try ScratchDirectory()
    let child = try Child("mini-etcd", ServerProgram.etcd.arguments(directory))
    let port = try await child.port()
    let browser = try await Browser()
    try await browser.open("http://127.0.0.1:\(port)/ui")
    try await browser.waits(until: "\(Self.summary).startsWith('node1 serves alone')")
    #expect(
      try await browser.value(
        of:
          "Object.keys(WORDS.en).filter(word => !(word in WORDS.zh)).concat(Object.keys(WORDS.zh).filter(word => !(word in WORDS.en)))"
      ) == "")
    try await browser.value(of: "document.getElementById('language').click()")
    try await browser.waits(until: "\(Self.summary).startsWith('node1 独自提供服务')")
    // The choice outlives the page.
    try await browser.open("http://127.0.0.1:\(port)/ui?again")
    try await browser.waits(
      until: "document.documentElement.lang === 'zh' && \(Self.summary).startsWith('node1 独自')")
  }
}

/// A client that keeps a stream open, as long as it is kept itself.
private final class Viewer {
  private let socket: FileHandle

  init(_ port: UInt16) throws {
    let descriptor = Foundation.socket(AF_INET, streamSocket, 0)
    socket = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    let result = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
        connect(descriptor, pointer, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    if result != 0 { throw CocoaError(.fileReadUnknown) }
    try socket.write(contentsOf: Data("GET /ui/events HTTP/1.1\r\nHost: localhost\r\n\r\n".utf8))
  }

  func firstLine() throws -> String {
    String(decoding: socket.availableData.prefix { $0 != 13 }, as: UTF8.self)
  }
}
