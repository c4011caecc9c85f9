public import Bytes

/// A type that can be the value of a ``Flag``.
///
/// `Value(flagText: value.flagText) == value` for every value that can be typed.
public protocol FlagValue: Sendable {
  /// The value that `text` means, or the reason why it means none.
  init(flagText text: String) throws(InvalidText)
  /// The value as it would be typed; empty if the help should show no default.
  var flagText: String { get }
  /// The word for a value in the help, such as `duration`.
  static var flagPlaceholder: String { get }
  /// The value of the flag's name alone; nil if it needs a value.
  static var impliedFlagText: String? { get }
}

extension FlagValue {
  public static var impliedFlagText: String? { nil }
}

extension String: FlagValue {
  public init(flagText text: String) throws(InvalidText) { self = text }
  public var flagText: String { self }
  public static var flagPlaceholder: String { "string" }
}

/// Decimal digits with an optional sign.
extension Int: FlagValue {
  public init(flagText text: String) throws(InvalidText) {
    guard let value = Int(text) else {
      let digits = text.utf8.drop { $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "+") }
      let isNumber = !digits.isEmpty && digits.allSatisfy(\.isDigit)
      throw InvalidText(
        isNumber && text.utf8.count <= digits.count + 1
          ? "must be from \(Int.min) to \(Int.max)" : "must be a whole number")
    }
    self = value
  }
  public var flagText: String { String(self) }
  public static var flagPlaceholder: String { "int" }
}

/// The words of Go's `strconv.ParseBool`.
extension Bool: FlagValue {
  public init(flagText text: String) throws(InvalidText) {
    switch text {
    case "1", "t", "T", "true", "TRUE", "True": self = true
    case "0", "f", "F", "false", "FALSE", "False": self = false
    default: throw InvalidText("must be true or false")
    }
  }
  /// Empty for false: the help does not say that a switch is off.
  public var flagText: String { self ? "true" : "" }
  public static var flagPlaceholder: String { "bool" }
  public static var impliedFlagText: String? { "true" }
}

/// A choice among words: an enum of strings is a flag's value by saying so.
extension FlagValue where Self: CaseIterable & RawRepresentable, RawValue == String {
  public init(flagText text: String) throws(InvalidText) {
    guard let value = Self(rawValue: text) else {
      let words = Self.allCases.map(\.rawValue).joined(separator: ", ")
      throw InvalidText("must be one of \(words)")
    }
    self = value
  }
  public var flagText: String { rawValue }
  public static var flagPlaceholder: String {
    allCases.map(\.rawValue).joined(separator: "|")
  }
}

extension LogLevel: FlagValue {}

/// A flag that has no default: nil until it is given.
extension Optional: FlagValue where Wrapped: FlagValue {
  public init(flagText text: String) throws(InvalidText) {
    self = .some(try Wrapped(flagText: text))
  }
  public var flagText: String { self?.flagText ?? "" }
  public static var flagPlaceholder: String { Wrapped.flagPlaceholder }
  public static var impliedFlagText: String? { Wrapped.impliedFlagText }
}

/// Values between commas: `a,b,c`. The empty text is the empty list; an empty place is an error.
extension Array: FlagValue where Element: FlagValue {
  public init(flagText text: String) throws(InvalidText) {
    self = []
    if text.isEmpty { return }
    for item in text.utf8.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false) {
      guard !item.isEmpty else { throw InvalidText("must have no empty item between commas") }
      append(try Element(flagText: String(Substring(item))))
    }
  }
  public var flagText: String { map(\.flagText).joined(separator: ",") }
  public static var flagPlaceholder: String { "\(Element.flagPlaceholder),..." }
}

/// A value that belongs to a name: `node1=127.0.0.1:8081`.
public struct Named<Value: FlagValue>: FlagValue {
  public var name: String
  public var value: Value

  public init(_ name: String, _ value: Value) {
    self.name = name
    self.value = value
  }

  public init(flagText text: String) throws(InvalidText) {
    let name = text.utf8.prefix { $0 != UInt8(ascii: "=") }
    guard !name.isEmpty, name.count < text.utf8.count else {
      throw InvalidText("must be name=\(Value.flagPlaceholder)")
    }
    let value = text.utf8.dropFirst(name.count + 1)
    self.init(String(Substring(name)), try Value(flagText: String(Substring(value))))
  }
  public var flagText: String { "\(name)=\(value.flagText)" }
  public static var flagPlaceholder: String { "name=\(Value.flagPlaceholder)" }
}

extension Named: Equatable where Value: Equatable {}

/// As Go writes them: `30s`, `1m30s`, `250ms`, `1.5h`.
extension Duration: FlagValue {
  public init(flagText text: String) throws(InvalidText) { try self.init(text: text) }
  public var flagText: String { text }
  public static var flagPlaceholder: String { "duration" }
}

extension HostPort: FlagValue {
  public init(flagText text: String) throws(InvalidText) { try self.init(text: text) }
  public var flagText: String { description }
  public static var flagPlaceholder: String { "host:port" }
}
