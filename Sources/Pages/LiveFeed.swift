internal import Bytes
internal import Synchronization

/// What a live page shows, in parts: each is JSON without a newline.
public protocol LiveSource: Sendable {
  /// The parts as they are now, always the same ones in the same order.
  ///
  /// Called on an event loop, at most once per ``LiveFeed/Limits/interval``, and only while a page
  /// is open. Must not block.
  func readParts() -> [LivePart]

  /// The current time in milliseconds, which pages are told once per second.
  var milliseconds: Int64 { get }
}

/// One part of what a page shows.
public struct LivePart: Sendable {
  /// The event's name in the stream.
  let name: StaticString
  public let json: [UInt8]

  public init(_ name: StaticString, _ json: [UInt8]) {
    self.name = name
    self.json = json
  }
}

/// Reads a source for all pages that are open, and tells each what has changed.
///
/// It has no task of its own: the viewers' tasks read the source, whichever comes first once the
/// interval is over. So nothing is computed while no page is open. A viewer that falls behind skips
/// what it has missed, and is told only the latest state.
public final class LiveFeed: Sendable {
  /// How much a feed does, and for how many.
  public struct Limits: Sendable {
    /// More viewers than this are refused with 503.
    public var viewers = 32
    /// The time between two readings of the source.
    public var interval = Duration.milliseconds(100)
    /// The time between two messages that only say what time it is.
    public var heartbeat = Duration.seconds(1)
    /// A viewer that takes longer than this for one message is dropped. One that reads nothing at
    /// all is dropped by the server (``HTTP/Timeouts/unread``).
    public var patience = Duration.seconds(5)

    public init() {}
  }

  let limits: Limits
  private let source: any LiveSource
  private let state = Mutex(State())

  private struct State {
    var viewers = 0
    var isClosed = false
    var isReading = false
    var lastReading: ContinuousClock.Instant?
    var parts: [(part: LivePart, version: Int)] = []

    mutating func take(_ new: [LivePart]) {
      isReading = false
      for (place, part) in new.enumerated() {
        if place == parts.count {
          parts.append((part, 1))
        } else if parts[place].part.json != part.json {
          parts[place] = (part, parts[place].version + 1)
        }
      }
    }
  }

  public init(_ source: any LiveSource, limits: Limits = Limits()) {
    self.source = source
    self.limits = limits
  }

  /// How many pages are open.
  public var viewerCount: Int { state.withLock { $0.viewers } }

  /// Ends all streams within one interval, and refuses new ones: the server stops.
  public func close() { state.withLock { $0.isClosed = true } }

  var isClosed: Bool { state.withLock { $0.isClosed } }

  /// Lets a viewer in; false if there are too many, or the feed is closed.
  func enter() -> Bool {
    state.withLock { state in
      if state.isClosed || state.viewers >= limits.viewers { return false }
      state.viewers += 1
      return true
    }
  }

  func leave() { state.withLock { $0.viewers -= 1 } }

  /// Reads the source if that is due, and returns what `viewer` has not been told.
  func news(for viewer: inout Viewer) -> [UInt8] {
    let now = ContinuousClock.now
    if claimReading(at: now) {
      // Outside the lock: the others go on with what was read before.
      let parts = source.readParts()
      state.withLock { $0.take(parts) }
    }
    var message: [UInt8] = []
    let parts = state.withLock { $0.parts }
    for (place, (part, version)) in parts.enumerated() where viewer.wants(part.name) {
      while viewer.versions.count <= place { viewer.versions.append(0) }
      if viewer.versions[place] == version { continue }
      viewer.versions[place] = version
      message.append(event: part.name, part.json)
    }
    if now - viewer.lastHeartbeat >= limits.heartbeat {
      viewer.lastHeartbeat = now
      var time: [UInt8] = []
      time.append(decimal: source.milliseconds)
      message.append(event: "time", time)
    }
    return message
  }

  private func claimReading(at now: ContinuousClock.Instant) -> Bool {
    state.withLock { state in
      if state.isReading { return false }
      if let last = state.lastReading, now - last < limits.interval { return false }
      state.isReading = true
      state.lastReading = now
      return true
    }
  }
}

/// What one open page has been told.
struct Viewer {
  /// The only part it wants; nil for all.
  let only: [UInt8]?
  fileprivate var versions: [Int] = []
  fileprivate var lastHeartbeat: ContinuousClock.Instant

  /// - Parameter heartbeat: the first message also says what time it is.
  init(only: [UInt8]?, heartbeat: Duration) {
    self.only = only
    lastHeartbeat = .now - heartbeat
  }

  func wants(_ name: StaticString) -> Bool { only.map { $0.span.equals(name) } ?? true }
}

extension [UInt8] {
  /// An event as a browser's EventSource reads it (WHATWG HTML, 9.2.6).
  fileprivate mutating func append(event name: StaticString, _ data: [UInt8]) {
    append("event: ")
    append(name)
    append("\ndata: ")
    append(contentsOf: data)
    append("\n\n")
  }
}
