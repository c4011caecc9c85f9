import Foundation
import RunSupport
import Testing

/// Swift shown on a page is cut from a file of the repository.
@Suite(.inTurn, .timeLimit(.minutes(10))) struct CutsTests {
  @Test(arguments: Repository.pages)
  func `Swift on a page stands in the file it names`(path: String) throws {
    let page = try Repository.page(path)
    for placed in page.blocks {
      guard case .fence(let fence) = placed.block else { continue }
      let words = fence.info.split(separator: " ")
      guard words.first == "swift" else { continue }
      let place = page.place(placed.line)
      guard words.count == 2, let file = try? Repository.text(of: String(words[1])) else {
        Issue.record("\(place): no file is named: ```\(fence.info)")
        continue
      }
      if let missing = Cut(fence.lines).lineMissing(in: file.components(separatedBy: "\n")) {
        Issue.record("\(place): not so in \(words[1]), from here on: \(missing)")
      }
    }
  }

  static let file = ["struct A {", "  let a = 1", "", "  func b() {", "    c()", "  }", "}"]

  @Test(arguments: [
    ["struct A {", "  let a = 1"], ["let a = 1", "", "func b() {", "  c()", "}"],
    ["struct A {", "  // …", "  func b() {", "    // …", "  }", "}"], ["c()"],
  ])
  func `a true cut is accepted`(cut: [String]) {
    #expect(Cut(cut).lineMissing(in: CutsTests.file) == nil)
  }

  @Test(arguments: [
    ["let a = 2"], ["struct A {", "  func b() {"], ["func b() {", "c()"],
    ["c()", "// …", "let a = 1"],
  ])
  func `a cut that was changed, shortened, re-indented or re-ordered is found`(cut: [String]) {
    #expect(Cut(cut).lineMissing(in: CutsTests.file) != nil)
  }
}
