// Every string is empty.
// says: invariant 1: a string ends at the first quotation mark
// says: input:    abc"
// says: expected: ends at 3
// says: seen:     ends at 0
func endOfString(from start: Int) throws(JSONError) -> (end: Int, hasEscapes: Bool) {
  return (start, false)
}
