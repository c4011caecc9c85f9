import Options
import Platform

extension Inspection {
  /// Ends the program with an inspection if its first argument is `wal`; otherwise does nothing.
  ///
  /// - Parameter receivesSnapshots: see ``run(_:receivesSnapshots:output:complaint:)``.
  public static func runIfAsked(
    _ arguments: [String] = CommandLine.arguments, receivesSnapshots: Bool = false
  ) {
    guard arguments.dropFirst().first == "wal" else { return }
    exit(
      run(
        Array(arguments.dropFirst(2)), receivesSnapshots: receivesSnapshots,
        output: { StandardOutput.print($0) }
      ) { complaint in
        var standardError = StandardError()
        print(complaint, to: &standardError)
      })
  }
}
