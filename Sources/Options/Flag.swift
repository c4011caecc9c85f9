import Bytes

/// One flag of a ``FlagSet``: its name, the property it sets and its line of help.
public struct Flag<Settings: Sendable>: Sendable {
  let name: String
  /// The word that stands for the value in the help, nil for a boolean.
  let placeholder: String?
  let help: String
  /// The value of a flag that stands alone: `true` for a boolean.
  let impliedValue: String?
  let assign: @Sendable (inout Settings, String) throws(InvalidText) -> Void
  /// The property's value as it would be typed.
  let text: @Sendable (Settings) -> String

  /// - Parameters:
  ///   - name: without dashes.
  ///   - property: its value in the defaults is the flag's default.
  ///   - help: a fragment, of several lines if need be; a word in back quotes names the value, as
  ///     in Go.
  public init<Value: FlagValue>(
    _ name: String, _ property: any WritableKeyPath<Settings, Value> & Sendable, _ help: String
  ) {
    self.init(name, property, help) { (_) throws(InvalidText) in }
  }

  /// A flag whose value must lie within `limits`; its default may lie outside (0 for "not set").
  public init<Value: FlagValue & Comparable>(
    _ name: String, _ property: any WritableKeyPath<Settings, Value> & Sendable,
    in limits: ClosedRange<Value>, _ help: String
  ) {
    self.init(name, property, help) { (value) throws(InvalidText) in
      guard limits.contains(value) else {
        throw InvalidText(
          "must be from \(limits.lowerBound.flagText) to \(limits.upperBound.flagText)")
      }
    }
  }

  private init<Value: FlagValue>(
    _ name: String, _ property: any WritableKeyPath<Settings, Value> & Sendable, _ help: String,
    check: @escaping @Sendable (Value) throws(InvalidText) -> Void
  ) {
    let quoted = help.split(separator: "`", maxSplits: 2, omittingEmptySubsequences: false)
    self.name = name
    self.help = quoted.joined()
    impliedValue = Value.impliedFlagText
    placeholder =
      impliedValue != nil ? nil : quoted.count == 3 ? String(quoted[1]) : Value.flagPlaceholder
    assign = { (settings, text) throws(InvalidText) in
      let value = try Value(flagText: text)
      try check(value)
      settings[keyPath: property] = value
    }
    text = { settings in settings[keyPath: property].flagText }
  }
}
