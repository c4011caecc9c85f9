internal import Platform

extension FlagSet {
  /// Parses the arguments and the environment the program was started with, or ends the program:
  /// after `-help` and `-version` with 0, after an error with 2 and one line on standard error.
  ///
  /// Logs a line for a variable with this program's prefix that belongs to no flag, as etcd does.
  public func parseOrExit(_ arguments: [String] = Array(CommandLine.arguments.dropFirst()))
    -> Settings
  {
    var output = StandardOutput()
    do {
      let environment = Platform.environment()
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

  /// Ends the program with 1 and one line on standard error, for a task it could not perform, such
  /// as listening on a busy port.
  public func fail(_ reason: String) -> Never {
    end(reason, status: 1)
  }

  private func end(_ line: String, status: Int32) -> Never {
    // The program must end even if it cannot report why.
    LogStream.standardError.write("\(program): \(line)", patience: 1_000)
    exit(status)
  }
}
