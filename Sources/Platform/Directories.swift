#if canImport(Darwin)
  internal import Darwin
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Glibc
#endif

/// Makes a directory, whose parent must exist.
package func makeDirectory(_ path: String, permissions: UInt16) throws(SystemError) {
  try checked("mkdir") { mkdir(path, mode_t(permissions)) }
}

/// Renames a file within a directory. A file that has the new name is replaced.
package func rename(
  _ name: String, to newName: String, in directory: Int32
) throws(SystemError) {
  try checked("renameat") { renameat(directory, name, directory, newName) }
}

/// Removes a file from a directory.
package func remove(_ name: String, in directory: Int32) throws(SystemError) {
  try checked("unlinkat") { unlinkat(directory, name, 0) }
}

/// The names of the files in a directory, in no order; neither `.` nor `..` is among them.
/// - Parameter directory: a descriptor from which nothing was read; it is closed.
package func names(in directory: Int32) throws(SystemError) -> [String] {
  guard let stream = fdopendir(directory) else {
    defer { Platform.close(directory) }
    throw SystemError("fdopendir")
  }
  defer { closedir(stream) }
  var names: [String] = []
  while true {
    // The end, too, is told by nil.
    errno = 0
    guard let entry = readdir(stream) else {
      if errno != 0 { throw SystemError("readdir") }
      return names.filter { $0 != "." && $0 != ".." }
    }
    withUnsafeBytes(of: &entry.pointee.d_name) { name in
      names.append(String(decoding: name.prefix { $0 != 0 }, as: UTF8.self))
    }
  }
}

/// Whether this user may list a directory, or read a file.
package func mayRead(_ path: String) -> Bool {
  access(path, R_OK) == 0
}

/// How many bytes the file system of a path still takes from a user without privileges.
package func availableBytes(at path: String) throws(SystemError) -> UInt64 {
  var figures = statvfs()
  try checked("statvfs") { statvfs(path, &figures) }
  let (bytes, overflows) = UInt64(figures.f_bavail)
    .multipliedReportingOverflow(by: UInt64(figures.f_frsize))
  return overflows ? .max : bytes
}

/// What the system knows of a file.
package struct FileStatus: Sendable {
  /// What it is, as far as writing to it differs.
  package enum Kind {
    case pipe, terminalOrDevice, socket, other
  }

  /// Two files with the same pair are one.
  package struct Identity: Hashable, Sendable {
    let device: UInt64
    let inode: UInt64
  }

  package let identity: Identity
  package let kind: Kind
  /// Who may do what, `0o7777` at the most.
  package let permissions: UInt16

  /// Of an open file.
  package init(of descriptor: Int32) throws(SystemError) {
    var status = stat()
    try checked("fstat") { fstat(descriptor, &status) }
    self.init(status)
  }

  /// Of the file to which a path leads; nil if there is none.
  package init?(at path: String) throws(SystemError) {
    var status = stat()
    do throws(SystemError) { try checked("stat") { stat(path, &status) } } catch {
      if error.isNoSuchFile { return nil }
      throw error
    }
    self.init(status)
  }

  /// Of a file in a directory, which is itself called `.`.
  package init(of name: String, in directory: Int32) throws(SystemError) {
    var status = stat()
    try checked("fstatat") { fstatat(directory, name, &status, 0) }
    self.init(status)
  }

  private init(_ status: stat) {
    identity = Identity(
      device: UInt64(truncatingIfNeeded: status.st_dev), inode: UInt64(status.st_ino))
    kind =
      switch status.st_mode & S_IFMT {
      case S_IFIFO: .pipe
      case S_IFCHR: .terminalOrDevice
      case S_IFSOCK: .socket
      default: .other
      }
    permissions = UInt16(status.st_mode & 0o7777)
  }
}
