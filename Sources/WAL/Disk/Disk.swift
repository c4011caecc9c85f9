/// The few file operations a journal needs, on the files of one directory.
///
/// They are a protocol so that a test can pull the plug: the journal is the same code over
/// ``PosixDisk`` and over a simulated disk that forgets whatever was not synced. What a journal may
/// rely on is therefore written down here, and it is little:
///
/// | after | survives a power cut |
/// | --- | --- |
/// | `write`, `rewrite`, `truncate` | nothing, or all of it, or any of its sectors |
/// | `sync` | the file's length and what was written to it since the last `sync`, if the file has a durable name |
/// | `create`, `rename`, `remove` | the old directory entry or the new one |
/// | `syncDirectory` | the new directory entries |
///
/// After an operation other than `write` has failed, or `write` has failed for another reason than
/// lack of space, nothing may be assumed of the disk. In particular a `sync` that fails must
/// not be tried again: the kernel may have marked the pages clean, so that the second one succeeds
/// with the data lost. The next process may: it finds in memory what the disk has not, and
/// therefore writes again what it cannot prove to be there, with `rewrite`.
///
/// All files are in one directory, which is the same from the first operation on, wherever it is
/// moved.
/// `sync` and `syncDirectory` fail once it, or the file, is no longer found where it was.
///
/// File names are plain: no slash, and `.` and `..` are not among them.
public protocol Disk {
  /// Makes the directory, durably, if it is not there.
  func makeDirectory() throws(DiskError)

  /// Claims the directory until this process ends or the disk is given up.
  ///
  /// The claim must not outlive the process, however it ends.
  /// - Throws: a ``DiskError`` of reason `locked` if another holds it.
  func lock() throws(DiskError)

  /// The names of all files in the directory, in no order.
  func list() throws(DiskError) -> [String]

  /// Opens a file for reading that is there.
  func open(_ name: String) throws(DiskError) -> any DiskFile

  /// Opens a file for reading and writing that is there.
  func openForWriting(_ name: String) throws(DiskError) -> any DiskFile

  /// Opens a file for reading and writing that is empty, whether or not it was there.
  func create(_ name: String) throws(DiskError) -> any DiskFile

  /// Gives a file another name, in one step, in place of the file that had it.
  func rename(_ name: String, to newName: String) throws(DiskError)

  /// Removes a file.
  func remove(_ name: String) throws(DiskError)

  /// Returns once all that was created, renamed and removed is durable.
  func syncDirectory() throws(DiskError)

  /// This disk for another thread, which may read from it while this one does; nil, as by default,
  /// if only one thread at a time may use it. Simulated disks are so, and each run of a simulation
  /// is like the one before.
  var forAnotherThread: (any Disk & Sendable)? { get }
}

extension Disk {
  public var forAnotherThread: (any Disk & Sendable)? { nil }
}

/// An open file of a ``Disk``. It is closed with the last reference to it.
public protocol DiskFile: AnyObject {
  /// Its length in bytes.
  func size() throws(DiskError) -> Int

  /// Reads into `buffer` from `offset` on.
  /// - Returns: how many bytes; fewer than asked only at the file's end.
  func read(
    at offset: Int, into buffer: UnsafeMutableRawBufferPointer
  ) throws(DiskError) -> Int

  /// Writes all of `bytes` from `offset` on, which is not beyond the file's end: over what is
  /// there, and the file grows by the rest. When it throws, it may have written a part.
  func write(_ bytes: UnsafeRawBufferPointer, at offset: Int) throws(DiskError)

  /// Writes again, in place, what the file holds in `range`: the next `sync` then makes it durable
  /// even if one before has failed. The file has its name of when it was opened.
  func rewrite(_ range: Range<Int>) throws(DiskError)

  /// Cuts it off at `length`, which is not beyond its end.
  func truncate(to length: Int) throws(DiskError)

  /// Returns once its bytes and its length are durable.
  func sync() throws(DiskError)
}

extension DiskFile {
  /// Writes all of `bytes` from `offset` on. When it throws, it may have written a part.
  func write(_ bytes: [UInt8], at offset: Int) throws(DiskError) {
    try bytes.span.bytes.withUnsafeBytes { bytes throws(DiskError) in
      try write(bytes, at: offset)
    }
  }

  /// All its bytes.
  func readAll() throws(DiskError) -> [UInt8] {
    let size = try size()
    var failure: DiskError?
    let bytes = [UInt8](unsafeUninitializedCapacity: size) { bytes, count in
      do throws(DiskError) {
        count = try read(at: 0, into: UnsafeMutableRawBufferPointer(bytes))
      } catch {
        failure = error
      }
    }
    if let failure { throw failure }
    return bytes
  }
}

/// Why a file operation failed.
public struct DiskError: Error, Hashable, Sendable {
  /// What callers distinguish.
  public enum Reason: Hashable, Sendable {
    /// The disk or the quota is full, or the file has the size the process is limited to.
    case noSpace
    /// Another process has claimed the directory.
    case locked
    case other
  }

  public let reason: Reason
  /// What was tried and what the system said, for people.
  public let description: String

  public init(_ reason: Reason, _ description: String) {
    self.reason = reason
    self.description = description
  }
}

extension DiskError: CustomStringConvertible {}
