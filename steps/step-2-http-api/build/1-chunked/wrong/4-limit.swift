// It looks at each chunk alone: many small ones pass the limit together.
// says: invariant 7: a size beyond the limit is refused before its bytes come
// says: input:    "6\r\nabcdef\r\n5\r\n"
// says: expected: the error bodyTooLarge
private mutating func beginChunk() throws(WireError) {
  guard remaining <= limits.bodyBytes else { throw .bodyTooLarge }
  state = remaining > 0 ? .data : .trailerStart
}
