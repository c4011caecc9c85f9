import Bytes
import HTTP
import RaftSimulation

/// One client: asks one node after the other, one thing at a time.
struct Client {
  /// Keys in use at a time. Others take their place every second, because a write whose fate is not
  /// known stays on its key's mind for ever.
  static let keysAtOnce = 4

  private let number: Int
  /// Every other client soon asks another node instead: were all of them patient, all of them would
  /// wait for the one that is cut off.
  private var patience: Duration { number % 2 == 0 ? .seconds(10) : .seconds(1) }
  private let settings: Settings
  private let start: ContinuousClock.Instant
  private var connections: [ClientConnection?]
  private var operations: [ClientOperation] = []

  init(_ number: Int, _ settings: Settings, since start: ContinuousClock.Instant) {
    self.number = number
    self.settings = settings
    self.start = start
    connections = Array(repeating: nil, count: settings.nodes.count)
  }

  /// Asks until the time is over.
  mutating func run() async -> [ClientOperation] {
    var count: UInt32 = 0
    while .now - start < settings.duration {
      count += 1
      // No two writes of any two clients write the same.
      let value = UInt32(number + 1) << 24 | count
      let epoch = Int((ContinuousClock.now - start).components.seconds)
      let key = epoch * Self.keysAtOnce + .random(in: 0..<Self.keysAtOnce)
      let action: ClientOperation.Action = .random() ? .write(value) : .read
      await perform(action, on: key, at: .random(in: 0..<settings.nodes.count))
    }
    return operations
  }

  private var now: Int64 {
    let (seconds, attoseconds) = (ContinuousClock.now - start).components
    return seconds * 1_000_000 + attoseconds / 1_000_000_000_000
  }

  /// Reads every key at every node, as long as that may take: what was acknowledged and is lost
  /// shows here, though no client should have asked for it before.
  mutating func readAll(_ keys: Int, until deadline: ContinuousClock.Instant) async
    -> [ClientOperation]
  {
    for node in settings.nodes.indices {
      for key in 0..<keys {
        repeat {
          await perform(.read, on: key, at: node)
        } while operations.last.map { $0.key == key && $0.outcome != .unknown } != true
          && .now < deadline
      }
    }
    return operations
  }

  private mutating func perform(_ action: ClientOperation.Action, on key: Int, at node: Int) async {
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
    var operation = ClientOperation(key: key, action: action, start: now)
    do {
      let question = Question(action, on: key, byEtcdsAPI: .random())
      let answer = try await connection.perform(question.request, within: patience)
      operation.outcome = question.outcome(answer)
      operation.end = now
    } catch {
      connections[node] = nil
    }
    operations.append(operation)
  }

}
