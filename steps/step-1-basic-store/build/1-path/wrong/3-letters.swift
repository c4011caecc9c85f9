// It compares letters: /dd begins with the letters of /d.
// says: invariant 7: within is by names, not by letters
// says: input:    dd is within d
// says: expected: false
// says: seen:     true
func isWithin(_ other: Path) -> Bool {
  return bytes.starts(with: other.bytes)
}
