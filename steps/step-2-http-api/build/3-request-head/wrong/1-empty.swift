// It waits for more, for ever.
// says: invariant 1: a request line has a method, a target and a version
// says: expected: GET /a, version 1.1, 1 header, 28 bytes
// says: seen:     not complete
package mutating func parse(_ bytes: Span<UInt8>) throws(WireError) -> Int? {
  return nil
}
