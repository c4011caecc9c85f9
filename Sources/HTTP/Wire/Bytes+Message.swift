internal import Bytes

/// Writing heads and chunks, straight into the output buffer.
///
///     out.append(status: .ok)
///     out.append(header: "Content-Length", 2)
///     out.appendEndOfHead()
extension [UInt8] {
  /// Appends `HTTP/1.1 200 OK` and its line end. A server answers 1.1 also to a client of 1.0
  /// (RFC 9110, section 6.2).
  package mutating func append(status: Status) {
    if status == .ok { return append("HTTP/1.1 200 OK\r\n") }
    append("HTTP/1.1 ")
    append(decimal: status.rawValue)
    append(.space)
    append(status.reason)
    append("\r\n")
  }

  /// Appends `GET /path HTTP/1.1` and its line end; `target` has been percent-encoded.
  package mutating func append(method: Method, target: Span<UInt8>) {
    append(method.name)
    append(.space)
    append(copying: target)
    append(" HTTP/1.1\r\n")
  }

  /// Appends a header whose value is known beforehand.
  package mutating func append(header name: StaticString, _ value: StaticString) {
    append(name)
    append(": ")
    append(value)
    append("\r\n")
  }

  /// Appends a header with a decimal value.
  package mutating func append(header name: StaticString, _ value: Int) {
    append(name)
    append(": ")
    append(decimal: value)
    append("\r\n")
  }

  /// Appends a header with a value in lower-case hexadecimal.
  package mutating func append(header name: StaticString, hex value: UInt64) {
    append(name)
    append(": ")
    append(hex: value)
    append("\r\n")
  }

  /// Appends a header whose value came from elsewhere: a control byte in it, which could end the
  /// header and begin another, becomes a space.
  package mutating func append(header name: StaticString, bytes value: Span<UInt8>) {
    append(name)
    append(": ")
    for i in 0..<value.count { append(value[i].isControl ? .space : value[i]) }
    append("\r\n")
  }

  /// Appends the empty line after the last header.
  package mutating func appendEndOfHead() {
    append("\r\n")
  }

  /// Appends `data` as one chunk (RFC 9112, section 7.1); nothing if it is empty: an empty chunk
  /// ends the body.
  package mutating func append(chunk data: Span<UInt8>) {
    guard !data.isEmpty else { return }
    append(hex: UInt64(data.count))
    append("\r\n")
    append(copying: data)
    append("\r\n")
  }

  /// Appends the end of a chunked body.
  package mutating func appendLastChunk() {
    append("0\r\n\r\n")
  }
}
