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

/// Some moments of a run, in milliseconds: `100,250`.
struct MomentList: FlagValue, Equatable {
  var list: [Int64] = []

  init() {}

  init(flagText text: String) throws(InvalidText) {
    for part in text.split(separator: ",", omittingEmptySubsequences: false) {
      guard let moment = Int64(part), (0...3_600_000).contains(moment), list.count < 26 else {
        throw InvalidText("must be up to 26 moments such as 100,250")
      }
      list.append(moment)
    }
  }

  var flagText: String { list.map(String.init).joined(separator: ",") }
  static var flagPlaceholder: String { "moments" }
}

/// What a picture also says, such as `requests,disks`.
struct NoteList: FlagValue, Equatable {
  var list: [RunPicture.Note] = []

  init() {}

  init(flagText text: String) throws(InvalidText) {
    for part in text.split(separator: ",", omittingEmptySubsequences: false) {
      guard let note = RunPicture.Note(rawValue: String(part)) else {
        throw InvalidText("must be of \(NoteList.all), separated by commas")
      }
      list.append(note)
    }
  }

  var flagText: String { list.map(\.rawValue).joined(separator: ",") }
  static var flagPlaceholder: String { "names" }
  static let all = RunPicture.Note.allCases.map(\.rawValue).joined(separator: ", ")
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
