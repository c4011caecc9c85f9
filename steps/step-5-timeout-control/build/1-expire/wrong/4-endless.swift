// It asks what is due, and forgets to remove it.
// says: is broken: invariant 1
// says: input:    the time is 2
// says: seen:     the code does not come to an end
public func apply(to space: inout KeySpace) throws(StoreError) -> [Event] {
  guard let now else { return [] }
  var due = 0
  while due < limit, space.nextDue(at: now) != nil {
    if limit < 0 { due += 1 }
  }
  return []
}
