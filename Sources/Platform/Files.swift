#if canImport(Darwin)
  internal import Darwin
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Glibc
#endif

/// How a file is opened.
package struct OpenOptions: OptionSet, Sendable {
  package let rawValue: Int32
  package init(rawValue: Int32) { self.rawValue = rawValue }

  package static let readOnly = OpenOptions(rawValue: O_RDONLY)
  package static let writeOnly = OpenOptions(rawValue: O_WRONLY)
  package static let readWrite = OpenOptions(rawValue: O_RDWR)
  /// Makes the file if it is not there, for its user alone (0600).
  package static let create = OpenOptions(rawValue: O_CREAT)
  package static let truncate = OpenOptions(rawValue: O_TRUNC)
  /// Fails unless it is a directory.
  package static let directory = OpenOptions(rawValue: O_DIRECTORY)
  /// Reads and writes do not wait.
  package static let nonBlocking = OpenOptions(rawValue: O_NONBLOCK)
  /// A terminal that is opened does not become the one that sends the process its signals.
  package static let noControllingTerminal = OpenOptions(rawValue: O_NOCTTY)
}

/// Opens a file.
///
/// - Parameters:
///   - name: relative to `directory` if that is given, and otherwise to the working directory.
///   - inherited: whether a program that this process becomes or starts has it too.
/// - Returns: its descriptor, the lowest that is free.
package func openFile(
  _ name: String, _ options: OpenOptions, in directory: Int32? = nil, inherited: Bool = false
) throws(SystemError) -> Int32 {
  let flags = options.rawValue | (inherited ? 0 : O_CLOEXEC)
  return try checked("open") { openat(directory ?? AT_FDCWD, name, flags, 0o600) }
}

/// The beginning of a file.
/// - Parameter count: how many bytes at the most.
package func contents(of path: String, atMost count: Int) throws(SystemError) -> [UInt8] {
  let file = try openFile(path, .readOnly)
  defer { Platform.close(file) }
  var bytes = [UInt8](repeating: 0, count: count)
  let length = try bytes.withUnsafeMutableBufferPointer { buffer throws(SystemError) in
    var done = 0
    while done < count {
      let rest = UnsafeMutableRawBufferPointer(.init(rebasing: buffer[done...]))
      let count = try read(file, into: rest)
      if count == 0 { break }
      done += count
    }
    return done
  }
  bytes.removeLast(count - length)
  return bytes
}

/// Writes a whole file, in the place of one that is there.
package func write(_ bytes: [UInt8], toFileAt path: String) throws(SystemError) {
  let file = try openFile(path, [.writeOnly, .create, .truncate])
  defer { Platform.close(file) }
  try bytes.withUnsafeBufferPointer { bytes throws(SystemError) in
    var done = 0
    while done < bytes.count {
      let rest = UnsafeRawBufferPointer(UnsafeBufferPointer(rebasing: bytes[done...]))
      done += try write(rest, to: file, at: done)
    }
  }
}

/// Reads from a place in a file.
/// - Returns: the number of bytes, 0 at the file's end.
package func read(
  _ file: Int32, at offset: Int, into buffer: UnsafeMutableRawBufferPointer
) throws(SystemError) -> Int {
  try checked("pread") { pread(file, buffer.baseAddress, buffer.count, off_t(offset)) }
}

/// Writes at a place in a file.
/// - Returns: the number of bytes taken, which may be fewer.
package func write(
  _ bytes: UnsafeRawBufferPointer, to file: Int32, at offset: Int
) throws(SystemError) -> Int {
  try checked("pwrite") { pwrite(file, bytes.baseAddress, bytes.count, off_t(offset)) }
}

/// A file's length in bytes. Moves the place where it is read next.
package func size(of file: Int32) throws(SystemError) -> Int {
  Int(try checked("lseek") { lseek(file, 0, SEEK_END) })
}

/// Cuts a file off at `length`.
package func truncate(_ file: Int32, to length: Int) throws(SystemError) {
  try checked("ftruncate") { ftruncate(file, off_t(length)) }
}

/// Which other locks a lock on a file excludes.
package enum FileLock {
  /// Against all other locks.
  case exclusive
  /// Against exclusive ones.
  case shared
}

/// Locks a file for as long as a descriptor like this one, or a copy of it, is open. The lock goes
/// with the process, however that ends.
/// - Throws: an error that ``SystemError/wouldBlock`` if another has locked it.
package func lock(_ file: Int32, _ kind: FileLock) throws(SystemError) {
  try checked("flock") { flock(file, (kind == .exclusive ? LOCK_EX : LOCK_SH) | LOCK_NB) }
}

/// Gives a lock up, also for all copies of the descriptor.
package func unlock(_ file: Int32) {
  _ = flock(file, LOCK_UN)
}
