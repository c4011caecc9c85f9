import Foundation

/// A pipe that a program's log goes into, and its reader's misfortunes.
final class LogPipe: Sendable {
  enum Reader: CaseIterable { case gone, stalled }

  // Sendable: a FileHandle is, and both are only closed.
  private let pipe = Pipe()

  var writingEnd: FileHandle { pipe.fileHandleForWriting }

  init() {}

  /// A pipe whose reader has had that misfortune already.
  init(_ reader: Reader) {
    happens(reader)
  }

  func happens(_ reader: Reader) {
    switch reader {
    case .gone: try? pipe.fileHandleForReading.close()
    case .stalled: fill()
    }
  }

  /// Fills the pipe: without a reader the next blocking write waits for ever.
  private func fill() {
    let descriptor = writingEnd.fileDescriptor
    let flags = fcntl(descriptor, F_GETFL)
    _ = fcntl(descriptor, F_SETFL, flags | O_NONBLOCK)
    let bytes = [UInt8](repeating: UInt8(ascii: "\n"), count: 4_096)
    while write(descriptor, bytes, bytes.count) > 0 {}
    while write(descriptor, bytes, 1) > 0 {}
    _ = fcntl(descriptor, F_SETFL, flags)
  }
}
