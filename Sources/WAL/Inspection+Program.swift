import Options
import Platform

extension Inspection {
  /// Ends the program with an inspection if its first argument is `wal`; otherwise does nothing.
  ///
  /// - Parameters:
  ///   - receivesSnapshots: see ``run(_:receivesSnapshots:furtherUsage:output:complaint:pause:)``.
  ///   - furtherUsage: what else the program does after `wal`.
  public static func runIfAsked(
    _ arguments: [String] = CommandLine.arguments, receivesSnapshots: Bool = false,
    furtherUsage: String? = nil
  ) {
    guard arguments.dropFirst().first == "wal" else { return }
    exit(
      run(
        Array(arguments.dropFirst(2)), receivesSnapshots: receivesSnapshots,
        furtherUsage: furtherUsage, output: { StandardOutput.print($0) }
      ) { complaint in
        var standardError = StandardError()
        print(complaint, to: &standardError)
      })
  }
}
