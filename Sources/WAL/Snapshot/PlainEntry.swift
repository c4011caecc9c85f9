import Bytes
import JSON
import Store

/// A snapshot's line as nearly all of them are: text that needs no escapes, and fields in the order
/// in which they are written. It is read in a fraction of the time that any JSON takes.
///
/// A line that is not so is no error here: it is left to the reader of JSON.
struct PlainEntry {
  let depth: Int
  let name: Name
  let info: KeyInfo

  init?(_ line: UnsafeRawBufferPointer) {
    var scanner = FieldScanner(line, 0..<line.count)
    guard scanner.skipIfThere(#"{"depth":"#), let depth = try? scanner.integer(),
      scanner.skipIfThere(#","name":""#), let name = scanner.plainText(Name.init),
      scanner.skipIfThere(#","created":"#), let created = try? scanner.integer(),
      scanner.skipIfThere(#","modified":"#), let modified = try? scanner.integer()
    else { return nil }
    var expiration: Timestamp?
    if scanner.skipIfThere(#","expires":"#) {
      guard let moment = try? scanner.integer() else { return nil }
      expiration = Timestamp(microseconds: Int64(moment))
    }
    var value: [UInt8]?
    if scanner.skipIfThere(#","value":""#) {
      guard let bytes = scanner.plainText({ [UInt8](copying: $0) }) else { return nil }
      value = bytes
    }
    guard scanner.skipIfThere("}"), scanner.isAtEnd else { return nil }
    self.depth = Int(depth)
    self.name = name
    info = KeyInfo(
      value: value, createdIndex: StoreIndex(created), modifiedIndex: StoreIndex(modified),
      expiration: expiration)
  }
}

extension FieldScanner {
  /// What `make` makes of the text up to a quotation mark, which is skipped; nil if it has escapes.
  fileprivate mutating func plainText<Made>(_ make: (Span<UInt8>) -> Made) -> Made? {
    let text = bytes.assumingMemoryBound(to: UInt8.self).span
    guard let (end, hasEscapes) = try? text.endOfString(from: offset), !hasEscapes else {
      return nil
    }
    defer { offset = end + 1 }
    return make(text.extracting(offset..<end))
  }
}
