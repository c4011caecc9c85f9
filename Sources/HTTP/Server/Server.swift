public import Bytes
public import Loop
internal import Platform
internal import Synchronization

/// An HTTP/1.1 server on one port.
///
/// One task accepts connections and gives each to a loop; there a task of its own serves it
/// (``Connection``).
///
/// ```
///   listening socket ─► accept ─┬─► connection ─► receive, handler, send, receive, ...   (loop 1)
///                               └─► connection ─► receive, handler, send, receive, ...   (loop 2)
/// ```
///
/// A server's life: once made it listens, and clients may connect; ``run()`` serves them.
/// ``stop()`` lets it end: the port is given up, idle connections are closed, each other one after
/// its current answer, and when the last is closed `run` returns. ``cancel()`` does not wait for
/// handlers.
public final class Server: Sendable {
  /// How many connections a loop has before the next one gets any.
  ///
  /// A loop that serves many finds more of them ready each time it looks, and sleeps and wakes
  /// less: on two cores with the clients on them too, one loop answers half as many reads again for
  /// 64 connections as two do, while 1,000 that all have news are told by two in two thirds of the
  /// time.
  static let fullLoop = 64

  /// The port it listens on, also if the system chose it.
  public let port: UInt16

  private let acceptor: Acceptor
  private let shares: [ServerLoop]
  private let places: Places
  /// What is said about a lack of places, and of descriptors.
  private let shortages = Mutex((places: LogLimit(), descriptors: LogLimit()))
  private let log: @Sendable (LogLine) -> Void

  /// Takes a port and begins to listen, as below. Blocks while `host` is looked up, unless it is in
  /// digits.
  ///
  /// - Parameters:
  ///   - host: where to listen: an address, a name, or nothing, which means every interface.
  ///   - port: 0 lets the system choose one.
  public convenience init(
    host: String, port: UInt16, loops: [EventLoop], limits: Limits = Limits(),
    timeouts: Timeouts = Timeouts(), handler: any Handler,
    log: @escaping @Sendable (LogLine) -> Void = { print($0) },
    priority: (@Sendable (Request) -> Bool)? = nil,
    otherProtocol: (@Sendable () -> any OtherProtocol)? = nil
  ) throws(AddressError) {
    try self.init(
      on: BoundPort(host, port: port), loops: loops, limits: limits, timeouts: timeouts,
      handler: handler, log: log, priority: priority, otherProtocol: otherProtocol)
  }

  /// Begins to listen.
  ///
  /// - Parameters:
  ///   - port: where; no other server may have it.
  ///   - loops: what connections are served on; at least one.
  ///   - log: takes a line about requests that failed for a reason of the server's own, and about
  ///     what is short; of each, one per minute and loop.
  ///   - priority: whether a request is to be answered also when there are more connections than
  ///     usual: some places are kept for such. Called on the loops.
  ///   - otherProtocol: makes what answers a client of a later version of HTTP. Called on the
  ///     loops.
  public init(
    on port: BoundPort, loops: [EventLoop], limits: Limits = Limits(),
    timeouts: Timeouts = Timeouts(), handler: any Handler,
    log: @escaping @Sendable (LogLine) -> Void = { print($0) },
    priority: (@Sendable (Request) -> Bool)? = nil,
    otherProtocol: (@Sendable () -> any OtherProtocol)? = nil
  ) throws(AddressError) {
    let descriptors = Platform.raiseDescriptorLimit()
    self.log = log
    places = Places(
      limit: limits.connections, descriptors: descriptors, hasPriority: priority != nil)
    shares = loops.map {
      ServerLoop(
        loop: $0, handler: handler, priority: priority, otherProtocol: otherProtocol,
        limits: limits, budget: ByteBudget(limits, loops: loops.count), timeouts: timeouts,
        log: log)
    }
    self.port = port.port
    acceptor = Acceptor(try port.listen(keepAlive: timeouts.keepAlive), loop: loops[0])
  }

  /// Serves clients until ``stop()`` or ``cancel()``; cancelling the task that calls it does the
  /// latter.
  @concurrent public func run() async {
    await withTaskCancellationHandler {
      await acceptor.loop.run {
        await withDiscardingTaskGroup { group in
          while let (descriptor, place) = await nextConnection() {
            let share = shareForNextConnection
            share.connectionCount.add(1, ordering: .relaxed)
            group.addTask(executorPreference: share.loop) { [acceptor] in
              await share.serve(descriptor, at: place)
              await acceptor.noteClosedConnection()
            }
          }
        }
      }
    } onCancel: {
      // The one unstructured task: a cancellation handler cannot wait for the loops.
      Task { await cancel() }
    }
  }

  /// Waits for a connection, and then for a place for it.
  private func nextConnection() async -> (descriptor: Int32, place: Place)? {
    do {
      let next = try await acceptor.next { error in
        if let skipped = shortages.withLock({ $0.descriptors.admit(at: .now) }) {
          log(.warn("no_descriptor", ["reason": "\(error)", "skipped": skipped]))
        }
        _ = await closeLongestIdle()
      }
      guard let descriptor = next else { return nil }
      while !acceptor.isStopped {
        if let place = await admit() { return (descriptor, place) }
        await acceptor.pause()
      }
      Platform.close(descriptor)
      return nil
    } catch {
      log(.error("not_accepting", ["reason": "\(error)"]))
      return nil
    }
  }

  /// A place for the client that waits; nil if there is none.
  private func admit() async -> Place? {
    let count = counts.connections
    if count < places.usual { return .usual }
    if let skipped = shortages.withLock({ $0.places.admit(at: .now) }) {
      log(.warn("connections_full", ["limit": places.usual, "skipped": skipped]))
    }
    if await closeLongestIdle() { return .usual }
    return count < places.usual + places.reserved ? .reserved : nil
  }

  /// Ends the connection that has been without a request for the longest time; false if there is
  /// none.
  private func closeLongestIdle() async -> Bool {
    var longest: (share: ServerLoop, start: UInt32)?
    for share in shares {
      let longestIdle = await share.loop.run { share.longestIdle?.expendableFrom }
      guard let start = longestIdle else { continue }
      if start < longest?.start ?? .max { longest = (share, start) }
    }
    guard let share = longest?.share else { return false }
    return await share.loop.run { share.closeLongestIdle() }
  }

  /// The first loop that is not full yet; when all are, the one with the fewest connections.
  private var shareForNextConnection: ServerLoop {
    var least = (share: shares[0], count: Int.max)
    for share in shares {
      let count = share.connectionCount.load(ordering: .relaxed)
      if count < Self.fullLoop { return share }
      if count < least.count { least = (share, count) }
    }
    return least.share
  }
}

// MARK: - Ending

extension Server {
  /// Takes no new connections, closes those without a request, and lets each of the others end
  /// after its current response. Returns at once; ``run()`` returns when all have ended.
  @concurrent public func stop() async {
    await acceptor.loop.run { acceptor.stop() }
    for share in shares {
      await share.loop.run { share.stop() }
    }
  }

  /// As ``stop()``, and cancels the tasks of the handlers that still run.
  @concurrent public func cancel() async {
    await acceptor.loop.run { acceptor.stop() }
    for share in shares {
      await share.loop.run { share.cancel() }
    }
  }
}

// MARK: - Counts

/// What a server is doing, and has done.
public struct ServerCounts: Equatable, Sendable {
  /// Open connections, idle ones too.
  public var connections = 0
  /// Requests whose handler runs.
  public var runningRequests = 0
  /// Requests answered since the server was made.
  public var finishedRequests = 0
  /// Bytes set aside for requests (``Limits/requestBytes``).
  public var requestBytes = 0
}

extension Server {
  /// The current counts; from any thread. Each is exact, but they are read one after the other.
  public var counts: ServerCounts {
    var counts = ServerCounts()
    for share in shares {
      counts.connections += share.connectionCount.load(ordering: .relaxed)
      counts.runningRequests += share.runningRequests.load(ordering: .relaxed)
      counts.finishedRequests += share.finishedRequests.load(ordering: .relaxed)
      counts.requestBytes += share.requestBytes.load(ordering: .relaxed)
    }
    return counts
  }
}
