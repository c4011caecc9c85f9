import Bytes
import JSON
import Platform
package import Store

/// A command's JSON as nearly all of it is: one object without spaces, of texts without escapes,
/// whole numbers and truth values.
///
///     {"do":"put","key":"/cloud","value":"native","at":1767225540000000}
///      └name      └name                            └name
///
/// One pass finds where each member is, in whatever order, and nothing is allocated for it: no
/// tokens, no values. So it takes a fraction of the time that any JSON takes, and a node that
/// starts reads every command behind its snapshot.
///
/// What is not so is no error here: it is left to the reader of JSON, which would read the same
/// out of what is.
struct PlainFields: FieldReader {
  private enum Value {
    case text(Range<UInt32>)
    case integer(Int64)
    case bool(Bool)
  }

  /// As many members as a command of any step has.
  private static let most = 8
  /// A number of more digits may not fit.
  private static let mostDigits = 18

  private let bytes: UnsafeBufferPointer<UInt8>
  private var members: InlineArray<8, (name: Range<UInt32>, value: Value)>
  private var count = 0

  var areLogged: Bool { true }

  /// - Parameter bytes: must live as long as this does.
  init?(_ bytes: UnsafeBufferPointer<UInt8>) {
    self.bytes = bytes
    members = InlineArray(repeating: (0..<0, .bool(false)))
    guard bytes.first == UInt8(ascii: "{"), bytes.count < Int(UInt32.max) else { return nil }
    var place = 0
    repeat {
      // Behind the brace, or the comma.
      place += 1
      guard count < Self.most, let name = readText(&place), skip(":", &place),
        let value = readValue(&place)
      else { return nil }
      members[count] = (name, value)
      count += 1
    } while place < bytes.count && bytes[place] == UInt8(ascii: ",")
    guard skip("}", &place), place == bytes.count else { return nil }
  }

  private func skip(_ text: StaticString, _ place: inout Int) -> Bool {
    let length = text.utf8CodeUnitCount
    guard let base = bytes.baseAddress, bytes.count - place >= length,
      Platform.areEqual(base + place, text.utf8Start, count: length)
    else { return false }
    place += length
    return true
  }

  /// What is between quotation marks.
  private func readText(_ place: inout Int) -> Range<UInt32>? {
    guard skip("\"", &place), let text = try? bytes.span.endOfString(from: place),
      !text.hasEscapes
    else { return nil }
    defer { place = text.end + 1 }
    return UInt32(place)..<UInt32(text.end)
  }

  private func readValue(_ place: inout Int) -> Value? {
    guard place < bytes.count else { return nil }
    switch bytes[place] {
    case UInt8(ascii: "\""): return readText(&place).map { .text($0) }
    case UInt8(ascii: "t"): return skip("true", &place) ? .bool(true) : nil
    case UInt8(ascii: "f"): return skip("false", &place) ? .bool(false) : nil
    default: return readInteger(&place).map { .integer($0) }
    }
  }

  /// `-`? then `0`, or digits that do not begin with it.
  private func readInteger(_ place: inout Int) -> Int64? {
    let isNegative = skip("-", &place)
    let start = place
    var value: Int64 = 0
    while place < bytes.count, bytes[place].isDigit {
      guard place - start < Self.mostDigits else { return nil }
      value = value * 10 + Int64(bytes[place] - UInt8(ascii: "0"))
      place += 1
    }
    guard place > start, bytes[start] != UInt8(ascii: "0") || place == start + 1 else { return nil }
    return isNegative ? -value : value
  }

  /// The value of the member `name`, the last if there are several.
  private func value(of name: StaticString) -> Value? {
    // Looked at in their place: to take one out of `members` would copy all of them.
    let members = members.span
    var place = count
    while place > 0 {
      place -= 1
      if equals(members[place].name, name) { return members[place].value }
    }
    return nil
  }

  private func equals(_ range: Range<UInt32>, _ name: StaticString) -> Bool {
    let (start, length) = (Int(range.lowerBound), name.utf8CodeUnitCount)
    guard Int(range.upperBound) - start == length else { return false }
    // Most names differ in their first letter.
    for place in 0..<length where bytes[start + place] != name.utf8Start[place] { return false }
    return true
  }

  private func bytes(in range: Range<UInt32>) -> UnsafeBufferPointer<UInt8> {
    UnsafeBufferPointer(rebasing: bytes[Int(range.lowerBound)..<Int(range.upperBound)])
  }

  /// The bytes of the member `name`; nil if it is not a text.
  func text(_ name: StaticString) -> UnsafeBufferPointer<UInt8>? {
    guard case .text(let range) = value(of: name) else { return nil }
    return bytes(in: range)
  }

  func bytes(_ name: StaticString) throws(FieldError) -> [UInt8]? {
    switch value(of: name) {
    case .text(let range): Array(bytes(in: range))
    case nil: nil
    default: throw .malformed(name.description)
    }
  }

  func integer(_ name: StaticString) throws(FieldError) -> Int64? {
    switch value(of: name) {
    case .integer(let integer): integer
    case nil: nil
    default: throw .malformed(name.description)
    }
  }

  func bool(_ name: StaticString) throws(FieldError) -> Bool? {
    switch value(of: name) {
    case .bool(let bool): bool
    case nil: nil
    default: throw .malformed(name.description)
    }
  }
}

extension CommandRegistry {
  /// The command in an entry of a log, if its JSON is ``PlainFields`` and that is a command.
  ///
  /// - Returns: nil for all else, whatever is wrong with it: the reader of JSON says so.
  package func plainCommand(in payload: [UInt8]) -> (any Command)? {
    payload.withUnsafeBufferPointer { bytes in
      guard let fields = PlainFields(bytes), let name = fields.text("do") else { return nil }
      return try? decode(name.span, from: fields)
    }
  }
}
