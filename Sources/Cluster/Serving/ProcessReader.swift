import Replication
import Synchronization

/// Reads the process's figures, which asks the system and is never done on a loop.
///
/// However many ask at once, one thread reads for all of them: threads may be few (`ulimit -u`),
/// and requests are not.
final class ProcessReader: Sendable {
  private let directory: String
  private let reading = Mutex<Task<ProcessFigures, Never>?>(nil)

  /// - Parameter directory: of the process's data.
  init(in directory: String) { self.directory = directory }

  func figures() async -> ProcessFigures {
    let task = reading.withLock { reading in
      if let reading { return reading }
      let task = Task {
        let figures = await onThread { [directory] in ProcessFigures.now(in: directory) }
        self.reading.withLock { $0 = nil }
        return figures
      }
      reading = task
      return task
    }
    return await task.value
  }
}
