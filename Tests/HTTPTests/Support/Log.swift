import Synchronization

/// What happened, in order, noted from anywhere.
final class Log: Sendable {
  private let noted = Mutex<[String]>([])

  var lines: [String] { noted.withLock { $0 } }
  var count: Int { lines.count }

  func note(_ line: String) { noted.withLock { $0.append(line) } }
}
