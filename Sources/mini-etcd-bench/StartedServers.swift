internal import Loop
internal import Platform

/// The servers of a run that this program starts, all together.
struct StartedServers: Sendable {
  private let targets: [Target]
  private let loop: EventLoop

  /// - Parameter loop: where the servers are asked whether they are ready.
  init(_ targets: [Target], on loop: EventLoop) {
    self.targets = targets.filter { $0.server != nil }
    self.loop = loop
  }

  var isEmpty: Bool { targets.isEmpty }

  /// Starts them, one after the other, and returns when all answer. If one does not, stops all.
  func start() async throws(StartError) {
    for target in targets {
      do throws(StartError) { try await start(target) } catch {
        await stop()
        throw error
      }
    }
  }

  private func start(_ target: Target) async throws(StartError) {
    guard let server = target.server else { return }
    let probe = Probe(target, target.api.ready)
    // Otherwise that server would be measured, and not the one that cannot have its port.
    if await probe.canConnect(on: loop) {
      throw StartError(target, "cannot be started: another serves there already")
    }
    do { try server.start() } catch { throw StartError(target, "cannot be started: \(error)") }
    let limit = StartedServer.startLimit
    guard await probe.firstSuccess(within: limit, on: loop) != nil else {
      let reason = server.end?.text ?? "did not answer within \(limit.components.seconds)s"
      throw StartError(target, "\(reason): \(server.command)")
    }
  }

  /// Those that have ended by themselves, which they should not have.
  var failures: Failures {
    targets.reduce(into: Failures()) { failures, target in
      guard let end = target.server?.end else { return }
      failures.note("\(target.name): the server \(end.text)")
    }
  }

  /// Stops all of them.
  func stop() async {
    for target in targets { await target.server?.stop() }
  }
}

/// Why a server could not be started.
struct StartError: Error, CustomStringConvertible {
  let description: String

  init(_ target: Target, _ reason: String) {
    description = "the server \(target.name) at \(target.endpoint.flagText) \(reason)"
  }
}
