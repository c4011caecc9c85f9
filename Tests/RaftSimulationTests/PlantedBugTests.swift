import Foundation
import RunSupport
import Testing

/// Bugs planted in the real code, each of which the simulator has to find by itself.
@Suite struct PlantedBugTests {
  static let wanted = ProcessInfo.processInfo.environment["MINI_ETCD_PLANT"]?
    .split(separator: ",").map(String.init)

  @Test func `every planted bug has one place in the sources`() throws {
    let bugs = try PlantedBug.all()
    #expect(bugs.count >= 40)
    #expect(Set(bugs.map(\.number)).count == bugs.count)
    var sources: [String: String] = [:]
    for bug in bugs {
      #expect(!bug.expected.isEmpty && !bug.changes.isEmpty, "\(bug.name)")
      for change in bug.changes {
        let file = PlantedBug.package.appending(path: "Sources/\(change.file)")
        let source = try sources[change.file] ?? String(contentsOf: file, encoding: .utf8)
        let planted = change.planted(bug.number, in: source)
        #expect(planted != nil, "\(bug.number) \(bug.name): \(change.old)")
        sources[change.file] = planted ?? source
      }
    }
  }

  /// `MINI_ETCD_PLANT=all swift test --filter PlantedBug`: builds a copy of the package with all
  /// bugs behind switches, and hunts each of them with up to 10,000 seeds. Takes some minutes. With
  /// numbers in place of `all`, such as `7,26`, only those.
  @Test(.enabled(if: PlantedBugTests.wanted != nil), .inTurn, .timeLimit(.minutes(30)))
  func `the simulator finds every planted bug`() throws {
    let nursery = try Nursery()
    try nursery.build()
    print("bug                               found as  first seed  seeds tried  times executed")
    let wanted = try #require(PlantedBugTests.wanted)
    for bug in try PlantedBug.all() where wanted == ["all"] || wanted.contains("\(bug.number)") {
      let hunt = try nursery.hunt(bug)
      print(hunt.line(bug))
      #expect(hunt.executions > 0, "\(bug.name) was never executed")
      #expect(hunt.invariant != nil, "\(bug.name) was not found")
      if let invariant = hunt.invariant { #expect(bug.expected.contains(invariant), "\(bug.name)") }
    }
  }
}
