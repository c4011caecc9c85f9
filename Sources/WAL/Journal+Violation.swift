// A log that must no longer be used, though every line of it is sound.

extension Journal {
  /// Has the log say that something was seen which must never happen. From then on it is not
  /// opened, until an operator has overridden it: what starts a process again cannot go on as if
  /// nothing were.
  ///
  /// - Parameter what: a line for people; what is not visible ASCII in it, a quote or a backslash
  ///   is replaced.
  public func recordViolation(_ what: String) throws(JournalError) {
    try append { $0.append(violation: what) }
  }

  /// Has a log be opened again that ``recordViolation(_:)`` was called for; the log says so.
  ///
  /// - Returns: what had been recorded; nil if nothing had, and then nothing has changed.
  public static func overrideViolation(on disk: any Disk) throws(JournalError) -> String? {
    try withDisk { () throws(DiskError) in
      try disk.makeDirectory()
      try disk.lock()
    }
    let recovery = try Recovery(disk, receivesSnapshots: true) { (_) throws(JournalError) in }
    let found = recovery.replay
    guard let what = found.violation, let owner = found.identity,
      let repaired = try recovery.repair()
    else { return nil }
    let journal = Journal(disk, owner, found, repaired, defaultSegmentSize, 0)
    try journal.append { $0.append(violation: nil) }
    return what
  }
}
