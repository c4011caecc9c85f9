import RunSupport
import Testing

@testable import JSON

@Suite(.inTurn, .timeLimit(.minutes(10)))
struct `Nesting` {
  private let limit = JSONDocument.maximumDepth

  @Test func `is taken up to the limit and not one deeper`() throws {
    for (open, close) in [("[", "]"), ("{\"a\":", "}")] {
      let inner = open == "[" ? "" : "1"
      for depth in [1, limit - 1, limit] {
        let text =
          String(repeating: open, count: depth) + inner + String(repeating: close, count: depth)
        _ = try parse(text)
      }
      let text =
        String(repeating: open, count: limit + 1) + inner
        + String(repeating: close, count: limit + 1)
      #expect(throws: JSONError(reason: .tooDeep, offset: limit * open.utf8.count)) {
        try parse(text)
      }
    }
  }

  @Test(arguments: ["[", "{\"a\":", "[{\"\":", "[[],"])
  func `a hundred thousand deep is refused, closed or not, without touching the stack`(open: String)
  {
    let text = String(repeating: open, count: 100_000)
    #expect(throws: JSONError.self) { try parse(text) }
    #expect(throws: JSONError.self) { try parse(text + String(repeating: "]", count: 100_000)) }
  }

  @Test func `side by side counts for nothing`() throws {
    let text = "[" + String(repeating: "[{}],", count: 10_000) + "[]]"
    let count = try parse(text).elements.reduce(0) { count, _ in count + 1 }
    #expect(count == 10_001)
  }
}
