import Platform
package import Store

/// A backup's file while it is written: under another name, so that under its own there is only
/// ever a whole backup. One that is there already stays until then.
///
/// What an attempt that was stopped has left is written over by the next one.
public struct BackupFile: ~Copyable {
  private let path: String
  private let name: String
  private let directory: PosixDisk
  private let unfinished: PosixDisk.File
  private var content: SequentialFile
  private var isFinished = false

  /// Begins the file at `path`, for its user alone.
  /// - Parameter other: a directory that nothing may be written into.
  public init(_ path: String, outside other: PosixDisk? = nil) throws(JournalError) {
    let slash = path.lastIndex(of: "/")
    self.path = path
    name = String(path[(slash.map(path.index(after:)) ?? path.startIndex)...])
    directory = PosixDisk(path: slash.map { String(path[...$0]) } ?? ".")
    let (isNamed, directory) = (!name.isEmpty, directory)
    let unfinished = try withDisk { () throws(DiskError) in
      guard isNamed, try call("look at", path, FileStatus(at: path))?.kind ?? .other == .other
      else { throw DiskError(.other, "\(path.debugDescription) must be a file's path") }
      if let other, try directory.isSame(as: other) {
        throw DiskError(.other, "\(path) must not be in \(other.path)")
      }
      let file = try PosixDisk.File(path + ".part", in: nil, [.readWrite, .create])
      // Emptied only with the lock: another process may be writing it.
      do throws(SystemError) { try Platform.lock(file.descriptor, .exclusive) } catch {
        throw DiskError(.locked, "\(file.path) is locked: another process is writing it")
      }
      try file.checkPath()
      try file.truncate(to: 0)
      return file
    }
    self.unfinished = unfinished
    content = SequentialFile(unfinished)
  }

  deinit {
    // Should this fail, the next attempt writes over it.
    if !isFinished { try? directory.remove(name + ".part") }
  }

  /// Adds bytes as they come.
  public mutating func append(_ piece: [UInt8]) throws(JournalError) {
    do throws(DiskError) { try content.append(piece) } catch { throw JournalError(error) }
  }

  /// Writes all of a state, in place of what may come.
  package func write(_ state: CapturedState, term: Term) throws(JournalError) {
    _ = try state.writeFile(on: OneFileDisk(file: unfinished), at: state.appliedIndex, term)
  }

  /// Verifies the file, makes it durable and gives it its name.
  /// - Returns: what is in it.
  public consuming func finish() throws(JournalError) -> Backup.Content {
    let content = try Backup.read(unfinished, at: path) { (_) throws(JournalError) in }
    let (file, directory, name) = (unfinished, directory, name)
    try withDisk { () throws(DiskError) in
      try file.sync()
      try directory.rename(name + ".part", to: name)
    }
    isFinished = true
    try withDisk { () throws(DiskError) in try directory.syncDirectory() }
    return content
  }
}
