internal import Platform
import Synchronization

/// Gives back the blocks of removed files, one file after the other.
///
/// A snapshot makes some files needless at once. Were each given back by a thread of its own, those
/// would take the cores and the file system from the thread that writers wait for: with five files
/// of 64 MiB and more for 50 ms.
enum RemovedFiles {
  private struct State {
    var waiting: [Int32] = []
    var isAtWork = false
  }
  private static let state = Mutex(State())

  /// Closes the last descriptor of a removed file, on another thread.
  static func giveBack(_ file: Int32) {
    let isAtWork = state.withLock { state in
      state.waiting.append(file)
      defer { state.isAtWork = true }
      return state.isAtWork
    }
    if !isAtWork { Platform.startThread { while let file = next() { Platform.close(file) } } }
  }

  private static func next() -> Int32? {
    state.withLock { state in
      if state.waiting.isEmpty {
        state.isAtWork = false
        return nil
      }
      return state.waiting.removeFirst()
    }
  }
}
