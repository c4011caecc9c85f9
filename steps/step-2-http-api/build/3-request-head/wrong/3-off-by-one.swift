// It passes over one empty line too many.
// says: invariant 5: up to four empty lines before a request are passed over
// says: expected: the error tooManyEmptyLines
package mutating func parse(_ bytes: Span<UInt8>) throws(WireError) -> Int? {
  if case .finished = progress { restart() }
  while let line = try lines.next(in: bytes, limit: limits.headBytes) {
    switch progress {
    case .requestLine(let emptyLines) where line.isEmpty:
      guard emptyLines <= limits.emptyLines else { throw .tooManyEmptyLines }
      progress = .requestLine(emptyLines: emptyLines + 1)
    case .requestLine:
      try head.readRequestLine(line, in: bytes)
      progress = .headers
    case .headers where line.isEmpty:
      try finish()
      return lines.position
    case .headers, .finished:
      let field = try head.headers.append(line: line, in: bytes, limit: limits.headerCount)
      try message.note(field, in: bytes)
    }
  }
  return nil
}
