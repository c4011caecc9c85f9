import HTTP
import JSON
import Options
import RaftSimulation

/// One client: asks one node after the other, one thing at a time.
struct Client {
  /// Keys in use at a time. Others take their place every second, because a write whose fate is not
  /// known stays on its key's mind for ever.
  static let keysAtOnce = 4

  private let number: Int
  private let settings: Settings
  private let start: ContinuousClock.Instant
  private var connections: [ClientConnection?]
  private var operations: [Operation] = []

  init(_ number: Int, _ settings: Settings, since start: ContinuousClock.Instant) {
    self.number = number
    self.settings = settings
    self.start = start
    connections = Array(repeating: nil, count: settings.nodes.count)
  }

  mutating func run() async -> [Operation] {
    var count: UInt32 = 0
    while .now - start < settings.duration {
      count += 1
      // No two writes of any two clients write the same.
      let value = UInt32(number + 1) << 24 | count
      let epoch = Int((ContinuousClock.now - start).components.seconds)
      let key = epoch * Self.keysAtOnce + .random(in: 0..<Self.keysAtOnce)
      let action: Operation.Action = .random() ? .write(value) : .read
      await perform(action, on: key, at: .random(in: 0..<settings.nodes.count))
    }
    return operations
  }

  private var now: Int64 {
    let (seconds, attoseconds) = (ContinuousClock.now - start).components
    return seconds * 1_000_000 + attoseconds / 1_000_000_000_000
  }

  private mutating func perform(_ action: Operation.Action, on key: Int, at node: Int) async {
    do {
      if connections[node]?.isOpen != true {
        connections[node] = nil
        let address = settings.nodes[node]
        connections[node] = try await ClientConnection.connect(
          to: address.host, port: address.port, within: .seconds(1))
      }
    } catch {
      // Nothing was asked. Not at once again: the node is down.
      try? await Task.sleep(for: .milliseconds(20))
      return
    }
    guard let connection = connections[node] else { return }
    var operation = Operation(key: key, action: action, start: now)
    do {
      let answer = try await connection.perform(request(action, on: key), within: .seconds(10))
      operation.outcome = Self.outcome(of: action, answer)
      operation.end = now
    } catch {
      connections[node] = nil
    }
    operations.append(operation)
  }

  private func request(_ action: Operation.Action, on key: Int) -> ClientRequest {
    guard case .write(let value) = action else {
      return ClientRequest(.get, "/get?key=fault/\(key)")
    }
    return ClientRequest(
      .post, "/put", body: Array(#"{"key":"fault/\#(key)","value":"\#(value)"}"#.utf8))
  }

  /// An error says that nobody knows, whatever else it says.
  private static func outcome(
    of action: Operation.Action, _ answer: ClientResponse
  ) -> Operation.Outcome {
    guard answer.status == .ok else { return .unknown }
    guard case .read = action else { return .written(true) }
    guard let value = try? JSONDocument(answer.body).root["value"]?.string else { return .unknown }
    return .read(UInt32(value) ?? 0)
  }
}
