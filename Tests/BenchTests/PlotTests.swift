import RunSupport
import Testing

@testable import mini_etcd_bench

/// How rates are drawn.
@Suite(.inTurn, .timeLimit(.minutes(10))) struct PlotTests {
  static var example: Plot {
    var plot = Plot(title: "get & put", targets: ["a", "b"])
    plot.add(2_000, of: 0, at: 1)
    plot.add(1_000, of: 1, at: 1)
    plot.add(8_000, of: 0, at: 64)
    return plot
  }

  @Test func `bars are as long as their rates`() {
    #expect(
      Self.example.text(width: 8) == """
        get & put
         1  a  ██ 2000
            b  █ 1000
        64  a  ████████ 8000

        """)
  }

  @Test func `a picture has every bar and no bare ampersand`() {
    let svg = [Self.example, Self.example].svg
    #expect(svg.split(separator: "<rect ").count == 1 + 1 + 2 * 3)
    #expect(svg.contains(#"width="480""#) && svg.contains(#"width="120""#))
    #expect(svg.contains("get &amp; put") && !svg.contains("& "))
    #expect(svg.hasPrefix("<svg ") && svg.hasSuffix("</svg>\n"))
  }

  @Test func `nothing measured is an empty plot`() {
    #expect(Plot(title: "get", targets: ["a"]).text() == "get\n")
    var plot = Plot(title: "get", targets: ["a"])
    plot.add(0, of: 0, at: 1)
    #expect(plot.text() == "get\n1  a   0\n")
  }

  @Test func `a report has a plot by connections and one by keys`() {
    var report = LoadReport()
    let target = Settings().targets[0]
    for (connections, keys) in [(1, 10), (64, 10), (1, 1_000), (64, 1_000)] {
      report.add(.get, connections: connections, keys: keys, [target], rounds: [[Tally()]])
    }
    #expect(
      report.plots.map(\.title) == [
        "get with 10 keys, answers/s by connections",
        "get over 1 connection, answers/s by keys",
        "get over 64 connections, answers/s by keys",
        "get with 1000 keys, answers/s by connections",
      ])
    #expect(report.plots.allSatisfy { $0.groups.count == 2 })
  }
}
