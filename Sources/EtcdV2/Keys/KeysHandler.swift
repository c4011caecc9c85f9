internal import HTTP
internal import JSON
internal import Store
internal import Watch

/// `/v2/keys` and everything below it: the path of a request from its bytes to its response.
///
///     request -> KeyRequest -> GET: the store                      -> node   ┐
///                              PUT, POST, DELETE: proposer, apply  -> event  ├> headers, JSON
///                              GET with wait: WatchHub             -> events ┘
///
/// Reads use this node's replica, as in etcd; `quorum=true` asks for the latest value.
struct KeysHandler: Handler {
  private let store: KeyValueStore
  private let proposer: any Proposer
  private let hub: WatchHub
  private let cluster: any ClusterView
  private let time: any TimeSource
  private let statistics: KeyStatistics
  private let eventTimes: EventTimes
  private let eventLines = EventLines()

  /// - Parameters:
  ///   - statistics: counts the requests.
  ///   - eventTimes: when events happened; it observes the store.
  init(_ services: EtcdServices, counting statistics: KeyStatistics, eventTimes: EventTimes) {
    store = services.store
    proposer = services.proposer
    hub = services.hub
    cluster = services.cluster
    time = services.time
    self.statistics = statistics
    self.eventTimes = eventTimes
  }

  func respond(to request: Request, with response: Response) async throws {
    switch request.method {
    case .get, .head, .put, .post, .delete: break
    default: return response.refuseMethod(allowing: "HEAD,GET,PUT,POST,DELETE")
    }
    response.addClusterID(of: cluster)
    response.contentType = .json
    do {
      let asked = try KeyRequest(request, path: try request.key())
      switch request.method {
      case .get where asked.waits && !asked.isQuorum:
        try await watch(asked, request, response)
      case .get, .head: try await read(asked, request.method, response)
      default: try await change(asked, by: request.method, response)
      }
    } catch let error as EtcdError {
      response.fail(with: error)
    }
  }

  // MARK: Reading

  private func read(_ asked: KeyRequest, _ method: Method, _ response: Response) async throws {
    if asked.isQuorum {
      do { try await proposer.barrier() } catch { throw EtcdError(error) }
    }
    let reading: KeyValueStore.Reading
    do {
      reading = try store.get(asked.path)
    } catch {
      statistics.getFailures.increment()
      throw EtcdError(error.error, at: error.storeIndex)
    }
    statistics.getSuccesses.increment()
    addIndexes(reading.storeIndex, to: response)
    var listing = Listing(
      reading.node, at: asked.path, recursive: asked.isRecursive, exact: asked.isExact,
      now: time.now)
    if listing.write(to: &response.body, upTo: Listing.wholeBytes) { return }
    try await send(&listing, method, response)
  }

  /// Sends the rest of a long response as fast as its reader takes it, and yields to others.
  private func send(
    _ listing: inout Listing, _ method: Method, _ response: Response
  ) async throws {
    let body = try await response.stream()
    response.body = []
    // etcd sends no length with a long response either.
    if method == .head { return body.finish() }
    var piece: [UInt8] = []
    while !listing.write(to: &piece, upTo: Listing.pieceBytes) {
      try await body.write(piece)
      piece.removeAll(keepingCapacity: true)
      // A fast reader does not make a write wait.
      await Task.yield()
    }
    body.finish(with: piece)
  }

  // MARK: Changing

  private func change(
    _ asked: KeyRequest, by method: Method, _ response: Response
  ) async throws(EtcdError) {
    let command = asked.command(for: method)
    let outcome: Outcome
    do { outcome = try await proposer.propose(command) } catch { throw EtcdError(error) }
    switch outcome.result {
    case .failure(let error):
      statistics.count(command, refusedBy: error)
      throw EtcdError(error, at: outcome.storeIndex)
    case .success(let events):
      // Each of these commands makes one event, or is refused.
      guard let event = events.first else { return }
      answer(with: event, to: asked, response)
    }
  }

  private func answer(with event: Event, to asked: KeyRequest, _ response: Response) {
    addIndexes(event.index, to: response)
    if event.action == .create || event.action == .set && event.previous == nil {
      response.status = .created
    }
    switch event.action {
    case .delete, .compareAndDelete: break
    default: if asked.omitsValue { return response.body.append(actionOf: event) }
    }
    response.body.append(event, at: time.now, showsPast: asked.asksForPast)
  }

  // MARK: Waiting

  /// Sends the head at once, so that the client knows from where on it hears of everything, then an
  /// event a line: one, or as many as there will be.
  private func watch(_ asked: KeyRequest, _ request: Request, _ response: Response) async throws {
    let watch = try beginWatch(asked)
    addIndexes(watch.storeIndex, to: response)
    request.cancelWhenClientLeaves()
    let body = try await response.stream()
    do {
      var last = try await Self.send(line(try await watch.next()), to: body)
      while asked.isStream {
        try await body.write(last)
        last = try await Self.send(line(try await watch.next()), to: body)
      }
      body.finish(with: last)
    } catch WatchError.overflowed, WatchError.stopped {
      // As in etcd, a slow reader is cut off, and so are all readers when the server stops. The
      // body ends after a whole event, and the client asks again from there.
      body.finish()
    } catch is WatchError {
      // The client has gone, or events are missing. The head has been sent, so that to break off is
      // the only way to say so.
      throw CancellationError()
    }
  }

  private func line(_ event: Event) -> EventLine {
    eventLines.line(of: event) {
      var line: [UInt8] = []
      // Watchers see the write as its client did. They may also see that it took effect only when
      // its time was over, which the event alone does not tell apart.
      let then = eventTimes.time(of: event)
      line.append(event, at: then ?? time.now, showsPast: then != nil)
      return line
    }
  }

  /// Sends all of a line but its last piece, which is returned. Only a piece at a time is copied
  /// for this watcher: the line itself is everybody's.
  private static func send(
    _ line: EventLine, to body: borrowing BodyStream
  ) async throws -> [UInt8] {
    if line.bytes.count <= Self.pieceBytes { return line.bytes }
    var sent = 0
    // The line itself is held all the time, for others to find it.
    while line.bytes.count - sent > Self.pieceBytes {
      try await body.write(Array(line.bytes[sent..<sent + Self.pieceBytes]))
      sent += Self.pieceBytes
    }
    return Array(line.bytes[sent...])
  }

  /// How much of a line is sent at once.
  private static let pieceBytes = 64 << 10

  private func beginWatch(_ asked: KeyRequest) throws -> Watch {
    let request = WatchRequest(
      asked.path, isRecursive: asked.isRecursive,
      from: asked.waitIndex == 0 ? nil : StoreIndex(asked.waitIndex), isStream: asked.isStream)
    do {
      return try hub.watch(request)
    } catch WatchError.cleared(let oldest) {
      throw EtcdError(
        .eventIndexCleared,
        Array("the requested history has been cleared [\(oldest)/\(asked.waitIndex)]".utf8),
        at: store.storeIndex)
    } catch {
      throw HTTPError(.serviceUnavailable, "the server stops")
    }
  }

  // MARK: Headers

  private func addIndexes(_ index: StoreIndex, to response: Response) {
    response.addHeader("X-Etcd-Index", index)
    response.addHeader("X-Raft-Index", Int(clamping: cluster.raftIndex.rawValue))
    response.addHeader("X-Raft-Term", Int(clamping: cluster.term.rawValue))
  }
}
