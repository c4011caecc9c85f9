#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

extension Inspection {
  /// Ends the program with an inspection if its first argument is `wal`; otherwise does nothing.
  ///
  /// - Parameter complaint: is given a line on what is wrong.
  public static func runIfAsked(
    _ arguments: [String] = CommandLine.arguments, complaint: (String) -> Void
  ) {
    guard arguments.dropFirst().first == "wal" else { return }
    exit(run(Array(arguments.dropFirst(2)), output: { print($0) }, complaint: complaint))
  }
}
