import Platform
import Synchronization

/// A directory of the file system.
///
/// It is opened once and held by descriptor: every file is reached through that descriptor, so what
/// the lock protects is what is used, whatever becomes of the path meanwhile. The path is asked
/// only whether it still leads here:
///
/// | when | the path must still name |
/// | --- | --- |
/// | ``lock()`` has been granted | the directory that is locked |
/// | ``sync(_:)`` is done | the file that was synced |
/// | ``syncDirectory()`` is done | the directory |
///
/// So nothing is acknowledged that a restart would not find: a server whose directory is removed,
/// renamed or replaced fails at its next batch. It costs a batch one `stat`.
///
/// The directory is made with mode 0700 and files with 0600, whatever the umask.
///
/// May be used from several threads at once, on different files.
public final class PosixDisk: Disk, Sendable {
  /// The directory, as it was given.
  public let path: String

  /// The file whose lock is the claim on the directory. It stays empty and is never removed.
  package static let lockName = "lock"

  private struct Hold: Sendable {
    /// Opened by the first operation that needs it.
    var directory: File?
    /// What is locked until the disk is given up.
    var claims: [File] = []
  }
  private let hold = Mutex(Hold())

  public init(path: String) {
    self.path = path
    // Without this, a limit on the size of files (`ulimit -f`) would end the process; with it, a
    // write beyond the limit fails as one on a full disk does.
    Platform.ignore(.fileSize)
  }

  deinit {
    // Closing is not enough: a process that is just being started has a copy of the descriptor,
    // until it has become another program. Unlocked, all copies are.
    hold.withLock { hold in
      for file in hold.claims { Platform.unlock(file.descriptor) }
    }
  }

  public var forAnotherThread: (any Disk & Sendable)? { self }

  public func makeDirectory() throws(DiskError) {
    if path.isEmpty { throw DiskError(.other, "the directory must have a name, such as wal-data") }
    // A slash at the end would have the directory itself taken for an ancestor.
    var path = path[...]
    while path.count > 1, path.last == "/" { path.removeLast() }
    // Ancestors first. Most of them are there, and of the others the last one's failure says it.
    for end in path.indices.dropFirst() where path[end] == "/" {
      if (try? Platform.makeDirectory(String(path[..<end]), permissions: 0o755)) != nil {
        try syncParent(of: path[..<end])
      }
    }
    do throws(SystemError) { try Platform.makeDirectory(String(path), permissions: 0o700) } catch {
      guard error.isFileExists else { throw DiskError("make directory", self.path, error) }
    }
    // Also if it was there: the process that made it may have died before it came to this.
    try syncParent(of: path)
  }

  private func syncParent(of path: Substring) throws(DiskError) {
    let above = path.split(separator: "/").dropLast().joined(separator: "/")
    let parent = (path.hasPrefix("/") ? "/" : "./") + above
    // A parent that may not be read belongs to another user, who also created this directory.
    guard Platform.mayRead(parent) else { return }
    let directory = try File(parent, in: nil, [.readOnly, .directory])
    try call("sync directory", parent, Platform.sync(directory.descriptor))
  }

  public func lock() throws(DiskError) {
    let directory = try directory()
    // The locks are the descriptors': they vanish with the process, also at `kill -9`. The file's
    // would not be enough, since a file can be removed, and the next server would make a new one;
    // not every file system can lock a directory.
    let file = try File(Self.lockName, in: directory, of: path, [.readWrite, .create])
    for claimed in [file, directory] {
      guard let failure = claim(claimed) else { continue }
      if failure.wouldBlock {
        // Who may read a directory may lock it, whatever that is for.
        let what = claimed === file ? path : "\(path) itself, and not the file lock in it,"
        throw DiskError(.locked, "\(what) is locked: another process is using it")
      }
      if claimed === file { throw DiskError("lock", file.path, failure) }
    }
    // The directory that is locked must be the one that people mean.
    try directory.checkPath()
    hold.withLock { $0.claims = [file, directory] }
  }

  /// Locks a file.
  /// - Returns: why that is impossible; nil if it is done.
  private func claim(_ file: File) -> SystemError? {
    var attempts = 0
    while true {
      do throws(SystemError) {
        try Platform.lock(file.descriptor, .exclusive)
        return nil
      } catch {
        attempts += 1
        if !error.wouldBlock || attempts == 10 { return error }
      }
      // A process that only asks ``isLocked`` holds it for a moment.
      Platform.pause(milliseconds: 10)
    }
  }

  /// Whether a process uses the directory, as far as this user may know.
  package var isLocked: Bool {
    guard let directory = try? directory(),
      let file = try? File(Self.lockName, in: directory, of: path, .readOnly)
    else { return false }
    do throws(SystemError) { try Platform.lock(file.descriptor, .shared) } catch {
      return error.wouldBlock
    }
    Platform.unlock(file.descriptor)
    return false
  }

  /// The directory, which is the same one from the first call on.
  private func directory() throws(DiskError) -> File {
    try hold.withLock { hold throws(DiskError) in
      if let directory = hold.directory { return directory }
      let directory = try File(path, in: nil, [.readOnly, .directory])
      hold.directory = directory
      return directory
    }
  }

  /// Whether another path leads to this directory.
  func isSame(as other: PosixDisk) throws(DiskError) -> Bool {
    try directory().identity == other.directory().identity
  }

  public func list() throws(DiskError) -> [String] {
    // Its own descriptor, since reading a directory moves its offset and ends by closing it.
    let parent = try directory().descriptor
    let again = try call("open", path, Platform.openFile(".", [.readOnly, .directory], in: parent))
    return try call("read directory", path, Platform.names(in: again))
  }

  /// The permissions of a file in the directory; `.` is the directory itself.
  func mode(of name: String) -> UInt16? {
    guard let directory = try? directory() else { return nil }
    return (try? FileStatus(of: name, in: directory.descriptor))?.permissions
  }

  public func open(_ name: String) throws(DiskError) -> any DiskFile {
    try File(name, in: directory(), of: path, .readOnly)
  }

  public func openForWriting(_ name: String) throws(DiskError) -> any DiskFile {
    try File(name, in: directory(), of: path, .readWrite)
  }

  public func create(_ name: String) throws(DiskError) -> any DiskFile {
    try File(name, in: directory(), of: path, [.readWrite, .create, .truncate])
  }

  public func rename(_ name: String, to newName: String) throws(DiskError) {
    let parent = try directory().descriptor
    try call("rename", "\(path)/\(name)", Platform.rename(name, to: newName, in: parent))
  }

  /// The name is gone when this returns; ``RemovedFiles`` gives the blocks back. For a large file
  /// that takes the system tens of milliseconds, and writers wait for the thread that removes one.
  public func remove(_ name: String) throws(DiskError) {
    let parent = try directory().descriptor
    // What is held open is not given back. If it cannot be opened, this only takes longer.
    let held = try? Platform.openFile(name, .readOnly, in: parent)
    defer { if let held { RemovedFiles.giveBack(held) } }
    try call("remove", "\(path)/\(name)", Platform.remove(name, in: parent))
  }

  public func syncDirectory() throws(DiskError) {
    let directory = try directory()
    try call("sync directory", path, Platform.sync(directory.descriptor))
    try directory.checkPath()
  }
}
