/// Why an argument list is wrong. Its description is one line, and names the argument.
public enum UsageError: Error, Equatable {
  /// Only dashes, or a `=` where the name should be.
  case malformedFlag(String)
  case unknownFlag(String)
  case missingValue(flag: String)
  case invalidValue(String, flag: String, reason: String)
  /// Of an environment variable.
  case invalidVariable(String, name: String, reason: String)
  /// The program takes no operands.
  case unexpectedArgument(String)
}

extension UsageError: CustomStringConvertible {
  /// Quotes what was typed with `debugDescription`, so that a line break in it stays visible.
  public var description: String {
    switch self {
    case .malformedFlag(let argument):
      "malformed flag \(argument.debugDescription)"
    case .unknownFlag(let name):
      "unknown flag \("-\(name)".debugDescription)"
    case .missingValue(let name):
      "flag -\(name) needs a value"
    case .invalidValue(let text, let name, let reason):
      "invalid value \(text.debugDescription) for flag -\(name): \(reason)"
    case .invalidVariable(let text, let name, let reason):
      "invalid value \(text.debugDescription) for environment variable \(name): \(reason)"
    case .unexpectedArgument(let argument):
      "unexpected argument \(argument.debugDescription)"
    }
  }
}
