import HTTP
import Loop
import Pages
import ServingSupport
import Synchronization

/// A source of two parts: one differs at each reading, the other when it is told to.
final class Numbers: LiveSource {
  let readings = Atomic(0)
  let slow = Atomic(0)
  var milliseconds: Int64 { 7 }

  func readParts() -> [LivePart] {
    let count = readings.add(1, ordering: .relaxed).newValue
    return [
      LivePart("fast", Array("\(count)".utf8)),
      LivePart("slow", Array("\(slow.load(ordering: .relaxed))".utf8)),
    ]
  }
}

/// A source that soon has told more than a viewer that does not read can be sent.
final class Torrent: LiveSource {
  private let count = Atomic(0)
  var milliseconds: Int64 { 0 }

  func readParts() -> [LivePart] {
    let count = count.add(1, ordering: .relaxed).newValue
    return [LivePart("water", Array(repeating: 0x30 + UInt8(count % 10), count: 1 << 20))]
  }
}

extension LiveFeed.Limits {
  /// Without waits between two readings; one heartbeat only.
  static var quick: LiveFeed.Limits {
    var limits = LiveFeed.Limits()
    limits.interval = .milliseconds(1)
    limits.heartbeat = .seconds(1_000)
    return limits
  }
}

/// Reads a stream of events.
final class EventReader: @unchecked Sendable {
  // Sendable because it is used on the loop only, by one task.
  private let loop: EventLoop
  private let connection: ClientConnection
  private var received: [UInt8] = []

  @concurrent init(_ serving: Serving, query: String = "") async throws {
    loop = serving.loop
    nonisolated(unsafe) let made = try await loop.run {
      let connection = try await ClientConnection.connect(
        to: "127.0.0.1", port: serving.server.port, within: Serving.patience)
      connection.expire(after: Serving.patience)
      try await connection.send(ClientRequest(.get, "/ui/events\(query)"))
      let head = try await connection.receiveHead()
      guard head.status == .ok else { throw Refused(status: head.status.rawValue) }
      nonisolated(unsafe) let result = connection
      return result
    }
    connection = made
  }

  struct Refused: Error { let status: Int }

  /// The next event: its name and its data; empty at the stream's end.
  @concurrent func next() async throws -> String {
    try await loop.run {
      let end = Array("\n\n".utf8)
      while true {
        if let range = self.received.firstRange(of: end) {
          let event = String(decoding: self.received[..<range.lowerBound], as: UTF8.self)
          self.received.removeSubrange(..<range.upperBound)
          let lines = event.split(separator: "\n")
          return lines.map { $0.drop { $0 != " " }.dropFirst() }.joined(separator: " ")
        }
        guard let piece = try await self.connection.nextPiece() else { return "" }
        self.received += piece
      }
    }
  }

  @concurrent func close() async { await loop.run { self.connection.close() } }
}

extension Serving {
  /// Asks with a further header; returns head and body.
  @concurrent func head(
    _ target: String, _ method: HTTP.Method = .get, header: String = ""
  ) async throws -> ClientResponse {
    try await loop.run {
      let connection = try await ClientConnection.connect(
        to: "127.0.0.1", port: server.port, within: Serving.patience)
      defer { connection.close() }
      var request = ClientRequest(method, target)
      if let colon = header.firstIndex(of: ":") {
        request.addHeader(
          name: Array(header[..<colon].utf8),
          value: Array(header[colon...].dropFirst(2).utf8).filter { $0 > 13 })
      }
      return try await connection.perform(request, within: Serving.patience)
    }
  }
}

extension ClientResponse {
  func text(_ name: StaticString) -> String? {
    header(name).map { String(decoding: $0, as: UTF8.self) }
  }
}
