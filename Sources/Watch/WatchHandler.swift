internal import Bytes
public import HTTP
internal import HTTPAPI
internal import JSON
internal import Store

/// `GET /watch?key=K`: waits until K changes, then answers `{"key":K,"value":V}`; V is empty when K
/// was deleted.
///
/// The response is sent only when the wait ends: 200, or 503 when the server stops.
public struct WatchHandler: Handler {
  private let hub: WatchHub

  public init(_ hub: WatchHub) { self.hub = hub }

  public func respond(to request: Request, with response: Response) async throws {
    let key = try request.key()
    let path = try filePath(of: key)
    let event: Event
    do throws(WatchError) {
      let watch = try hub.watch(WatchRequest(path))
      request.cancelWhenClientLeaves()
      event = try await watch.next()
    } catch {
      switch error {
      case .cancelled: throw CancellationError()
      case .stopped: throw HTTPError(.serviceUnavailable, "the server stops")
      case .cleared, .overflowed, .interrupted:
        throw HTTPError(.serviceUnavailable, "events were missed; read the key and watch again")
      }
    }
    response.contentType = .json
    response.body.append("{\"key\":")
    response.body.append(jsonString: key)
    response.body.append(",\"value\":")
    // If a directory was removed with the key in it, the event's path is not the key's.
    response.body.append(jsonString: event.path == path ? event.node?.value ?? [] : [])
    response.body.append("}\n")
  }
}
