import Foundation
import RunSupport
import Testing

/// A step's program as a process of its own, on a port the system chooses.
final class Program: @unchecked Sendable {
  // Sendable because a test uses one from one task at a time.
  private let process = Process()
  private let output = Pipe()
  let port: UInt16

  /// Starts it, and returns when it listens.
  init(_ name: String, _ arguments: [String]) throws {
    process.executableURL = builtPrograms.appending(path: name)
    process.arguments = ["-listen", "127.0.0.1:0"] + arguments
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    try process.run()
    var line = Data()
    while !line.contains(UInt8(ascii: "\n")) {
      let piece = output.fileHandleForReading.availableData
      if piece.isEmpty { break }
      line.append(piece)
    }
    let text = String(decoding: line, as: UTF8.self)
    let digits = text.split(separator: ":").last?.prefix(while: \.isNumber) ?? ""
    port = try #require(UInt16(digits), "\(name) does not listen: \(text)")
  }

  deinit { if process.isRunning { process.terminate() } }

  /// Ends it as a power cut would, from its own point of view.
  func kill() {
    Foundation.kill(process.processIdentifier, SIGKILL)
    process.waitUntilExit()
  }

  /// Asks it to end, and returns its status.
  func stop() -> Int32 {
    process.terminate()
    process.waitUntilExit()
    return process.terminationStatus
  }
}

/// A directory that goes when the test ends.
final class ScratchDirectory {
  let path: String
  init() throws {
    let url = FileManager.default.temporaryDirectory
      .appending(path: "mini-etcd-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    path = url.path()
  }
  deinit { try? FileManager.default.removeItem(atPath: path) }
}
