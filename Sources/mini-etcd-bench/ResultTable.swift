internal import Bytes
internal import JSON

/// Results in rows, as a table for people or as JSON for programs.
struct ResultTable: Sendable {
  /// What all rows are about, such as `load`.
  let name: String
  let columns: [Column]
  private(set) var rows: [[Cell]] = []

  struct Column: Sendable {
    /// Above the column, with its unit.
    let title: String
    /// The member's name in JSON.
    let member: String
  }

  enum Cell: Sendable {
    case text(String)
    case whole(Int)
    /// A number with so many places after the point.
    case decimal(Double, places: Int)
    /// Not known, or without meaning in this row.
    case none
  }

  init(_ name: String, _ columns: [Column]) {
    self.name = name
    self.columns = columns
  }

  /// Adds a row: below those that begin with the same cell, so that what is to be compared is side
  /// by side, whatever was measured in between.
  mutating func append(_ row: [Cell]) {
    precondition(row.count == columns.count, "a row of \(name) lacks a cell")
    let last = rows.lastIndex { $0.first?.text == row.first?.text }
    rows.insert(row, at: last.map { $0 + 1 } ?? rows.endIndex)
  }

  /// The rows under their titles: words to the left of their column, numbers to the right.
  var table: String {
    var lines = [columns.map(\.title)]
    lines += rows.map { $0.map(\.text) }
    let widths = columns.indices.map { column in lines.map { $0[column].count }.max() ?? 0 }
    return lines.map { line in
      columns.indices.map { column in
        let padding = String(repeating: " ", count: widths[column] - line[column].count)
        return isText(column) ? line[column] + padding : padding + line[column]
      }.joined(separator: "  ") + "\n"
    }.joined()
  }

  /// The rows as a table in Markdown.
  var markdown: String {
    let head = [columns.map(\.title), columns.indices.map { isText($0) ? "---" : "---:" }]
    let lines = head + rows.map { $0.map { $0.text.replacing("|", with: "\\|") } }
    return lines.map { "| \($0.joined(separator: " | ")) |\n" }.joined()
  }

  private func isText(_ column: Int) -> Bool {
    if case .text? = rows.first?[column] { return true }
    return false
  }

  /// Appends `"name":[{...},...]`, a member of an object.
  func appendJSON(to output: inout [UInt8]) {
    output.append(jsonString: Array(name.utf8))
    output.append(":[")
    for (index, row) in rows.enumerated() {
      output.append(index == 0 ? "\n{" : ",\n{")
      for (position, (column, cell)) in zip(columns, row).enumerated() {
        if position > 0 { output.append(",") }
        output.append(jsonString: Array(column.member.utf8))
        output.append(":")
        switch cell {
        case .text(let text): output.append(jsonString: Array(text.utf8))
        case .none: output.append("null")
        case .whole, .decimal: output.append(contentsOf: cell.text.utf8)
        }
      }
      output.append("}")
    }
    output.append("]")
  }
}

extension ResultTable.Cell {
  /// A time in milliseconds.
  static func milliseconds(_ time: Duration) -> ResultTable.Cell {
    .decimal(time / .milliseconds(1), places: 3)
  }

  /// As it stands in the table.
  var text: String {
    switch self {
    case .text(let text): text
    case .whole(let number): String(number)
    case .decimal(let number, let places): Self.text(number, places: places)
    case .none: "-"
    }
  }

  private static func text(_ number: Double, places: Int) -> String {
    guard number.isFinite, number.magnitude < 1e15 else { return "-" }
    let unit = (0..<places).reduce(1) { product, _ in product * 10 }
    let scaled = Int((number.magnitude * Double(unit)).rounded())
    let sign = number < 0 && scaled > 0 ? "-" : ""
    guard places > 0 else { return "\(sign)\(scaled)" }
    return "\(sign)\(scaled / unit).\(String(unit + scaled % unit).dropFirst())"
  }
}
