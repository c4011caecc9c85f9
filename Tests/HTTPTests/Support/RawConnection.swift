import Foundation
import Loop

@testable import HTTP

/// A client that sends whatever bytes it likes, and reads what comes.
final class RawConnection {
  let socket: Socket
  private var input = InputBuffer()

  init(_ socket: Socket) { self.socket = socket }

  static func connect(to port: UInt16, on loop: EventLoop) async throws -> RawConnection {
    RawConnection(try await Socket.connect(to: "127.0.0.1", port: port, within: 30, on: loop))
  }

  func send(_ text: String) async throws { try await send(Array(text.utf8)) }

  func send(_ bytes: [UInt8]) async throws {
    var sent = 0
    while sent < bytes.count {
      let count = try bytes[sent...].withUnsafeBytes { try socket.write($0) }
      if let count { sent += count } else { try await socket.writable() }
    }
  }

  /// Everything up to the end of the stream.
  func receiveAll() async throws -> String {
    while try await fill() != 0 {}
    return take(input.count)
  }

  /// What comes up to and with `end`; everything if the stream ends before.
  func receive(through end: String) async throws -> String {
    let end = Array(end.utf8)
    var searched = 0
    while true {
      let fresh = input.storage[input.range].dropFirst(searched)
      if let place = fresh.firstRange(of: end) { return take(place.upperBound - input.start) }
      searched = max(0, input.count - end.count)
      if try await fill() == 0 { return take(input.count) }
    }
  }

  func receive(count: Int) async throws -> String {
    while input.count < count, try await fill() != 0 {}
    return take(min(count, input.count))
  }

  /// Receives bytes that nobody looks at.
  func skip(_ count: Int) async throws {
    var rest = count
    while true {
      let part = min(rest, input.count)
      input.drop(part)
      rest -= part
      if rest == 0 { return }
      if try await fill() == 0 { return }
    }
  }

  /// One answer with a Content-Length: its head, without the last line end, and its body.
  func receiveAnswer() async throws -> (head: String, body: String) {
    let head = try await receive(through: "\r\n\r\n")
    let lines = head.split(separator: "\r\n")
    let length = lines.compactMap { line in
      line.hasPrefix("Content-Length: ") ? Int(line.dropFirst(16)) : nil
    }.first
    return (lines.joined(separator: "\n"), try await receive(count: length ?? 0))
  }

  private func take(_ count: Int) -> String {
    let text = String(decoding: input.storage[input.range].prefix(count), as: UTF8.self)
    input.drop(count)
    return text
  }

  private func fill() async throws -> Int {
    while true {
      try await socket.readable()
      if let count = try input.receive(from: socket) { return count }
    }
  }

  /// Tells the server that nothing more will be sent.
  func finishSending() { socket.finishSending() }

  func close() { socket.close() }

  /// Breaks the connection off: the server sees a reset.
  func reset() {
    var option = linger(l_onoff: 1, l_linger: 0)
    setsockopt(
      socket.descriptor, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
    socket.close()
  }
}

// The tests' tasks all run on the loop of the sockets they share; the compiler cannot see that.
extension RawConnection: @unchecked Sendable {}
extension ClientConnection: @unchecked Sendable {}
