internal import Bytes
internal import HTTP

extension Request {
  /// Whether the body is a form, by the Content-Type as Go's `mime.ParseMediaType` reads it:
  ///
  ///     type "/" subtype *( ";" name "=" ( token | quoted ) )
  ///
  /// - Throws: when it cannot be read so, whatever it may mean. Saying nothing is no mistake.
  var bodyIsForm: Bool {
    get throws(MediaTypeError) {
      guard let text = header("content-type"), !text.isEmpty else { return false }
      if text.span.equals(ignoringCase: "application/x-www-form-urlencoded") { return true }
      let type = text.prefix { $0 != UInt8(ascii: ";") }.trimmingSpaces()
      try type.checkMediaType()
      var parameters = text.drop { $0 != UInt8(ascii: ";") }.trimmingSpaces()
      // Go does not mind a semicolon at the end.
      while !parameters.isEmpty, !parameters.elementsEqual(";".utf8) {
        try parameters.removeMediaParameter()
      }
      return type.span.equals(ignoringCase: "application/x-www-form-urlencoded")
    }
  }
}

/// What is wrong with a Content-Type; the raw value is Go's wording.
enum MediaTypeError: String, Error {
  case empty = "mime: no media type"
  case noSlash = "mime: expected slash after first token"
  case noSubtype = "mime: expected token after slash"
  case trailingContent = "mime: unexpected content after media subtype"
  case malformedParameter = "mime: invalid media parameter"
}

extension ArraySlice<UInt8> {
  fileprivate func trimmingSpaces() -> ArraySlice<UInt8> {
    var rest = drop { $0.isSpaceOrTab }
    while rest.last?.isSpaceOrTab == true { rest.removeLast() }
    return rest
  }

  fileprivate func checkMediaType() throws(MediaTypeError) {
    var rest = self
    guard rest.removeToken() else { throw .empty }
    guard let next = rest.popFirst() else { return }
    guard next == UInt8(ascii: "/") else { throw .noSlash }
    guard rest.removeToken() else { throw .noSubtype }
    guard rest.isEmpty else { throw .trailingContent }
  }

  /// Removes `; name=value` and the spaces about it from the front.
  fileprivate mutating func removeMediaParameter() throws(MediaTypeError) {
    guard popFirst() == UInt8(ascii: ";") else { throw .malformedParameter }
    removeSpaces()
    guard removeToken() else { throw .malformedParameter }
    removeSpaces()
    guard popFirst() == UInt8(ascii: "=") else { throw .malformedParameter }
    removeSpaces()
    guard removeToken() || removeQuoted() else { throw .malformedParameter }
    removeSpaces()
  }

  private mutating func removeSpaces() { self = drop { $0.isSpaceOrTab } }

  /// Removes a token (RFC 9110, section 5.6.2) from the front; false if there is none.
  private mutating func removeToken() -> Bool {
    let count = prefix { $0.isToken }.count
    removeFirst(count)
    return count > 0
  }

  /// Removes `"..."` from the front; false if it is not there, or not whole.
  private mutating func removeQuoted() -> Bool {
    guard popFirst() == UInt8(ascii: "\"") else { return false }
    while let byte = popFirst() {
      if byte == UInt8(ascii: "\"") { return true }
      if byte == UInt8(ascii: "\\") { _ = popFirst() }
    }
    return false
  }
}
