/// The version of every program of this package.
public let release = "1.0.0"

extension FlagSet {
  /// What `-help` prints: the summary, how to call the program, and every flag with its default.
  ///
  /// The layout is Go's: a flag on one line, its help indented below.
  public var help: String {
    var text = "\(summary)\n\nUsage: \(program) [flags]"
    if let operands { text += " \(operands.placeholder)" }
    text += "\n\nFlags:\n"
    for flag in flags {
      let standard = flag.text(defaults)
      text += Self.entry(
        flag.name, flag.placeholder,
        standard.isEmpty ? flag.help : "\(flag.help) (default \(standard))")
    }
    text += Self.entry("help", nil, "print this text and exit")
    text += Self.entry("version", nil, "print the version and exit")
    // A name with a dash shows what becomes of dashes.
    let example = flags.first { $0.name.contains("-") } ?? flags.first
    if let example, let variable = variable(of: example.name) {
      text += "\nEvery flag can also be set by an environment variable, such as \(variable) for\n"
      text += "-\(example.name). A flag on the command line counts more than its variable.\n"
    }
    return text
  }

  private static func entry(_ name: String, _ placeholder: String?, _ help: String) -> String {
    let lines = help.split(separator: "\n").map { "        \($0)\n" }
    return "  -\(name)\(placeholder.map { " \($0)" } ?? "")\n" + lines.joined()
  }
}
