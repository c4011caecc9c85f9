// It removes whatever is there, a directory with all it holds as well.
// says: invariant 7: a delete never removes a directory
// says: input:    put a/b old; delete a
// says: expected: the error '/a is a directory'
// says: seen:     event 2: delete /a
struct Delete {
  func apply(to space: inout KeySpace) throws(StoreError) -> [Event] {
    guard case .some = try? space.find(path) else { return [] }
    return [try space.remove(path, as: .delete)]
  }
}
