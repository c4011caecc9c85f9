// It takes all that has arrived, the next request included.
// says: invariant 2: what follows the head is left alone
// says: expected: GET /a, version 1.1, 1 header, 28 bytes
// says: seen:     GET /a, version 1.1, 1 header, 34 bytes
package mutating func parse(_ bytes: Span<UInt8>) throws(WireError) -> Int? {
  if case .finished = progress { restart() }
  while let line = try lines.next(in: bytes, limit: limits.headBytes) {
    switch progress {
    case .requestLine(let emptyLines) where line.isEmpty:
      guard emptyLines < limits.emptyLines else { throw .tooManyEmptyLines }
      progress = .requestLine(emptyLines: emptyLines + 1)
    case .requestLine:
      try head.readRequestLine(line, in: bytes)
      progress = .headers
    case .headers where line.isEmpty:
      try finish()
      return bytes.count
    case .headers, .finished:
      let field = try head.headers.append(line: line, in: bytes, limit: limits.headerCount)
      try message.note(field, in: bytes)
    }
  }
  return nil
}
