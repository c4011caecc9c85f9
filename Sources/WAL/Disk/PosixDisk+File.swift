import Platform

extension PosixDisk {
  /// A file descriptor, closed with the last reference to it.
  public final class File: DiskFile, Sendable {
    let descriptor: Int32
    let name: String
    /// Where the file was when it was opened.
    let path: String
    let identity: FileStatus.Identity

    /// Opens `name`, which is relative to `directory`, or to the working directory if that is nil.
    init(
      _ name: String, in directory: File?, of path: String? = nil, _ options: OpenOptions
    ) throws(DiskError) {
      self.name = name
      self.path = path.map { "\($0)/\(name)" } ?? name
      let descriptor = try call(
        "open", self.path, Platform.openFile(name, options, in: directory?.descriptor))
      do throws(SystemError) {
        identity = try FileStatus(of: descriptor).identity
      } catch {
        Platform.close(descriptor)
        throw DiskError("look at", self.path, error)
      }
      self.descriptor = descriptor
    }

    deinit { Platform.close(descriptor) }

    public func size() throws(DiskError) -> Int {
      try call("seek in", path, Platform.size(of: descriptor))
    }

    public func read(
      at offset: Int, into buffer: UnsafeMutableRawBufferPointer
    ) throws(DiskError) -> Int {
      var done = 0
      while done < buffer.count {
        let rest = UnsafeMutableRawBufferPointer(rebasing: buffer[done...])
        let count = try call("read", path, Platform.read(descriptor, at: offset + done, into: rest))
        if count == 0 { break }
        done += count
      }
      return done
    }

    public func write(_ bytes: UnsafeRawBufferPointer, at offset: Int) throws(DiskError) {
      var done = 0
      while done < bytes.count {
        // A write that was cut short is carried on: the next one says why.
        let rest = UnsafeRawBufferPointer(rebasing: bytes[done...])
        done += try call(
          "write to", path, Platform.write(rest, to: descriptor, at: offset + done))
      }
    }

    public func rewrite(_ range: Range<Int>) throws(DiskError) {
      var bytes = [UInt8](repeating: 0, count: range.count)
      let count = try bytes.withUnsafeMutableBufferPointer { bytes throws(DiskError) in
        try read(at: range.lowerBound, into: UnsafeMutableRawBufferPointer(bytes))
      }
      bytes.removeLast(bytes.count - count)
      try write(bytes, at: range.lowerBound)
    }

    public func truncate(to length: Int) throws(DiskError) {
      try call("truncate", path, Platform.truncate(descriptor, to: length))
    }

    public func sync() throws(DiskError) {
      try call("sync", path, Platform.syncData(descriptor))
      try checkPath()
    }

    /// Checks that the path still leads to this very file.
    func checkPath() throws(DiskError) {
      let status = try call("look at", path, FileStatus(at: path))
      guard status?.identity == identity else {
        throw DiskError(.other, "\(path) was removed, renamed or replaced while it was in use")
      }
    }
  }
}

/// Calls the system, and says of a failure what was to be done, and to what.
func call<Result>(
  _ operation: String, _ path: String, _ body: @autoclosure () throws(SystemError) -> Result
) throws(DiskError) -> Result {
  do throws(SystemError) { return try body() } catch { throw DiskError(operation, path, error) }
}

extension DiskError {
  /// What the system says of `operation`.
  init(_ operation: String, _ path: String, _ error: SystemError) {
    self.init(
      error.isLackOfSpace ? .noSpace : .other, "cannot \(operation) \(path): \(error.reason)")
  }
}
