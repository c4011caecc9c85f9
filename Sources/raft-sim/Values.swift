import Bytes
import Options
import RaftSimulation

/// A range of seeds: `1..10000`, or one seed.
struct SeedRange: FlagValue {
  var range: ClosedRange<UInt64>?

  init() {}

  init(flagText text: String) throws(InvalidText) {
    let ends = text.split(separator: "..", omittingEmptySubsequences: false).map { UInt64($0) }
    guard let first = ends.first, let low = first, let last = ends.last, let high = last,
      ends.count <= 2, low <= high
    else { throw InvalidText("must be a range such as 1..10000") }
    range = low...high
  }

  var flagText: String { range.map { "\($0.lowerBound)..\($0.upperBound)" } ?? "" }
  static var flagPlaceholder: String { "range" }
}

/// A part of a run, in milliseconds: `100..250`.
struct MomentRange: FlagValue, Equatable {
  var range: ClosedRange<Int64> = 0...200

  init() {}

  init(flagText text: String) throws(InvalidText) {
    let ends = text.split(separator: "..", omittingEmptySubsequences: false).map { Int64($0) }
    guard ends.count == 2, let low = ends[0], let high = ends[1], 0 <= low, low < high,
      high <= 3_600_000
    else { throw InvalidText("must be a range such as 100..250") }
    range = low...high
  }

  var flagText: String { "\(range.lowerBound)..\(range.upperBound)" }
  static var flagPlaceholder: String { "range" }
}

/// A mix of faults by its name, or none.
struct ProfileName: FlagValue {
  var profile: Profile?

  init() {}

  init(flagText text: String) throws(InvalidText) {
    guard let profile = Profile(rawValue: text) else {
      throw InvalidText("must be one of \(ProfileName.all)")
    }
    self.profile = profile
  }

  var flagText: String { profile?.rawValue ?? "" }
  static var flagPlaceholder: String { "mix" }
  static let all = Profile.allCases.map(\.rawValue).joined(separator: ", ")
}
