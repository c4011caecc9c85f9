internal import Platform

extension Socket {
  /// Connects to the first of a host's addresses that answers; the name is looked up off the loop.
  ///
  /// Only on `loop`. A cancellation ends it.
  ///
  /// - Parameter seconds: how long each address may take.
  /// - Throws: ``AddressError`` with what the last address said; `CancellationError`.
  package static func connect(
    to host: String, port: UInt16, within seconds: UInt32, on loop: EventLoop
  ) async throws -> Socket {
    var reason = "no address"
    for address in try await SocketAddress.resolve(host, port: port, on: loop) {
      do {
        return try await connect(to: address, within: seconds, on: loop)
      } catch {
        try Task.checkCancellation()
        reason = "\(error)"
      }
    }
    throw AddressError(host, port, reason)
  }

  private static func connect(
    to address: SocketAddress, within seconds: UInt32, on loop: EventLoop
  ) async throws -> Socket {
    let descriptor = try Platform.openSocket(address.family)
    Platform.sendAtOnce(through: descriptor)
    KeepAlive().apply(to: descriptor)
    do throws(SystemError) { try Platform.connect(descriptor, to: address) } catch {
      Platform.close(descriptor)
      throw error
    }
    let socket: Socket
    do {
      socket = try loop.adopt(descriptor)
    } catch {
      Platform.close(descriptor)
      throw error
    }
    do {
      try await socket.finishConnecting(within: seconds)
      return socket
    } catch {
      socket.close()
      throw error
    }
  }

  private func finishConnecting(within seconds: UInt32) async throws {
    awaitWritability()
    expire(at: loop.time.uptime + seconds)
    try await interruptedByCancellation { try await writable() }
    expire(at: .max)
    let code = Platform.pendingError(of: descriptor)
    if code != 0 { throw SystemError("connect", code: code) }
  }

  /// Runs `work`, and lets a cancellation of the calling task, wherever it comes from, interrupt
  /// this socket. The socket is of no use after that.
  package func interruptedByCancellation<Result>(
    _ work: () async throws -> Result
  ) async throws -> Result {
    let interruption = Interruption(socket: self)
    return try await withTaskCancellationHandler(operation: work) { interruption.perform() }
  }
}

/// Carries a socket to where a task is cancelled, and from there back to its loop.
private struct Interruption: @unchecked Sendable {
  // The socket is touched only by the task, which runs on the socket's loop.
  let socket: Socket

  func perform() {
    Task(executorPreference: socket.loop) { socket.interrupt() }
  }
}
