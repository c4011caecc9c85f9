import RandomSupport

/// Makes up requests about few keys, so that most of them meet something, with all parameters in
/// any mixture, some malformed.
///
/// `<path+1>` in a line stands for the modifiedIndex of what is at that path, and 1: it is looked
/// up when the line is asked, so that a line keeps its sense when others are left out.
struct RandomQuestions {
  private var random: SeededRandom

  init(seed: UInt64) { random = SeededRandom(seed) }

  private static let paths = [
    "/a", "/a", "/b", "/d", "/d/x", "/d/x", "/d/y", "/d/_h", "/_h", "/_h/k", "/d/e/f", "/d/e",
    "/a/x", "/q", "/d%2Fx", "/d/", "/d/%78", "/%FF",
  ]
  private static let oddPaths = ["/d//x", "/d/./x", "/a/%2e%2e/d", "/%zz", "/d%"]

  mutating func next() -> String {
    let path = random.oneIn(60) ? random.pick(Self.oddPaths) : random.pick(Self.paths)
    switch Int.random(in: 0..<20, using: &random) {
    case 0..<5: return read("GET", path)
    case 5..<6: return read("HEAD", path)
    case 6..<10: return "DELETE \(path)?" + parameters(about: path).joined(separator: "&")
    case 10..<12: return change("POST", random.oneIn(2) ? "/q" : path)
    default: return change("PUT", path)
    }
  }

  private mutating func read(_ method: String, _ path: String) -> String {
    "\(method) \(path)?sorted=true" + parameters(about: path).map { "&" + $0 }.joined()
  }

  private mutating func change(_ method: String, _ path: String) -> String {
    let all = parameters(about: path) + (random.oneIn(6) ? [] : ["value=\(value())"])
    let inQuery = all.filter { _ in random.oneIn(4) }
    let inBody = all.filter { !inQuery.contains($0) }
    let query = inQuery.isEmpty ? "" : "?" + inQuery.joined(separator: "&")
    let type = random.oneIn(40) ? random.pick(Self.types) : "application/x-www-form-urlencoded"
    let body = inBody.shuffled(using: &random).joined(separator: "&")
    return "\(method) \(path)\(query) [\(type)] \(body)"
  }

  private static let types = [
    "", "text/plain", "application/x-www-form-urlencoded; charset=utf-8", "x/", ";",
    "application/x-www-form-urlencoded; x",
  ]

  private mutating func value() -> String {
    random.pick(["1", "1", "2", "2", "", "%3Ca%3E", "%FF", "a+b", "%zz"])
  }

  private static let booleans = ["true", "true", "false", "1", "F"]
  private static let oddValues = ["", "x", "tRUE", "-1", "%zz", "1;a=b", "18446744073709551616"]

  /// Some of the parameters there are; most requests have one or two.
  private mutating func parameters(about path: String) -> [String] {
    var parameters: [String] = []
    for (name, values, rarity) in [
      ("dir", Self.booleans, 5), ("recursive", Self.booleans, 5), ("quorum", Self.booleans, 12),
      ("prevExist", Self.booleans, 6), ("noValueOnSuccess", Self.booleans, 12),
      ("refresh", Self.booleans, 8), ("stream", Self.booleans, 30),
      ("prevValue", ["1", "2", "%3Ca%3E", "%FF"], 7),
      ("prevIndex", ["<\(path)>", "<\(path)>", "<\(path)+1>", "<\(path)-1>", "0"], 7),
      ("ttl", ["10000", "100000", "50000", "0010000", ""], 5),
      ("waitIndex", ["1", "5"], 40), ("unknown", ["1"], 40),
    ] {
      guard random.oneIn(rarity) else { continue }
      let value = random.oneIn(25) ? random.pick(Self.oddValues) : random.pick(values)
      parameters.append("\(name)=\(value)")
    }
    // Without quorum, and as the first of that name, GET would wait, perhaps for ever.
    if random.oneIn(40) { parameters = ["wait=true", "quorum=true"] + parameters }
    return parameters
  }
}
