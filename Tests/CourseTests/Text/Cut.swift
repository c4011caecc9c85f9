import Foundation

/// Lines shown of a file: runs of neighbouring lines, in order, with `// …` where some are left
/// out.
struct Cut {
  /// The runs of lines.
  private let runs: [[String]]

  init(_ lines: [String]) {
    runs = lines.split { $0.trimmingCharacters(in: .whitespaces) == "// …" }.map(Array.init)
  }

  /// The first line of the first run that does not stand in the file, after the runs before it; nil
  /// when all do. All lines may have lost the same indentation.
  func lineMissing(in file: [String]) -> String? {
    let widths = Set(file.map { $0.prefix { $0 == " " }.count })
    var best: String?
    for indentation in widths.sorted() {
      guard let missing = lineMissing(in: file, indented: indentation) else { return nil }
      best = best ?? missing
    }
    return runs.isEmpty ? nil : best
  }

  private func lineMissing(in file: [String], indented width: Int) -> String? {
    let indentation = String(repeating: " ", count: width)
    var start = 0
    for run in runs {
      let wanted = run.map { $0.isEmpty ? "" : indentation + $0 }
      guard run.count <= file.count - start,
        let place = (start...(file.count - run.count)).first(where: { place in
          file[place..<(place + run.count)].elementsEqual(wanted)
        })
      else { return run.first }
      start = place + run.count
    }
    return nil
  }
}
