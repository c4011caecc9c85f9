#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

extension PosixDisk {
  /// A file descriptor, closed with the last reference to it.
  public final class File: DiskFile, Sendable {
    let descriptor: Int32
    let name: String
    /// Where the file was when it was opened.
    let path: String
    private let directory: File?
    private let device: dev_t
    private let inode: ino_t

    /// Opens `name`, which is relative to `directory`, or to the working directory if that is nil.
    init(
      _ name: String, in directory: File?, of path: String? = nil, _ flags: Int32
    ) throws(DiskError) {
      self.name = name
      self.directory = directory
      self.path = path.map { "\($0)/\(name)" } ?? name
      let parent = directory?.descriptor ?? AT_FDCWD
      let descriptor = Int32(
        try call("open", self.path) { Int(openat(parent, name, flags | O_CLOEXEC, 0o600)) })
      var status = stat()
      guard fstat(descriptor, &status) == 0 else {
        defer { close(descriptor) }
        throw failure("look at", self.path)
      }
      self.descriptor = descriptor
      (device, inode) = (status.st_dev, status.st_ino)
    }

    deinit { close(descriptor) }

    public func size() throws(DiskError) -> Int {
      try call("seek in", path) { Int(lseek(descriptor, 0, SEEK_END)) }
    }

    public func read(
      at offset: Int, into buffer: UnsafeMutableRawBufferPointer
    ) throws(DiskError) -> Int {
      var done = 0
      while done < buffer.count {
        let rest = UnsafeMutableRawBufferPointer(rebasing: buffer[done...])
        let count = try call("read", path) {
          pread(descriptor, rest.baseAddress, rest.count, off_t(offset + done))
        }
        if count == 0 { break }
        done += count
      }
      return done
    }

    public func append(_ bytes: UnsafeRawBufferPointer) throws(DiskError) {
      var done = 0
      while done < bytes.count {
        // A write that was cut short is carried on: the next one says why.
        let rest = UnsafeRawBufferPointer(rebasing: bytes[done...])
        done += try call("write to", path) {
          write(descriptor, rest.baseAddress, rest.count)
        }
      }
    }

    public func rewrite(_ range: Range<Int>) throws(DiskError) {
      // Another descriptor: what is written to one for appending goes to the end, wherever it is to go.
      let target = try File(name, in: directory, of: directory?.path, O_WRONLY)
      var bytes = [UInt8](repeating: 0, count: range.count)
      try bytes.withUnsafeMutableBufferPointer { buffer throws(DiskError) in
        let bytes = UnsafeMutableRawBufferPointer(buffer)
        let count = try read(at: range.lowerBound, into: bytes)
        var done = 0
        while done < count {
          let rest = UnsafeRawBufferPointer(rebasing: bytes[done..<count])
          done += try call("write to", path) {
            pwrite(
              target.descriptor, rest.baseAddress, rest.count, off_t(range.lowerBound + done))
          }
        }
      }
    }

    public func truncate(to length: Int) throws(DiskError) {
      _ = try call("truncate", path) { Int(ftruncate(descriptor, off_t(length))) }
    }

    public func sync() throws(DiskError) {
      _ = try call("sync", path) { Int(flush(descriptor)) }
      try checkPath()
    }

    /// Checks that the path still leads to this very file.
    func checkPath() throws(DiskError) {
      var status = stat()
      if stat(path, &status) != 0 && errno != ENOENT { throw failure("look at", path) }
      guard status.st_dev == device, status.st_ino == inode else {
        throw DiskError(.other, "\(path) was removed, renamed or replaced while it was in use")
      }
    }
  }
}

/// Calls the system until no signal interrupts it: the one place where EINTR is dealt with.
func call(
  _ operation: String, _ path: String, _ body: () -> Int
) throws(DiskError) -> Int {
  while true {
    let result = body()
    if result >= 0 { return result }
    if errno != EINTR { throw failure(operation, path) }
  }
}

/// What the last system call failed of.
func failure(_ operation: String, _ path: String) -> DiskError {
  let code = errno
  return DiskError(
    [ENOSPC, EDQUOT, EFBIG].contains(code) ? .noSpace : .other,
    "cannot \(operation) \(path): \(String(cString: strerror(code)))")
}
