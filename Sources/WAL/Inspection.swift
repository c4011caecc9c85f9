import Bytes
import Platform
import Store

/// `wal verify DIR` and `wal dump DIR`: what a data directory holds, for people.
///
/// Both open files for reading alone and take no lock: they work on a copy on read-only media or of
/// another user's, and while a server runs. Then its last batch may look unfinished, which is said.
public enum Inspection {
  public static let usage = """
    usage: wal verify DIR   say whether the log and the snapshot in DIR are sound
           wal dump DIR     show every record, one a line
           wal dump -follow DIR
                            show the last segment's records, and from then on each one as soon as
                            it is durable, until Ctrl-C
    """

  /// Does what the words after `wal` say.
  ///
  /// - Parameters:
  ///   - receivesSnapshots: whether the program's log may be a cluster member's: see
  ///     ``Journal/open(_:identity:hardState:segmentSize:receivesSnapshots:restore:replay:)``.
  ///   - furtherUsage: what else may come after `wal`.
  ///   - output: is given the lines of the answer.
  ///   - complaint: is given a line on what is wrong.
  ///   - pause: waits until it is worth looking again; false to stop following.
  /// - Returns: the program's exit status: 0 if all is well, 1 if not, 2 if the words say nothing.
  public static func run(
    _ words: [String], receivesSnapshots: Bool = false, furtherUsage: String? = nil,
    output: (String) -> Void, complaint: (String) -> Void,
    pause: () -> Bool = Self.pauseBriefly
  ) -> Int32 {
    let usage = [Self.usage, furtherUsage].compactMap(\.self).joined(separator: "\n")
    let follows = words.count == 3 && ["-follow", "--follow"].contains(words[1])
    guard words.count == 2 || follows && words[0] == "dump", let directory = words.last else {
      complaint(usage)
      return 2
    }
    let disk = PosixDisk(path: directory)
    do throws(JournalError) {
      switch words[0] {
      case "verify":
        let use = disk.isLocked ? ", in use by a server" : ""
        let found = try verify(disk, receivesSnapshots: receivesSnapshots)
        output("\(directory): \(found)\(use)")
      case "dump" where follows: try follow(disk, output: output, pause: pause)
      case "dump": try dump(disk, output: output)
      default:
        complaint("after wal must come verify or dump, not \(words[0].debugDescription)\n\(usage)")
        return 2
      }
      return 0
    } catch {
      let use = disk.isLocked ? "; a server is using the directory: it may be writing this" : ""
      complaint("\(directory): \(error)\(use)")
      return 1
    }
  }

  /// Reads all of a directory as a start would.
  /// - Returns: what is there, in a line.
  /// - Throws: the error with which a start would end; an error, too, if there is no log.
  static func verify(
    _ disk: any Disk, receivesSnapshots: Bool = false
  ) throws(JournalError) -> String {
    let recovery = try Recovery(disk, receivesSnapshots: receivesSnapshots) {
      (_) throws(JournalError) in
    }
    let replay = recovery.replay
    guard let identity = replay.identity else { throw noLog }
    var parts = [
      "sound", "node \(identity.node)", "segments \(replay.segments.count)",
      "records \(replay.tip.record)", "batches \(replay.tip.batch)",
      "last log index \(replay.tip.lastIndex)",
    ]
    if let snapshot = replay.tip.snapshot {
      parts.append("snapshot at \(snapshot.index), entries after it \(replay.entries.count)")
    }
    if let index = recovery.newerSnapshot {
      parts.append("snapshot at \(index) from another member, not taken over")
    }
    if let tail = recovery.tornTail {
      parts.append(
        "unfinished batch of \(tail.bytes.count) bytes from line \(tail.place.line) of the last "
          + "segment on (\(tail.place.damage)), which the next start sets aside")
    } else {
      if let (_, extent) = recovery.lastSegment, extent.fileLength > extent.wholeLength {
        parts.append("padded by \(extent.fileLength - extent.wholeLength) bytes")
      }
      parts.append(replay.isClosed ? "closed in good order" : "not closed")
    }
    if let what = replay.violation { parts.append("and not to be used, for a violation: \(what)") }
    return parts.joined(separator: ", ")
  }

  /// Shows every line of every file, whether or not it is sound.
  /// - Throws: an error if some line was not, after all are shown.
  static func dump(_ disk: any Disk, output: (String) -> Void) throws(JournalError) {
    var firstDamage: JournalError?
    var hasLog = false
    for name in try withDisk({ () throws(DiskError) in try disk.list() }).sorted() {
      do throws(JournalError) {
        switch FileName(name) {
        case .segment:
          hasLog = true
          try dumpSegment(disk, name, output)
        case .snapshot(let index): try dumpSnapshot(disk, index, name, output)
        case .tornTail, .unfinished, .other: break
        }
      } catch {
        if firstDamage == nil { firstDamage = error }
      }
    }
    if let firstDamage { throw firstDamage }
    if !hasLog { throw noLog }
  }

  /// A directory without a log is not the one that was meant.
  static var noLog: JournalError { .failed("there is no log in this directory") }

  private static func follow(
    _ disk: any Disk, output: (String) -> Void, pause: () -> Bool
  ) throws(JournalError) {
    var follower = LogFollower(disk)
    repeat { try follower.show(output) } while pause()
  }

  /// Long enough to cost nothing, short enough to seem at once.
  public static func pauseBriefly() -> Bool {
    Platform.pause(milliseconds: 100)
    return true
  }

  private static func dumpSnapshot(
    _ disk: any Disk, _ index: LogIndex, _ name: String, _ output: (String) -> Void
  ) throws(JournalError) {
    output("\(name): the state after log index \(index)")
    var line = 1
    _ = try SnapshotReader.read(disk, index, expecting: nil) { bytes throws(JournalError) in
      line += 1
      output("  \(line): \(String(decoding: bytes, as: UTF8.self))")
    }
  }

  private static func dumpSegment(
    _ disk: any Disk, _ name: String, _ output: (String) -> Void
  ) throws(JournalError) {
    let bytes = try withDisk { () throws(DiskError) in try disk.open(name).readAll() }
    output(name)
    var firstDamage: JournalError?
    bytes.withUnsafeBytes { bytes in
      var (line, offset) = (0, 0)
      while offset < bytes.count, !Blanks.fill(bytes, from: offset) {
        line += 1
        do throws(Damage) {
          if bytes[offset] == Blanks.byte { throw .blank }
          let envelope = try Envelope(verifying: bytes, at: offset)
          output(Self.line(line, envelope, try Record(bytes, envelope)))
          offset = envelope.end
        } catch .blank {
          // However many there are, as one.
          let next = bytes[offset...].firstIndex { $0 != Blanks.byte } ?? bytes.count
          output("  \(line): blank lines: \(next - offset)")
          if firstDamage == nil { firstDamage = .damaged(name, line, .blank) }
          line += next - offset - 1
          offset = next
        } catch {
          output("  \(line): \(error)")
          if firstDamage == nil { firstDamage = .damaged(name, line, error) }
          offset = (bytes[offset...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count) + 1
        }
      }
    }
    if let firstDamage { throw firstDamage }
  }

  /// A record as it is shown.
  static func line(_ number: Int, _ envelope: Envelope, _ record: Record) -> String {
    let end = envelope.endsBatch ? ", end" : ""
    return "  \(number): record \(envelope.number), batch \(envelope.batch)\(end): \(record)"
  }
}

extension Record: CustomStringConvertible {
  /// The record in words.
  var description: String {
    switch self {
    case .head(let head):
      "head of segment \(head.segment) of \(head.identity.node), after log index "
        + "\(head.tip.lastIndex); \(head.tip.hardState)"
    case .entry(let entry):
      "\(entry.kind.recordType) \(entry.index), term \(entry.term): "
        + String(decoding: entry.payload, as: UTF8.self)
    case .state(let state): "state: \(state)"
    case .snapshot(let snapshot, let restarts):
      "snapshot at \(snapshot.index) of \(snapshot.lines) lines"
        + (restarts ? ", with which the log starts anew" : "")
    case .violation(let what?): "violation: \(what)"
    case .violation(nil): "an operator overrides the violation"
    case .close: "closed in good order"
    }
  }
}

extension HardStateRecord: CustomStringConvertible {
  public var description: String {
    "term \(term), vote \(vote.map { String(hex: $0) } ?? "none"), commit \(commit)"
  }
}
