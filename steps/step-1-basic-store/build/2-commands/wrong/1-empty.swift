// It does nothing, and says so.
// says: invariant 1: a put writes its value, and says so with one event
// says: input:    put a new
// says: expected: event 1: set /a = new
// says: seen:     no event
func apply(to space: inout KeySpace) throws(StoreError) -> [Event] {
  return []
}
