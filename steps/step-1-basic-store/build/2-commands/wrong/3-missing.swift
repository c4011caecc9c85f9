// It removes without looking first: a missing key becomes an error.
// says: invariant 6: to delete what is not there is no error and no event
// says: input:    delete a
// says: expected: no event
// says: seen:     the error 'key not found: /a'
struct Delete {
  func apply(to space: inout KeySpace) throws(StoreError) -> [Event] {
    return [try space.remove(path, as: .delete)]
  }
}
