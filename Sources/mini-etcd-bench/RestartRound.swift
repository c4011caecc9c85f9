internal import Loop
internal import Platform

/// A server is killed and started again: how long it takes until a key can be read.
struct RestartRound: Sendable {
  let target: Target
  /// The key that is written last, and then read: when it is there, everything before it is.
  let lastKey: Int
  let valueBytes: Int
  let deadline: Duration

  struct Outcome: Sendable {
    /// From before the start until the key was read; nil if it was not.
    var time: Duration?
    /// The server's processor time until then, in seconds; nil if it is not known.
    var processorSeconds: Double?
    /// Its memory then; nil if it is not known.
    var memory: ProcessMemory?
    var failures = Failures()
  }

  func run(on loop: EventLoop) async -> Outcome {
    var outcome = Outcome()
    guard let server = target.server else {
      outcome.failures.note("it was not started by this program")
      return outcome
    }
    outcome.failures = await writeLastKey(on: loop)
    guard outcome.failures.count == 0 else { return outcome }
    server.kill()
    let start = ContinuousClock.now
    do { try server.start() } catch {
      outcome.failures.note("cannot be started again: \(error)")
      return outcome
    }
    var get = target.api.get(valueBytes: valueBytes)
    get.turn(to: lastKey)
    let found = await Probe(target, get).firstSuccess(within: StartedServer.startLimit, on: loop)
    outcome.processorSeconds = target.processorSeconds
    outcome.memory = target.memory
    if let found {
      outcome.time = found - start
    } else {
      outcome.failures.note(
        "the key written last was not there after a restart; the server "
          + (server.end?.text ?? "runs"))
    }
    return outcome
  }

  private func writeLastKey(on loop: EventLoop) async -> Failures {
    await withTaskExecutorPreference(loop) {
      var put = target.api.put(valueBytes: valueBytes)
      put.turn(to: lastKey)
      var client = LoadClient(target, deadline: deadline)
      _ = await client.ask(put, since: .now, before: .now)
      return client.finish().failures
    }
  }
}
