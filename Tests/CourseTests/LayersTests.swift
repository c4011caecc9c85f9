import RunSupport
import Testing

/// What each module imports, as Sources/README.md says.
@Suite(.inTurn, .timeLimit(.minutes(10))) struct LayersTests {
  /// `| module | step | what it is | imports |`
  private static func table() throws -> [String: Set<String>] {
    var table: [String: Set<String>] = [:]
    for placed in try Repository.page("Sources/README.md").blocks {
      guard case .row(let row) = placed.block else { continue }
      let cells = row.split(separator: "|").map(String.init)
      guard cells.count == 4, let module = Inline(cells[0]).codeSpans.first else { continue }
      table[module] = Set(Inline(cells[3]).codeSpans)
    }
    return table
  }

  /// The words behind `import` in a module's files.
  private static func imports(of module: String) throws -> Set<String> {
    let files = Repository.files.filter {
      $0.hasPrefix("Sources/\(module)/") && $0.hasSuffix(".swift")
    }
    return try files.reduce(into: []) { found, file in
      for match in try Repository.text(of: file).matches(of: pattern) { found.insert("\(match.1)") }
    }
  }

  private static var pattern: Regex<(Substring, Substring)> {
    /(?m)^ *(?:(?:public|package|internal|private|@testable) +)*import +([A-Za-z0-9_]+)/
  }

  @Test func `every module imports what the table says, and nothing else of this project`() throws {
    let table = try Self.table()
    #expect(Set(table.keys) == Repository.modules)
    for (module, said) in table {
      let found = try Self.imports(of: module).intersection(Repository.modules)
      #expect(found == said, "\(module)")
    }
  }

  /// Each module's line in the picture, counted from the top, and its place in the line.
  private static func picture() throws -> [String: (line: Int, place: Int)] {
    let lines = try Repository.text(of: "Sources/README.md").split(separator: "\n")
      .drop { !$0.hasPrefix("step 6 ") }.prefix { $0 != "```" }
    var places: [String: (line: Int, place: Int)] = [:]
    for (line, text) in lines.enumerated() {
      for (place, word) in text.split(separator: " ").enumerated() {
        places[String(word)] = (line, place)
      }
    }
    return places
  }

  @Test func `a module imports what is below it in the picture, or beside it`() throws {
    let picture = try Self.picture()
    for (module, imports) in try Self.table() {
      let own = try #require(picture[module], "\(module) is not in the picture")
      for imported in imports {
        let other = try #require(picture[imported])
        #expect(
          other.line > own.line || (other.line == own.line && other.place > own.place),
          "\(module) is not above \(imported)")
      }
    }
  }

  @Test func `only one module imports the C library`() throws {
    for module in try Self.table().keys where module != "Platform" {
      let found = try Self.imports(of: module)
      #expect(
        found.isDisjoint(with: ["CSystem", "Glibc", "Musl", "Darwin", "Foundation"]), "\(module)")
    }
  }

  // What could do I/O, or tell the time, would have to be imported.
  @Test func `what must be pure imports nothing of the system`() throws {
    for module in ["Store", "Bytes", "JSON", "Raft"] {
      let found = try Self.imports(of: module).subtracting(try Self.table().keys)
      #expect(found.isSubset(of: ["Synchronization"]), "\(module)")
    }
  }
}
