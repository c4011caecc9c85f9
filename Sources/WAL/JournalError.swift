/// Why a journal did not do what was asked. Its description is one line for people.
public enum JournalError: Error, Hashable, Sendable {
  /// The data was once whole and no longer is. Nothing in the directory has been changed.
  case corrupt(Corruption)
  /// The data is whole, but a later step wrote it. Nothing in the directory has been changed.
  case writtenByLaterStep(String)
  /// The process that used the log before ended because it saw something that must never happen.
  /// Nothing in the directory has been changed.
  case violated(String)
  /// Another process uses the directory.
  case locked(String)
  /// The disk is full. What was to be written was not, nothing of it may be acknowledged, and the
  /// journal can be used as before.
  case noSpace(String)
  /// Something else failed, and what the disk holds is unknown: the journal is dead. The process
  /// has to stop without acknowledging anything more; what is durable, recovery will find.
  case failed(String)

  /// Damage to a line, or to a file as a whole.
  static func damaged(_ file: String, _ line: Int?, _ damage: Damage) -> JournalError {
    if case .unknownRecord(let record) = damage {
      return .writtenByLaterStep("\(file), line \(line ?? 1): unknown record \(record)")
    }
    return .corrupt(Corruption(file: file, line: line, reason: damage.description))
  }

  /// The same, with its place, if it is about what was read there.
  func at(_ file: String, line: Int) -> JournalError {
    guard case .writtenByLaterStep(let what) = self else { return self }
    return .writtenByLaterStep("\(file), line \(line): \(what)")
  }

  init(_ error: DiskError) {
    switch error.reason {
    case .noSpace: self = .noSpace(error.description)
    case .locked: self = .locked(error.description)
    case .other: self = .failed(error.description)
    }
  }
}

/// Where a data directory is damaged.
public struct Corruption: Hashable, Sendable {
  /// The file's name.
  public let file: String
  /// The damaged line, from 1; nil if the file as a whole is wrong, or missing.
  public let line: Int?
  /// What is wrong with it.
  public let reason: String
}

extension JournalError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .corrupt(let corruption): "corrupt data: \(corruption); nothing was changed"
    case .writtenByLaterStep(let what):
      "\(what): written by a later step of the course; choose another directory with -data-dir"
    case .violated(let what):
      "the log must not be used any more: its server saw what must never happen: \(what)"
    case .locked(let reason), .noSpace(let reason), .failed(let reason): reason
    }
  }
}

extension Corruption: CustomStringConvertible {
  public var description: String {
    line.map { "\(file), line \($0): \(reason)" } ?? "\(file): \(reason)"
  }
}

/// Runs disk operations, whose errors become the journal's.
func withDisk<Result>(
  _ body: () throws(DiskError) -> Result
) throws(JournalError) -> Result {
  do throws(DiskError) { return try body() } catch { throw JournalError(error) }
}
