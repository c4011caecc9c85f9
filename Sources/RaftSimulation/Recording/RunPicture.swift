public import JSON

/// A part of a recording as a picture.
public enum RunPicture: Sendable {
  /// What a picture of messages also says, beside them.
  public enum Note: String, CaseIterable, Sendable {
    /// What clients ask for and are answered, what is committed, who crashes.
    case requests
    /// What each disk is writing, and when it has it.
    case disks
    /// What the leader knows of each follower.
    case followers
  }

  /// The messages of a part of the run, in milliseconds: see ``SequencePicture``.
  case messages(ClosedRange<Int64>, notes: [Note] = [])
  /// The logs at some moments, in milliseconds: see ``LogPicture``.
  case logs([Int64])

  /// Draws it as SVG.
  ///
  /// - Parameter recording: what ``Recorder/json(of:command:deeds:)`` has returned.
  public func drawn(of recording: [UInt8]) throws(JSONError) -> [UInt8] {
    let run = RecordedRun(try JSONDocument(recording).root)
    return switch self {
    case .messages(let range, let notes):
      SequencePicture(run, range.lowerBound * 1_000...range.upperBound * 1_000, notes).drawn()
    case .logs(let moments): LogPicture(run, moments.map { $0 * 1_000 }).drawn()
    }
  }
}
