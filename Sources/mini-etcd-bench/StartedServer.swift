internal import Platform
import Synchronization

/// A server that this program starts by a command, may kill and start again, and stops at the end.
final class StartedServer: Sendable {
  /// What a shell is given, after `exec`.
  let command: String

  private struct State {
    /// Nil before the start and after the end.
    var process: Int32?
    /// How it ended by itself.
    var end: ProcessEnd?
    /// It is to be stopped for good.
    var isClosed = false
  }
  private let state = Mutex(State())

  /// How long a server may take until it answers.
  static let startLimit = Duration.seconds(120)
  /// How long it may take to stop when it is asked to; then it is killed.
  static let stopLimit = Duration.seconds(10)

  init(command: String) { self.command = command }

  /// The id of the process that runs.
  var process: Int? { state.withLock { $0.process.map(Int.init) } }

  /// How it ended, if it did so by itself.
  var end: ProcessEnd? {
    state.withLock { state in
      if let process = state.process, let end = Platform.endOfChild(process) {
        state.process = nil
        state.end = end
      }
      return state.end
    }
  }

  /// Starts it. What it prints goes to standard error: standard output is for the results.
  func start() throws(SystemError) {
    try state.withLock { state throws(SystemError) in
      guard !state.isClosed else { return }
      state.end = nil
      state.process = try Platform.startChild(running: "exec 1>&2; exec \(command)")
    }
  }

  /// Ends it as a power cut would, from its own point of view, and returns when it is gone.
  func kill() {
    state.withLock { state in
      guard let process = state.process else { return }
      Platform.send(.kill, toChild: process)
      _ = Platform.waitForEnd(ofChild: process)
      state.process = nil
    }
  }

  /// Has it stop in good order, and kills it if it does not. It cannot be started after that.
  func stop() async {
    state.withLock { state in
      state.isClosed = true
      if let process = state.process { Platform.send(.terminate, toChild: process) }
    }
    let limit = ContinuousClock.now + Self.stopLimit
    while process != nil, end == nil, ContinuousClock.now < limit {
      try? await Task.sleep(for: .milliseconds(10))
    }
    kill()
  }
}

extension ProcessEnd {
  /// After "the server".
  var text: String {
    switch self {
    case .exit(let status): "ended with status \(status)"
    case .signal(let number): "was ended by signal \(number)"
    }
  }
}
