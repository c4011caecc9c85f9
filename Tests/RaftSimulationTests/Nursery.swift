import Foundation
import RunSupport

/// A copy of the package in which the bugs are planted, all at once, behind switches that the
/// environment turns. The package itself has no trace of them.
struct Nursery {
  struct Hunt {
    var invariant: String?
    var seed = 0
    var seedsTried = 0
    var executions = 0

    func line(_ bug: PlantedBug) -> String {
      let name = "\(bug.number)".padding(toLength: 4, withPad: " ", startingAt: 0) + bug.name
      return name.padding(toLength: 34, withPad: " ", startingAt: 0)
        + (invariant ?? "NO").padding(toLength: 10, withPad: " ", startingAt: 0)
        + "\(seed)".padding(toLength: 12, withPad: " ", startingAt: 0)
        + "\(seedsTried)".padding(toLength: 13, withPad: " ", startingAt: 0) + "\(executions)"
    }
  }

  struct Mistake: Error { var description: String }

  let folder = PlantedBug.package.appending(path: ".build/planted")
  private let files = FileManager.default

  init() throws {
    try files.createDirectory(at: folder, withIntermediateDirectories: true)
    for name in ["Package.swift", "Sources", "Tests", "steps"] {
      let copy = folder.appending(path: name)
      if files.fileExists(atPath: copy.path) { try files.removeItem(at: copy) }
      try files.copyItem(at: PlantedBug.package.appending(path: name), to: copy)
    }
    for bug in try PlantedBug.all() {
      for change in bug.changes { try plant(change, of: bug) }
    }
    try write("Store/Planted.swift", Nursery.switchSource)
    try prefix("raft-sim/main.swift", with: Nursery.mainSource)
  }

  /// The switch: which bug is planted, and how often its place was reached.
  private static let switchSource = """
    public import Synchronization

    public nonisolated(unsafe) var plantedBug = 0
    public let plantedExecutions = Atomic<Int>(0)

    @inline(__always)
    public func planted(_ number: Int) -> Bool {
      guard plantedBug == number else { return false }
      plantedExecutions.add(1, ordering: .relaxed)
      return true
    }
    """

  private static let mainSource = """
    import Foundation
    import Store
    import Synchronization

    plantedBug = Int(ProcessInfo.processInfo.environment["PLANTED_BUG"] ?? "") ?? 0
    atexit { print("executed \\(plantedExecutions.load(ordering: .relaxed))") }

    """

  private func plant(_ change: PlantedBug.Change, of bug: PlantedBug) throws {
    let file = folder.appending(path: "Sources/\(change.file)")
    let source = try String(contentsOf: file, encoding: .utf8)
    guard let planted = change.planted(bug.number, in: source) else {
      throw Mistake(description: "\(bug.name) has not one place in \(change.file)")
    }
    let importing = planted.contains("import Store") ? planted : "import Store\n" + planted
    try importing.write(to: file, atomically: true, encoding: .utf8)
  }

  private func write(_ name: String, _ text: String) throws {
    let file = folder.appending(path: "Sources/\(name)")
    try text.write(to: file, atomically: true, encoding: .utf8)
  }

  private func prefix(_ name: String, with text: String) throws {
    let file = folder.appending(path: "Sources/\(name)")
    let source = try String(contentsOf: file, encoding: .utf8)
    try (text + source).write(to: file, atomically: true, encoding: .utf8)
    let manifest = folder.appending(path: "Package.swift")
    var text = try String(contentsOf: manifest, encoding: .utf8)
    let head = try Regex(#"name: "raft-sim",\s+dependencies: \["#)
    guard let place = text.firstMatch(of: head)?.range.upperBound else {
      throw Mistake(description: "raft-sim has no dependencies in Package.swift")
    }
    text.insert(contentsOf: "\"Store\", ", at: place)
    try text.write(to: manifest, atomically: true, encoding: .utf8)
  }

  func build() throws {
    let (status, output) = try run(
      "swift", ["build", "-c", "release", "--product", "raft-sim", "--package-path", folder.path])
    guard status == 0 else { throw Mistake(description: output) }
  }

  /// Tries seeds until the first failure, or searches.
  func hunt(_ bug: PlantedBug) throws -> Hunt {
    let schedules =
      ["-seeds", "1..\(bug.wholeSeeds ?? 10_000)", "-failures", "1", "-workers", "1"]
      + (bug.profile.map { ["-profile", $0] } ?? [])
      + (bug.wholeSeeds == nil ? [] : ["-whole"])
    let (status, output) = try run(
      folder.appending(path: ".build/release/raft-sim").path,
      bug.search.map { ["-explore", "-bounds", $0] } ?? schedules,
      environment: ["PLANTED_BUG": "\(bug.number)"])
    var hunt = Hunt()
    // A program that stops by itself says nothing more.
    if status > 1 {
      hunt.invariant = "trap"
      hunt.executions = 1
    }
    for line in output.split(separator: "\n") {
      let words = line.split { $0 == " " || $0 == "," || $0 == ":" }.map(String.init)
      switch words.first {
      case "seed" where hunt.invariant == nil:
        hunt.seed = Int(words[1]) ?? 0
        hunt.invariant = words[4]
      case "After" where hunt.invariant == nil: hunt.invariant = words[3]
      case "schedules": hunt.seedsTried = Int(words[1]) ?? 0
      case "executed": hunt.executions = Int(words[1]) ?? 0
      default: break
      }
    }
    return hunt
  }
}
