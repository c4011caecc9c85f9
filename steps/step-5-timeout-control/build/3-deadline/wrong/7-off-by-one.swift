// No time at all counts as a time.
// says: invariant 7: a time that is none is refused, and the handler is not asked
// says: input:    ?timeout=0s
// says: expected: 400 invalid timeout "0s": must be more than zero
private func limit(for request: Request) throws(HTTPError) -> Duration {
  let asked: [UInt8]?
  do { asked = try request.parameter("timeout") } catch {
    throw HTTPError(.badRequest, "\(error)")
  }
  guard let asked else { return limit }
  let text = String(decoding: asked, as: UTF8.self)
  do throws(InvalidText) {
    let duration = try Duration(text: text)
    guard duration >= .zero else { throw InvalidText("must be more than zero") }
    return min(duration, limit)
  } catch {
    throw HTTPError(.badRequest, "invalid timeout \(text.debugDescription): \(error.reason)")
  }
}
