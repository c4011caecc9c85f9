// It leaves the headers of the request before.
// says: invariant 8: the next request begins anew: nothing of the one before is left
// says: expected: PUT /bc, version 1.1, 1 header, 29 bytes
private mutating func restart() {
  lines.reset()
  message = MessageFields()
  progress = .requestLine(emptyLines: 0)
}
