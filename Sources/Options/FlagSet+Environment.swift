// Every flag has an environment variable, as in etcd:
//
//     mini-etcd -data-dir D     MINI_ETCD_DATA_DIR=D mini-etcd
//
// A flag on the command line overrides its variable. An empty variable counts as not set.

extension FlagSet {
  /// The name of a flag's variable: the prefix, and the flag in capitals with underscores for
  /// dashes; nil without a prefix.
  public func variable(of flag: String) -> String? {
    variablePrefix.map { $0 + flag.uppercased().replacing("-", with: "_") }
  }

  /// The variables that have this program's prefix and belong to no flag, in order: a mistyped name
  /// would otherwise go unnoticed.
  func unknownVariables(in environment: [String: String]) -> [String] {
    guard let variablePrefix else { return [] }
    let known = Set(flags.compactMap { variable(of: $0.name) })
    return environment.keys.filter { $0.hasPrefix(variablePrefix) && !known.contains($0) }.sorted()
  }
}
