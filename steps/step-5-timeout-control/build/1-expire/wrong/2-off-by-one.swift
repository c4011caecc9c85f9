// It removes one more than its limit.
// says: invariant 4: one command removes no more than its limit, and the next goes on
// says: input:    the time is 9, the limit 2
// says: expected: /b /c
// says: seen:     /b /c /e
public func apply(to space: inout KeySpace) throws(StoreError) -> [Event] {
  guard let now else { return [] }
  var events: [Event] = []
  while events.count <= limit, let path = space.nextDue(at: now) {
    events.append(try space.remove(path, as: .expire))
  }
  return events
}
