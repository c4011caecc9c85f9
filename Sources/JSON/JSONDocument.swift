/// A JSON text, parsed (RFC 8259).
///
/// The whole text is checked before anything is read from it: a command that was read to its end
/// was sent completely. A value is decoded only when it is asked for; other values cost nothing.
///
///     let body = try JSONDocument(bytes)
///     let key = body.root["key"]?.bytes
///
/// Strict: no comments, no trailing commas or bytes, no byte order mark, no malformed UTF-8, no
/// half of a surrogate pair, nesting up to ``maximumDepth``. RFC 8259 leaves open what a repeated
/// name in an object means: a look-up finds the last, as Go's encoding/json does, and iterating
/// shows them all.
///
/// One document may parse many texts in turn and allocates nothing for most of them, provided that
/// no ``JSONValue`` of the one before is kept.
public struct JSONDocument: Sendable {
  /// How deep arrays and objects may be nested: deep enough for every use, shallow enough to walk
  /// recursively on the smallest thread.
  public static let maximumDepth = 512

  /// The text.
  private(set) var bytes: ArraySlice<UInt8> = []
  /// Its tokens; never empty.
  private(set) var tokens = [JSONToken.null]

  /// A document that holds `null`.
  public init() {}

  /// Parses `bytes`, which are shared, not copied.
  public init(_ bytes: ArraySlice<UInt8>) throws(JSONError) {
    try parse(bytes)
  }

  /// Parses `bytes`, which are shared, not copied.
  public init(_ bytes: [UInt8]) throws(JSONError) {
    try parse(bytes[...])
  }

  /// Parses `bytes`, which are shared, not copied, in place of the text before.
  ///
  /// - Throws: ``JSONError``; the document holds `null` then.
  public mutating func parse(_ bytes: ArraySlice<UInt8>) throws(JSONError) {
    self.bytes = bytes
    do throws(JSONError) {
      try JSONParser.parse(bytes.span, into: &tokens)
    } catch {
      tokens = [JSONToken.null]
      throw error
    }
  }

  /// The outermost value.
  public var root: JSONValue { JSONValue(document: self, index: 0) }
}
