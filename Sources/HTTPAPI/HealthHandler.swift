internal import Bytes
public import HTTP
internal import JSON
public import Store

/// `GET /health`: whether this server can take writes, for load balancers and etcd's clients.
///
/// 200 `{"health":"true","status":"ok","time":"2026-01-02T03:04:05Z"}`, otherwise 503 with
/// `"false"` and the reason as status.
public struct HealthHandler: Handler {
  private let time: any TimeSource
  private let unavailableReason: @Sendable () -> String?

  /// - Parameter unavailableReason: returns why the server cannot take writes, or nil if it can.
  public init(time: any TimeSource, unavailableReason: @escaping @Sendable () -> String? = { nil })
  {
    self.time = time
    self.unavailableReason = unavailableReason
  }

  public func respond(to request: Request, with response: Response) async throws {
    let unavailableReason = unavailableReason()
    if unavailableReason != nil { response.status = .serviceUnavailable }
    response.contentType = .json
    response.body.append(
      unavailableReason == nil ? "{\"health\":\"true\"" : "{\"health\":\"false\"")
    response.body.append(",\"status\":")
    response.body.append(jsonString: Array((unavailableReason ?? "ok").utf8))
    response.body.append(",\"time\":\"")
    response.body.append(rfc3339: time.now.microseconds)
    response.body.append("\"}\n")
  }
}
