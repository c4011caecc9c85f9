import Foundation
import Platform
import RunSupport
import Testing

@Suite(.inTurn, .timeLimit(.minutes(10))) struct FileTests {
  /// Calls `body` with an empty directory of its own.
  private func withDirectory(_ body: (String) throws -> Void) throws {
    let path = NSTemporaryDirectory() + "platform-\(UUID())"
    try makeDirectory(path, permissions: 0o700)
    defer { try? FileManager.default.removeItem(atPath: path) }
    try body(path)
  }

  private func write(_ text: String, to descriptor: Int32) throws {
    let count = try Array(text.utf8).withUnsafeBytes { try Platform.write($0, to: descriptor) }
    #expect(count == text.utf8.count)
  }

  @Test(arguments: [0, 1, 4, 5, 6]) func `the beginning of a file has no more bytes than asked for`(
    most: Int
  ) throws {
    try withDirectory { directory in
      let file = try openFile("\(directory)/f", [.writeOnly, .create])
      defer { Platform.close(file) }
      try write("12345", to: file)
      let bytes = try contents(of: "\(directory)/f", atMost: most)
      #expect(bytes == Array("12345".utf8.prefix(most)))
    }
  }

  @Test func `what cannot be read says why`() throws {
    try withDirectory { directory in
      var error = #expect(throws: SystemError.self) {
        try contents(of: directory, atMost: 1)
      }
      #expect(error?.reason == "Is a directory")
      error = #expect(throws: SystemError.self) {
        try contents(of: "\(directory)/none", atMost: 1)
      }
      #expect(error?.isNoSuchFile == true)
    }
  }

  @Test func `a file system has space, in bytes, where there is a path to it`() throws {
    try withDirectory { directory in
      // More than one block, and less than any disk has.
      let available = try availableBytes(at: directory)
      #expect((65_536..<1 << 60).contains(available))
      let error = #expect(throws: SystemError.self) { try availableBytes(at: "\(directory)/none") }
      #expect(error?.isNoSuchFile == true)
    }
  }

  @Test func `a file is reached through its directory's descriptor, wherever that is moved`() throws
  {
    try withDirectory { directory in
      try makeDirectory("\(directory)/a", permissions: 0o700)
      let parent = try openFile("\(directory)/a", [.readOnly, .directory])
      defer { Platform.close(parent) }
      #expect(rename("\(directory)/a", "\(directory)/b") == 0)
      let file = try openFile("f", [.readWrite, .create], in: parent)
      defer { Platform.close(file) }
      try write("123", to: file)
      #expect(try contents(of: "\(directory)/b/f", atMost: 9) == Array("123".utf8))
      try Platform.rename("f", to: "g", in: parent)
      #expect(try FileStatus(at: "\(directory)/b/f") == nil)
      let status = try FileStatus(of: "g", in: parent)
      #expect(status.identity == (try FileStatus(of: file)).identity)
      #expect(status.permissions == 0o600)
      #expect(status.kind == .other)
      let again = try openFile(".", [.readOnly, .directory], in: parent)
      #expect(try names(in: again) == ["g"])
      // It is closed, and its number may be another file's by now.
      let identity = try FileStatus(of: parent).identity
      #expect((try? FileStatus(of: again))?.identity != identity)
      try Platform.remove("g", in: parent)
      #expect(try FileStatus(at: "\(directory)/b/g") == nil)
    }
  }

  @Test func `a lock keeps other descriptors out until it is given up, also by a copy's holder`()
    throws
  {
    try withDirectory { directory in
      let file = try openFile("\(directory)/f", [.readWrite, .create])
      let other = try openFile("\(directory)/f", .readOnly)
      let copy = dup(file)
      defer { for descriptor in [file, other, copy] { Platform.close(descriptor) } }
      try Platform.lock(file, .exclusive)
      for kind in [FileLock.exclusive, .shared] {
        let error = #expect(throws: SystemError.self) { try lock(other, kind) }
        #expect(error?.wouldBlock == true)
      }
      Platform.unlock(copy)
      try Platform.lock(other, .shared)
      try Platform.lock(file, .shared)
    }
  }

  @Test func `bytes are read and written at their places`() throws {
    try withDirectory { directory in
      let file = try openFile("\(directory)/f", [.readWrite, .create])
      defer { Platform.close(file) }
      try write("abcdef", to: file)
      let two = Array("XY".utf8)
      let written = try two.withUnsafeBytes { try Platform.write($0, to: file, at: 2) }
      #expect(written == 2)
      var bytes = [UInt8](repeating: 0, count: 9)
      let count = try bytes.withUnsafeMutableBytes { try Platform.read(file, at: 1, into: $0) }
      #expect(count == 5)
      #expect(bytes.prefix(5) == ArraySlice("bXYef".utf8))
      try Platform.truncate(file, to: 4)
      #expect(try size(of: file) == 4)
      try syncData(file)
      try Platform.sync(file)
    }
  }
}
