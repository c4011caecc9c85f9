import Bytes
import Foundation
import RunSupport
import Testing

@testable import mini_etcd_bench

/// How results are shown.
@Suite(.inTurn, .timeLimit(.minutes(10))) struct ReportTests {
  static var example: ResultTable {
    var report = ResultTable(
      "load",
      [
        .init(title: "load", member: "load"), .init(title: "answers/s", member: "rate"),
        .init(title: "a/b", member: "ratio"),
      ])
    report.append([.text("get"), .decimal(123_456.6, places: 0), .decimal(1.996, places: 2)])
    report.append([.text("a \"put\""), .whole(7), .none])
    return report
  }

  @Test func `words stand to the left and numbers to the right`() {
    #expect(
      Self.example.table == """
        load     answers/s   a/b
        get         123457  2.00
        a "put"          7     -

        """)
  }

  @Test func `the same rows are a table in Markdown`() {
    #expect(
      Self.example.markdown == """
        | load | answers/s | a/b |
        | --- | ---: | ---: |
        | get | 123457 | 2.00 |
        | a "put" | 7 | - |

        """)
  }

  @Test func `the same rows are JSON for programs`() throws {
    var output = Array("{".utf8)
    Self.example.appendJSON(to: &output)
    output.append(UInt8(ascii: "}"))
    let object = try #require(
      try JSONSerialization.jsonObject(with: Data(output)) as? [String: [[String: Any]]])
    let rows = try #require(object["load"])
    #expect(rows.count == 2)
    #expect(rows[0]["rate"] as? Double == 123_457)
    #expect(rows[0]["ratio"] as? Double == 2)
    #expect(rows[1]["load"] as? String == "a \"put\"")
    #expect(rows[1]["ratio"] is NSNull)
  }

  @Test(arguments: [
    (0.0, 2, "0.00"), (-0.001, 2, "0.00"), (-1.5, 1, "-1.5"), (1.005e3, 0, "1005"),
    (0.0996, 3, "0.100"), (9.999, 2, "10.00"), (.nan, 2, "-"), (.infinity, 2, "-"),
  ])
  func `decimals are rounded to their places`(_ number: Double, _ places: Int, _ text: String) {
    #expect(ResultTable.Cell.decimal(number, places: places).text == text)
  }

  @Test func `rows about the same are side by side`() {
    var report = Self.example
    report.append([.text("get"), .whole(5), .none])
    #expect(report.rows.map { $0[1].text } == ["123457", "5", "7"])
  }

  @Test func `the median is the middle`() {
    #expect([Double]().median == 0)
    #expect([3.0].median == 3)
    #expect([9.0, 1, 5].median == 5)
    #expect([9.0, 1, 5, 7].median == 6)
  }

  @Test func `a load report compares round by round`() {
    func tally(_ answers: Int) -> Tally {
      var tally = Tally()
      for _ in 0..<answers { tally.record(.milliseconds(2), isInTime: true) }
      tally.record(.milliseconds(2), isInTime: false)
      tally.elapsed = .seconds(2)
      return tally
    }
    let targets = ["a", "b"].map {
      Target(
        name: $0, endpoint: ServerURL(address: .init(host: "h", port: 1)), api: .course,
        process: nil)
    }
    var report = LoadReport()
    report.add(
      .get, connections: 64, keys: 10, targets,
      rounds: [[tally(20), tally(40), tally(60)], [tally(10), tally(10), tally(10)]])
    #expect(
      report.report.rows[0].map(\.text)[..<9] == [
        "get", "64", "10", "a", "20", "10", "30", "4.00", "2.000",
      ])
    #expect(
      report.report.rows[1].map(\.text)[..<9] == [
        "get", "64", "10", "b", "5", "5", "5", "-", "2.000",
      ])
  }
}
