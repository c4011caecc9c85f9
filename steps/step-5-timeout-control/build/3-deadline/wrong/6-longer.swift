// A request may ask for more than the limit.
// says: invariant 6: a request may ask for less time, and not for more
// says: input:    ?timeout=1h
// says: expected: 408 too late
// says: seen:     no answer within 5.0 seconds; the handler: begun
private func limit(for request: Request) throws(HTTPError) -> Duration {
  guard let asked = try? request.parameter("timeout") else { return limit }
  let text = String(decoding: asked, as: UTF8.self)
  guard let duration = try? Duration(text: text) else { return limit }
  return duration
}
