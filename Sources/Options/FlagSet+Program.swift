#if canImport(Darwin)
  private import Darwin
#elseif canImport(Musl)
  private import Musl
#else
  private import Glibc
#endif

extension FlagSet {
  /// Parses the arguments and the environment the program was started with, or ends the program:
  /// after `-help` and `-version` with 0, after an error with 2 and one line on standard error.
  ///
  /// A variable that begins as this program's do and belongs to no flag is worth a line, as in etcd.
  public func parseOrExit(_ arguments: [String] = Array(CommandLine.arguments.dropFirst()))
    -> Settings
  {
    var output = StandardOutput()
    do {
      let environment = Self.environment()
      switch try parse(arguments, environment: environment) {
      case .run(let settings):
        for name in unknownVariables(in: environment) {
          LogStream.standardError.write("\(program): unrecognized environment variable \(name)")
        }
        return settings
      case .help: print(help, terminator: "", to: &output)
      case .version: print(program, version, to: &output)
      }
      exit(0)
    } catch {
      refuse("\(error)")
    }
  }

  /// Ends the program with 2 and one line on standard error that points to the help: for rules
  /// between flags, which no single flag knows.
  public func refuse(_ reason: String) -> Never {
    end("\(reason) (\(program) -help lists all flags)", status: 2)
  }

  /// Ends the program with 1 and one line on standard error: for what it was asked and could not do,
  /// such as to listen on a busy port.
  public func fail(_ reason: String) -> Never {
    end(reason, status: 1)
  }

  private func end(_ line: String, status: Int32) -> Never {
    // Also a program that can tell no one why it ends must end.
    LogStream.standardError.write("\(program): \(line)", patience: 1_000)
    exit(status)
  }
}
