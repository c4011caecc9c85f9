internal import Synchronization

/// What happened, in order, noted from anywhere.
package final class Log: Sendable {
  private let noted = Mutex<[String]>([])

  package init() {}

  package var lines: [String] { noted.withLock { $0 } }
  package var count: Int { lines.count }

  package func note(_ line: String) { noted.withLock { $0.append(line) } }
}
