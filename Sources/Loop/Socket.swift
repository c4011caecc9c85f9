public import Platform

/// Why a socket could not go on.
public enum SocketError: Error, Equatable, Sendable {
  /// The deadline set for the wait has passed.
  case timedOut
  /// This side ended it (``Socket/interrupt()``).
  case interrupted
  /// A system call failed: mostly because the peer reset the connection.
  case system(SystemError)
}

extension SocketError: CustomStringConvertible {
  /// For people, in a few words.
  public var description: String {
    switch self {
    case .timedOut: "timed out"
    case .interrupted: "interrupted"
    case .system(let error): error.description
    }
  }
}

/// A descriptor that one loop watches: non-blocking reads and writes, and waits for their turn.
///
/// A task tries first and waits only when the system has nothing for it:
///
/// ```swift
/// while try socket.read(into: buffer) == nil { try await socket.readable() }
/// ```
///
/// The loop reports each change once (edge-triggered), so the socket remembers: `mayRead` is true
/// from a report until a read takes less than it could, which proves that nothing is left. The
/// usual request therefore costs one read, not two.
///
/// Everything here belongs to the loop's thread. At most one task waits to read and one to write.
package final class Socket {
  package let descriptor: Int32
  /// Tells this socket from an earlier one with the same descriptor.
  let registration: UInt32
  /// The only loop that may use it.
  package let loop: EventLoop

  /// A read may yield something; false: it would not, wait for a report.
  private var mayRead = false
  private var mayWrite = true
  private var reader: UnsafeContinuation<Void, Never>?
  private var writer: UnsafeContinuation<Void, Never>?

  /// Not closed on this side.
  package private(set) var isOpen = true
  private var isInterrupted = false
  private var hasTimedOut = false

  /// The peer has shut down its sending side. It may still read.
  package private(set) var hasEnded = false
  /// The connection is gone both ways.
  package private(set) var isBroken = false

  /// The task that works for this socket: cancelled when the connection breaks.
  ///
  /// It is not retained: the task that sets it resets it before it ends.
  private var owner: UnsafeCurrentTask?
  /// Whether the owner has been cancelled: it stays so for good.
  package private(set) var hasCancelledOwner = false

  /// Whether the peer's shutting down its sending side cancels the owner too: for work that waits
  /// for something that may never come, on behalf of a peer that may be gone.
  package var cancelsOwnerAtEnd = false {
    didSet { if cancelsOwnerAtEnd && hasEnded { cancelOwner() } }
  }

  /// See ``expire(at:)``.
  private var deadline: UInt32 = .max

  init(_ descriptor: Int32, registration: UInt32, loop: EventLoop) {
    self.descriptor = descriptor
    self.registration = registration
    self.loop = loop
  }

  // MARK: Reading and writing

  /// Reads what is there.
  ///
  /// - Returns: the number of bytes, 0 at the end of the stream, nil when there is nothing yet.
  package func read(into buffer: UnsafeMutableRawBufferPointer) throws(SocketError) -> Int? {
    assert(loop.isCurrent)
    if !isOpen { throw .interrupted }
    do throws(SystemError) {
      guard let count = try Platform.receive(from: descriptor, into: buffer) else {
        mayRead = false
        return nil
      }
      // Less than asked for means that nothing is left, unless the end of the stream is.
      if count < buffer.count && !hasEnded && count != 0 { mayRead = false }
      return count
    } catch { throw .system(error) }
  }

  /// Writes what fits into the send buffer.
  ///
  /// - Returns: the number of bytes taken, nil when there is no room now.
  package func write(_ bytes: UnsafeRawBufferPointer) throws(SocketError) -> Int? {
    assert(loop.isCurrent)
    if !isOpen { throw .interrupted }
    do throws(SystemError) {
      guard let count = try Platform.send(bytes, through: descriptor) else {
        mayWrite = false
        return nil
      }
      if count < bytes.count { mayWrite = false }
      return count
    } catch { throw .system(error) }
  }

  /// The next connection of a listening socket, nil when there is none yet. The caller owns it.
  package func accept() throws(SocketError) -> Int32? {
    do throws(SystemError) {
      if let connection = try Platform.acceptConnection(of: descriptor) { return connection }
    } catch {
      // A client that gave up while it was queued is no failure of ours.
      if error.isConnectionAborted { return try accept() }
      throw .system(error)
    }
    mayRead = false
    return nil
  }

  // MARK: Waiting

  /// Returns when a read may yield something.
  ///
  /// If that is so already, every other task that is ready has its turn first: a peer that sends
  /// without a pause must not have the loop to itself.
  package func readable() async throws(SocketError) {
    try checkWait()
    if mayRead { return await Task.yield() }
    while !mayRead {
      try checkWait()
      await withUnsafeContinuation { reader = $0 }
    }
  }

  /// Returns when a write may take something.
  package func writable() async throws(SocketError) {
    while !mayWrite {
      try checkWait()
      await withUnsafeContinuation { writer = $0 }
    }
  }

  var isWaitingToRead: Bool { reader != nil }
  var isWaitingToWrite: Bool { writer != nil }

  private func checkWait() throws(SocketError) {
    if isInterrupted { throw .interrupted }
    if hasTimedOut { throw .timedOut }
  }

  /// Waits, like ``writable()``, for something on this side: until ``resumeWait()``, a deadline, or
  /// an end. It may also return before.
  package func waitForResumption() async throws(SocketError) {
    mayWrite = false
    // Whether there is room in the send buffer shows at the next write.
    defer { mayWrite = true }
    try await writable()
  }

  /// Ends a wait of that kind.
  package func resumeWait() {
    mayWrite = true
    resumeWriter()
  }

  /// Says that the system will report when the next write may take something; a new socket is taken
  /// to be ready.
  package func awaitWritability() {
    mayWrite = false
  }

  /// Takes the poller's report.
  package func notice(_ readiness: Readiness) {
    if readiness.contains(.broken) {
      isBroken = true
      hasEnded = true
      cancelOwner()
    } else if readiness.contains(.ended) {
      hasEnded = true
      if cancelsOwnerAtEnd { cancelOwner() }
    }
    if readiness.contains(.readable) || hasEnded {
      mayRead = true
      resumeReader()
    }
    if readiness.contains(.writable) || readiness.contains(.broken) {
      mayWrite = true
      resumeWriter()
    }
  }

  /// Lets waits end with ``SocketError/timedOut`` when this ``LoopTime/uptime`` is over, or up to a
  /// second later. `.max`: never.
  ///
  /// Costs two stores: deadlines are looked at once a second.
  package func expire(at uptime: UInt32) {
    deadline = uptime
    hasTimedOut = false
    if uptime != .max { loop.hasDeadlines = true }
  }

  /// Ends a wait that has lasted too long. Called once a second.
  func checkDeadline(at uptime: UInt32) {
    if deadline == .max { return }
    // The second in which it was set had begun already: the one in which it passes must be over.
    if uptime <= deadline {
      loop.hasDeadlines = true
      return
    }
    hasTimedOut = true
    resumeReader()
    resumeWriter()
  }

  private func resumeReader() {
    guard let waiting = reader else { return }
    reader = nil
    waiting.resume()
  }

  private func resumeWriter() {
    guard let waiting = writer else { return }
    writer = nil
    waiting.resume()
  }

  // MARK: Ending

  /// Names the calling task as the one that works for this socket; `releaseOwner` must follow
  /// before it ends.
  package func takeOwner() {
    withUnsafeCurrentTask { owner = $0 }
  }

  /// Forgets the task: nothing is cancelled from here on.
  package func releaseOwner() {
    owner = nil
  }

  private func cancelOwner() {
    hasCancelledOwner = true
    owner?.cancel()
  }

  /// Cancels the owner and ends all waits, current and future, with ``SocketError/interrupted``.
  package func interrupt() {
    isInterrupted = true
    cancelOwner()
    resumeReader()
    resumeWriter()
  }

  /// Tells the peer that nothing more will come; it can still be read from.
  package func finishSending() {
    Platform.endSending(descriptor)
  }

  /// Closes the descriptor and ends all waits. Closing twice does nothing.
  package func close() {
    guard isOpen else { return }
    isOpen = false
    isInterrupted = true
    resumeReader()
    resumeWriter()
    loop.forget(self)
    Platform.close(descriptor)
  }
}
