import RunSupport
import Testing

/// What a page names is there: files, types, functions, the pages and headings it links to.
@Suite(.inTurn, .timeLimit(.minutes(10))) struct NamesTests {
  @Test(arguments: Repository.pages)
  func `paths and names in code spans exist`(path: String) throws {
    let page = try Repository.page(path)
    for (line, heading, span) in page.codeSpans {
      if let reason = Name(span).complaint(under: heading) {
        Issue.record("\(page.place(line)): \(reason)")
      }
    }
  }

  @Test(arguments: Repository.pages)
  func `links lead somewhere`(path: String) throws {
    let page = try Repository.page(path)
    for (line, link) in page.links {
      if let reason = NamesTests.complaint(link, in: page) {
        Issue.record("\(page.place(line)): \(reason)")
      }
    }
  }

  /// What is wrong with a link; links out of the repository are not followed.
  private static func complaint(_ link: String, in page: Page) -> String? {
    if link.hasPrefix("https://") || link.hasPrefix("http://") { return nil }
    let parts = link.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false)
    let target =
      parts[0].isEmpty ? page.path : Repository.resolve(String(parts[0]), from: page.path)
    guard Repository.exists(target) else { return "no such file: \(link)" }
    if page.path.hasSuffix(".zh.md"), target.hasSuffix(".md"), !target.hasSuffix(".zh.md"),
      !page.source.hasPrefix("[English](\(link))\n")
    {
      return "leads to the English page: \(link)"
    }
    guard parts.count == 2 else { return nil }
    let anchors = (try? Repository.page(target).anchors) ?? []
    return anchors.contains(String(parts[1])) ? nil : "no such heading: \(link)"
  }

  @Test(arguments: [
    "Sources/Store/Path.swift", "steps/tag --verify", "./steps/tag", "KeyValueStore",
    "apply(_:at:)", "Path.init", "propose(_:)", "StoreIndex", "init(_:_:timeToLive:)",
    "keyNotFound",
    "/put", "a/b", "GET /get?key=K", "OK", "kill -9", "{\"key\":K}", "step-1-basic-store",
  ])
  func `what exists is accepted`(span: String) {
    #expect(Name(span).complaint(under: "") == nil)
  }

  @Test(arguments: [
    "Sources/Store/Nothing.swift", "steps/nothing", "Nothing.swift", "KeyValueShop",
    "apply(_:before:)", "Path.fold", "storeAnything", "server/etcdserver/nothing.go",
  ])
  func `what does not exist is found`(span: String) {
    #expect(Name(span).complaint(under: "The main path") != nil)
  }

  @Test func `etcd's files may stand where etcd is spoken of`() {
    #expect(Name("etcdserver/api/v2store/store.go").complaint(under: "How etcd does it") == nil)
  }

  @Test func `a link that leads nowhere is found`() {
    let page = Page("steps/README.md", "# The course\n")
    #expect(NamesTests.complaint("tag", in: page) == nil)
    #expect(NamesTests.complaint("#the-course", in: page) == nil)
    #expect(NamesTests.complaint("../README.md", in: page) == nil)
    #expect(NamesTests.complaint("#elsewhere", in: page) != nil)
    #expect(NamesTests.complaint("nowhere.md", in: page) != nil)
    #expect(NamesTests.complaint("../README.md", in: Page("steps/README.zh.md", "")) != nil)
  }
}
