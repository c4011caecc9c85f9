// Nothing ever expires.
// says: invariant 1: what is due is removed, each with an event of its own, and nothing else
// says: input:    the time is 2
// says: expected: /b
// says: seen:     nothing
struct Expire {
  public func apply(to space: inout KeySpace) throws(StoreError) -> [Event] {
    return []
  }
}
