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
/// May be used from several threads at once, on different files.
public final class PosixDisk: Disk, Sendable {
  /// The directory, as it was given.
  public let path: String

  /// The file whose lock is the claim on the directory. It stays empty and is never removed: a
  /// lock on a file that is gone would keep nobody out.
  package static let lockName = "lock"

  private let claim = Mutex<File?>(nil)

  public init(path: String) {
    self.path = path
    // Without this, a limit on the size of files (`ulimit -f`) would end the process; with it, a
    // write beyond the limit fails as one on a full disk does.
    signal(SIGXFSZ, SIG_IGN)
  }

  deinit {
    // Closing is not enough: a process that is just being started has a copy of the descriptor, until
    // it has become another program. Unlocked, all copies are.
    claim.withLock { claim in
      if let claim { _ = flock(claim.descriptor, LOCK_UN) }
    }
  }

  /// A file descriptor, closed with the last reference to it.
  public final class File: Sendable {
    fileprivate let descriptor: Int32
    fileprivate let path: String

    fileprivate init(_ path: String, _ flags: Int32) throws(DiskError) {
      descriptor = Int32(try call("open", path) { openFile(path, flags | O_CLOEXEC) })
      self.path = path
    }

    deinit { close(descriptor) }
  }

  public func makeDirectory() throws(DiskError) {
    // Ancestors first. Most of them are there, and of the others the last one's failure says it.
    for end in path.indices.dropFirst() where path[end] == "/" {
      if mkdir(String(path[..<end]), 0o755) == 0 { try syncParent(of: path[..<end]) }
    }
    if mkdir(path, 0o755) != 0 && errno != EEXIST { throw failure("make directory", path) }
    // Also if it was there: the process that made it may have died before it came to this.
    try syncParent(of: path[...])
  }

  private func syncParent(of path: Substring) throws(DiskError) {
    let above = path.split(separator: "/").dropLast().joined(separator: "/")
    let parent = (path.hasPrefix("/") ? "/" : "./") + above
    // A parent that may not be read is somebody else's, and so was the making of this directory.
    if access(parent, R_OK) == 0 { try syncDirectory(parent) }
  }

  public func lock() throws(DiskError) {
    // The lock is the descriptor's: it vanishes with the process, also at `kill -9`.
    let file = try File(place(Self.lockName), O_RDWR | O_CREAT)
    guard flock(file.descriptor, LOCK_EX | LOCK_NB) == 0 else {
      if errno != EWOULDBLOCK { throw failure("lock", file.path) }
      throw DiskError(.locked, "\(path) is locked: another process is using it")
    }
    claim.withLock { $0 = file }
  }

  public func list() throws(DiskError) -> [String] {
    guard let directory = opendir(path) else { throw failure("read directory", path) }
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

  public func open(_ name: String) throws(DiskError) -> File {
    try File(place(name), O_RDWR | O_APPEND)
  }

  public func create(_ name: String) throws(DiskError) -> File {
    try File(place(name), O_RDWR | O_APPEND | O_CREAT | O_TRUNC)
  }

  public func size(of file: File) throws(DiskError) -> Int {
    try call("seek in", file.path) { Int(lseek(file.descriptor, 0, SEEK_END)) }
  }

  public func read(
    _ file: File, at offset: Int, into buffer: UnsafeMutableRawBufferPointer
  ) throws(DiskError) -> Int {
    var done = 0
    while done < buffer.count {
      let rest = UnsafeMutableRawBufferPointer(rebasing: buffer[done...])
      let count = try call("read", file.path) {
        pread(file.descriptor, rest.baseAddress, rest.count, off_t(offset + done))
      }
      if count == 0 { break }
      done += count
    }
    return done
  }

  public func append(_ bytes: UnsafeRawBufferPointer, to file: File) throws(DiskError) {
    var done = 0
    while done < bytes.count {
      // A write that was cut short is carried on: the next one says why.
      let rest = UnsafeRawBufferPointer(rebasing: bytes[done...])
      done += try call("write to", file.path) {
        write(file.descriptor, rest.baseAddress, rest.count)
      }
    }
  }

  public func truncate(_ file: File, to length: Int) throws(DiskError) {
    _ = try call("truncate", file.path) { Int(ftruncate(file.descriptor, off_t(length))) }
  }

  public func sync(_ file: File) throws(DiskError) {
    _ = try call("sync", file.path) { Int(flush(file.descriptor)) }
  }

  public func rename(_ name: String, to newName: String) throws(DiskError) {
    _ = try call("rename", place(name)) { Int(renameFile(place(name), place(newName))) }
  }

  /// The name is gone when this returns; the blocks are given back by another thread. For a large file
  /// that takes the system tens of milliseconds, and whoever removes one has writers waiting.
  public func remove(_ name: String) throws(DiskError) {
    // What is held open is not given back. If it cannot be opened, this only takes longer.
    let held = openFile(place(name), O_RDONLY | O_CLOEXEC)
    defer { if held >= 0 { Platform.startThread { close(Int32(held)) } } }
    _ = try call("remove", place(name)) { Int(unlink(place(name))) }
  }

  public func syncDirectory() throws(DiskError) {
    try syncDirectory(path)
  }

  private func syncDirectory(_ path: String) throws(DiskError) {
    let directory = try File(path, O_RDONLY | O_DIRECTORY)
    _ = try call("sync directory", path) { Int(fsync(directory.descriptor)) }
  }

  private func place(_ name: String) -> String { "\(path)/\(name)" }
}

/// Calls the system until no signal interrupts it: the one place where EINTR is dealt with.
private func call(
  _ operation: String, _ path: String, _ body: () -> Int
) throws(DiskError) -> Int {
  while true {
    let result = body()
    if result >= 0 { return result }
    if errno != EINTR { throw failure(operation, path) }
  }
}

/// What the last system call failed of.
private func failure(_ operation: String, _ path: String) -> DiskError {
  let code = errno
  return DiskError(
    [ENOSPC, EDQUOT, EFBIG].contains(code) ? .noSpace : .other,
    "cannot \(operation) \(path): \(String(cString: strerror(code)))")
}

// Inside the class these names mean its own methods.
private func openFile(_ path: String, _ flags: Int32) -> Int { Int(open(path, flags, 0o644)) }
private func renameFile(_ old: String, _ new: String) -> Int32 { rename(old, new) }

/// Waits until the drive itself has the file's bytes and length.
private func flush(_ descriptor: Int32) -> Int32 {
  #if canImport(Darwin)
    // fsync would leave them in the drive's cache, says its manual page.
    return fcntl(descriptor, F_FULLFSYNC)
  #else
    // Unlike fsync it does not wait for the inode's times; for the length it does.
    return fdatasync(descriptor)
  #endif
}
