extension ResultTable.Cell {
  /// A time in milliseconds, where no part of one is known.
  static func wholeMilliseconds(_ time: Duration) -> ResultTable.Cell {
    .decimal(time / .milliseconds(1), places: 0)
  }

  /// A number, if there is one.
  static func known(_ number: Double?, places: Int) -> ResultTable.Cell {
    number.map { .decimal($0, places: places) } ?? .none
  }

  /// The memory that a process has now.
  static func residentMegabytes(_ memory: ProcessMemory?) -> ResultTable.Cell {
    known(memory.map { Double($0.resident) / 1e6 }, places: 1)
  }

  /// The median of the ratios of what was measured in turns: what slows the machine for a while
  /// slows both.
  static func ratio(_ numerators: [Double], to denominators: [Double]) -> ResultTable.Cell {
    let ratios = zip(numerators, denominators).compactMap { $1 > 0 ? $0 / $1 : nil }
    return ratios.isEmpty ? .none : .decimal(ratios.median, places: 2)
  }
}

extension [Double] {
  /// The middle one, or the mean of the two in the middle; 0 if there is none.
  var median: Double {
    let ordered = sorted()
    guard let upper = ordered.dropFirst(count / 2).first else { return 0 }
    return count % 2 == 1 ? upper : (ordered[count / 2 - 1] + upper) / 2
  }
}
