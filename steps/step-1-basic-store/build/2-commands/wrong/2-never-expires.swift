// It forgets that a key may expire.
// says: invariant 4: a key that is given a time to live expires
// says: expected: 7000000
// says: seen:     it never expires
struct Put {
  func apply(to space: inout KeySpace) throws(StoreError) -> [Event] {
    if path.isRoot { throw .notAFile(path) }
    return [try space.put(.file(value), at: path, expires: nil, as: .set)]
  }
}
