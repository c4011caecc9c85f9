internal import Bytes
public import HTTP
internal import Loop

/// A page that shows what happens while it happens: its files, and the stream that feeds it.
///
/// | request | answer |
/// | --- | --- |
/// | `GET /ui` | the page, in the language that `Accept-Language` prefers |
/// | `GET /ui/NAME` | one of its files |
/// | `GET /ui/events` | the feed as server-sent events; `?part=node` sends that part only |
///
/// The page may load nothing from other servers, and its scripts connect only to this server and to
/// those at ``origins`` (Content-Security-Policy). No other page may show it in a frame: a click
/// meant for that page could write here. Pages of those origins may read the stream, and no others.
public struct LivePage: Handler {
  private static let path = Array("/ui".utf8)

  private let files: [PageFile]
  private let feed: LiveFeed
  private let origins: @Sendable () -> [String]
  private let clock = LoopClock()

  /// - Parameter origins: the URLs of the servers that serve the same page, such as
  ///   `http://host:port`.
  public init(
    _ files: [PageFile], fedBy feed: LiveFeed, origins: @escaping @Sendable () -> [String]
  ) {
    self.files = files
    self.feed = feed
    self.origins = origins
  }

  public func respond(to request: Request, with response: Response) async throws {
    // A handler around this one lets pages of all sites read everything.
    response.removeHeaders()
    guard request.method == .get || request.method == .head else {
      response.addHeader("Allow", "GET, HEAD")
      throw HTTPError(.methodNotAllowed, "Method Not Allowed")
    }
    response.addHeader("X-Content-Type-Options", "nosniff")
    let name = request.path.dropFirst(Self.path.count)
    if name.elementsEqual("/events".utf8) { return try await sendEvents(request, response) }
    if name.elementsEqual("/".utf8) {
      response.status = .movedPermanently
      return response.addHeader("Location", "/ui")
    }
    guard let file = files.first(where: { $0.isNamed(name.dropFirst()) }) else {
      throw HTTPError(.notFound, "404 page not found")
    }
    response.contentType = file.type
    response.addHeader("Cache-Control", "no-cache")
    response.addHeader("Referrer-Policy", "no-referrer")
    let policy = PageOrigins(origins()).policy(isPage: name.isEmpty)
    response.addHeader("Content-Security-Policy", bytes: Array(policy.utf8))
    response.body = file.bytes
    if name.isEmpty {
      response.addHeader("Vary", "Accept-Language")
      if request.prefersChinese { response.body.setLanguage() }
    }
  }

  private func sendEvents(_ request: Request, _ response: Response) async throws {
    if let origin = request.header("origin") {
      guard PageOrigins(origins()).allow(origin) else {
        throw HTTPError(.forbidden, "a page of another site must not read this stream")
      }
      response.addHeader("Access-Control-Allow-Origin", bytes: Array(origin))
      response.addHeader("Vary", "Origin")
    }
    response.contentType = .events
    response.addHeader("Cache-Control", "no-store")
    if request.method == .head { return }
    let only: [UInt8]?
    do { only = try request.parameter("part") } catch {
      throw HTTPError(.badRequest, "\(error)")
    }
    guard feed.enter() else {
      throw HTTPError(.serviceUnavailable, "\(feed.limits.viewers) pages are open already")
    }
    defer { feed.leave() }
    request.cancelWhenClientLeaves()
    try await feed.send(only: only, as: try await response.stream(), by: clock)
  }
}

extension LiveFeed {
  /// Sends a viewer what changes, until it leaves, is too slow, or the feed is closed.
  fileprivate func send(
    only: [UInt8]?, as body: consuming BodyStream, by clock: LoopClock
  ) async throws {
    var viewer = Viewer(only: only, heartbeat: limits.heartbeat)
    while !isClosed {
      let message = news(for: &viewer)
      if !message.isEmpty {
        let start = clock.now
        try await body.write(message)
        // Thrown after the head was sent, this breaks the connection off.
        if clock.now - start > limits.patience { throw CancellationError() }
      }
      try await clock.sleep(for: limits.interval)
    }
    body.finish()
  }
}

extension PageFile {
  fileprivate func isNamed(_ other: ArraySlice<UInt8>) -> Bool { other.span.equals(name) }
}

extension Request {
  /// Whether the first language of those it names that the page has is Chinese. Browsers list them
  /// in order of preference.
  fileprivate var prefersChinese: Bool {
    let languages = (header("accept-language") ?? []).split(separator: UInt8(ascii: ","))
    for language in languages {
      let word = language.drop { $0 == UInt8(ascii: " ") }.prefix(2)
      if word.span.equals(ignoringCase: "zh") { return true }
      if word.span.equals(ignoringCase: "en") { return false }
    }
    return false
  }
}

extension [UInt8] {
  /// Says that the page is to be shown in Chinese: its script reads this attribute.
  fileprivate mutating func setLanguage() {
    let english = Array("<html lang=\"en\">".utf8)
    guard let place = firstRange(of: english) else { return }
    replaceSubrange(place, with: Array("<html lang=\"zh\">".utf8))
  }
}
