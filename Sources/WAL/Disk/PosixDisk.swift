import HTTP
import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// A directory of the file system.
///
/// It is opened once and held by descriptor: every file is reached through that descriptor, so what
/// the lock protects is what is used, whatever becomes of the path meanwhile. The path is asked only
/// whether it still leads here:
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
    signal(SIGXFSZ, SIG_IGN)
  }

  deinit {
    // Closing is not enough: a process that is just being started has a copy of the descriptor, until
    // it has become another program. Unlocked, all copies are.
    hold.withLock { hold in
      for file in hold.claims { _ = flock(file.descriptor, LOCK_UN) }
    }
  }

  public func makeDirectory() throws(DiskError) {
    if path.isEmpty { throw DiskError(.other, "the directory must have a name, such as wal-data") }
    // A slash at the end would have the directory itself taken for an ancestor.
    var path = path[...]
    while path.count > 1, path.last == "/" { path.removeLast() }
    // Ancestors first. Most of them are there, and of the others the last one's failure says it.
    for end in path.indices.dropFirst() where path[end] == "/" {
      if mkdir(String(path[..<end]), 0o755) == 0 { try syncParent(of: path[..<end]) }
    }
    if mkdir(String(path), 0o700) != 0 && errno != EEXIST {
      throw failure("make directory", self.path)
    }
    // Also if it was there: the process that made it may have died before it came to this.
    try syncParent(of: path)
  }

  private func syncParent(of path: Substring) throws(DiskError) {
    let above = path.split(separator: "/").dropLast().joined(separator: "/")
    let parent = (path.hasPrefix("/") ? "/" : "./") + above
    // A parent that may not be read is somebody else's, and so was the making of this directory.
    guard access(parent, R_OK) == 0 else { return }
    let directory = try File(parent, in: nil, O_RDONLY | O_DIRECTORY)
    _ = try call("sync directory", parent) { Int(fsync(directory.descriptor)) }
  }

  public func lock() throws(DiskError) {
    let directory = try directory()
    // The locks are the descriptors': they vanish with the process, also at `kill -9`. The file's
    // would not be enough, since a file can be removed, and the next server would make a new one;
    // not every file system can lock a directory.
    let file = try File(Self.lockName, in: directory, of: path, O_RDWR | O_CREAT)
    for claimed in [file, directory] where !claim(claimed) {
      if errno == EWOULDBLOCK {
        // Who may read a directory may lock it, whatever that is for.
        let what = claimed === file ? path : "\(path) itself, and not the file lock in it,"
        throw DiskError(.locked, "\(what) is locked: another process is using it")
      }
      if claimed === file { throw failure("lock", file.path) }
    }
    // The directory that is locked must be the one that people mean.
    try directory.checkPath()
    hold.withLock { $0.claims = [file, directory] }
  }

  private func claim(_ file: File) -> Bool {
    // A process that only asks ``isLocked`` holds it for a moment.
    for _ in 0..<10 {
      if flock(file.descriptor, LOCK_EX | LOCK_NB) == 0 { return true }
      if errno != EWOULDBLOCK { return false }
      usleep(10_000)
    }
    errno = EWOULDBLOCK
    return false
  }

  /// Whether a process uses the directory, as far as this user may know.
  package var isLocked: Bool {
    guard let directory = try? directory(),
      let file = try? File(Self.lockName, in: directory, of: path, O_RDONLY)
    else { return false }
    if flock(file.descriptor, LOCK_SH | LOCK_NB) != 0 { return errno == EWOULDBLOCK }
    _ = flock(file.descriptor, LOCK_UN)
    return false
  }

  /// The directory, which is the same one from the first call on.
  private func directory() throws(DiskError) -> File {
    try hold.withLock { hold throws(DiskError) in
      if let directory = hold.directory { return directory }
      let directory = try File(path, in: nil, O_RDONLY | O_DIRECTORY)
      hold.directory = directory
      return directory
    }
  }

  public func list() throws(DiskError) -> [String] {
    // Its own descriptor, since reading a directory moves its offset and ends by closing it.
    let again = try call("open", path) { [parent = try directory().descriptor] in
      Int(openat(parent, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC))
    }
    guard let directory = fdopendir(Int32(again)) else {
      defer { close(Int32(again)) }
      throw failure("read directory", path)
    }
    defer { closedir(directory) }
    var names: [String] = []
    while true {
      errno = 0
      guard let entry = readdir(directory) else {
        if errno != 0 { throw failure("read directory", path) }
        return names.filter { $0 != "." && $0 != ".." }
      }
      withUnsafeBytes(of: &entry.pointee.d_name) { name in
        names.append(String(decoding: name.prefix { $0 != 0 }, as: UTF8.self))
      }
    }
  }

  /// The permissions of a file in the directory; `.` is the directory itself.
  func mode(of name: String) -> mode_t? {
    var status = stat()
    guard let directory = try? directory(), fstatat(directory.descriptor, name, &status, 0) == 0
    else { return nil }
    return status.st_mode & 0o7777
  }

  public func open(_ name: String) throws(DiskError) -> any DiskFile {
    try File(name, in: directory(), of: path, O_RDONLY)
  }

  public func openForAppending(_ name: String) throws(DiskError) -> any DiskFile {
    try File(name, in: directory(), of: path, O_RDWR | O_APPEND)
  }

  public func create(_ name: String) throws(DiskError) -> any DiskFile {
    try File(name, in: directory(), of: path, O_RDWR | O_APPEND | O_CREAT | O_TRUNC)
  }

  public func rename(_ name: String, to newName: String) throws(DiskError) {
    let parent = try directory().descriptor
    _ = try call("rename", "\(path)/\(name)") { Int(renameat(parent, name, parent, newName)) }
  }

  /// The name is gone when this returns; the blocks are given back by another thread. For a large file
  /// that takes the system tens of milliseconds, and whoever removes one has writers waiting.
  public func remove(_ name: String) throws(DiskError) {
    let parent = try directory().descriptor
    // What is held open is not given back. If it cannot be opened, this only takes longer.
    let held = openat(parent, name, O_RDONLY | O_CLOEXEC, 0)
    defer { if held >= 0 { Platform.startThread { close(held) } } }
    _ = try call("remove", "\(path)/\(name)") { Int(unlinkat(parent, name, 0)) }
  }

  public func syncDirectory() throws(DiskError) {
    let directory = try directory()
    _ = try call("sync directory", path) { Int(fsync(directory.descriptor)) }
    try directory.checkPath()
  }
}

/// Waits until the drive itself has the file's bytes and length.
func flush(_ descriptor: Int32) -> Int32 {
  #if canImport(Darwin)
    // fsync would leave them in the drive's cache, says its manual page.
    return fcntl(descriptor, F_FULLFSYNC)
  #else
    // Unlike fsync it does not wait for the inode's times; for the length it does.
    return fdatasync(descriptor)
  #endif
}
