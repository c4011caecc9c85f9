import Bytes

/// One value in a ``JSONDocument``: a view, made in constant time, which keeps the document alive.
///
/// A property is nil if the value is of another kind, so that a reader says what it wants and
/// handles one nil.
public struct JSONValue: Sendable {
  let document: JSONDocument
  let index: Int

  private var token: JSONToken { document.tokens[index] }

  public var isNull: Bool { token.kind == .null }
  public var isArray: Bool { token.kind == .array }
  public var isObject: Bool { token.kind == .object }
  public var isNumber: Bool { token.kind == .number }
  public var isString: Bool { token.kind == .string || token.kind == .escapedString }

  public var bool: Bool? {
    switch token.kind {
    case .true: true
    case .false: false
    default: nil
    }
  }

  /// The value as it was written; for a string, the text between its quotation marks.
  public var text: ArraySlice<UInt8> {
    let token = token
    let start = document.bytes.startIndex
    return document.bytes[start + Int(token.start)..<start + Int(token.end)]
  }

  /// The characters of a string, in UTF-8.
  public var bytes: [UInt8]? {
    let token = token
    switch token.kind {
    case .string: return [UInt8](copying: document.bytes.span.extracting(token.range))
    case .escapedString: return unescaped(token)
    default: return nil
    }
  }

  /// The characters of a string.
  public var string: String? { bytes.map { String(decoding: $0, as: UTF8.self) } }

  /// Whether this is a string of exactly these characters.
  public func equals(_ other: StaticString) -> Bool {
    equals(other, token)
  }

  /// The value of the member `name`, the last if there are several; nil if this is not an object.
  ///
  /// - Complexity: O(members), whatever they contain.
  public subscript(name: StaticString) -> JSONValue? {
    guard isObject else { return nil }
    let end = Int(token.next)
    var found: Int?
    var position = index + 1
    while position < end {
      if equals(name, document.tokens[position]) { found = position + 1 }
      position = Int(document.tokens[position + 1].next)
    }
    return found.map { JSONValue(document: document, index: $0) }
  }

  private func equals(_ other: StaticString, _ token: JSONToken) -> Bool {
    switch token.kind {
    case .string: document.bytes.span.extracting(token.range).equals(other)
    case .escapedString: unescaped(token).span.equals(other)
    default: false
    }
  }

  /// Resolves the escapes, which parsing has checked.
  private func unescaped(_ token: JSONToken) -> [UInt8] {
    let text = document.bytes.span.extracting(token.range)
    var result: [UInt8] = []
    result.reserveCapacity(text.count)
    var i = 0
    while i < text.count {
      if text[i] == UInt8(ascii: "\\"), let escape = try? text.readEscape(at: i) {
        result.append(utf8: escape.scalar)
        i = escape.end
      } else {
        result.append(text[i])
        i += 1
      }
    }
    return result
  }
}

extension JSONValue {
  /// The members of an object in order; none if this is not an object.
  public var members: JSONMembers {
    JSONMembers(
      document: document, position: index + 1, end: isObject ? Int(token.next) : index + 1)
  }

  /// The elements of an array; none if this is not an array.
  public var elements: JSONElements {
    JSONElements(
      document: document, position: index + 1, end: isArray ? Int(token.next) : index + 1)
  }
}

/// The elements of an array.
public struct JSONElements: Sequence, IteratorProtocol, Sendable {
  let document: JSONDocument
  var position: Int
  let end: Int

  public mutating func next() -> JSONValue? {
    guard position < end else { return nil }
    defer { position = Int(document.tokens[position].next) }
    return JSONValue(document: document, index: position)
  }
}

/// The members of an object: each a name, which is a string, and a value.
public struct JSONMembers: Sequence, IteratorProtocol, Sendable {
  let document: JSONDocument
  var position: Int
  let end: Int

  public mutating func next() -> (name: JSONValue, value: JSONValue)? {
    guard position < end else { return nil }
    defer { position = Int(document.tokens[position + 1].next) }
    return (
      JSONValue(document: document, index: position),
      JSONValue(document: document, index: position + 1)
    )
  }
}
