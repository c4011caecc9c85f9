#if canImport(Darwin)
  private import Darwin
#elseif canImport(Musl)
  private import Musl
#else
  private import Glibc
#endif

extension FlagSet {
  /// Parses the arguments the program was started with, or ends the program: after `-help` and
  /// `-version` with 0, after an error with 2 and one line on standard error.
  public func parseOrExit(_ arguments: [String] = Array(CommandLine.arguments.dropFirst()))
    -> Settings
  {
    do {
      switch try parse(arguments) {
      case .run(let settings): return settings
      case .help: print(help, terminator: "")
      case .version: print(program, version)
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
    var standardError = StandardError()
    print("\(program): \(line)", to: &standardError)
    exit(status)
  }
}

/// Standard error, to `print` to: unbuffered, and what cannot be written is dropped.
public struct StandardError: TextOutputStream {
  public init() {}

  public mutating func write(_ text: String) {
    var text = text
    text.withUTF8 { bytes in
      var rest = UnsafeRawBufferPointer(bytes)
      while !rest.isEmpty {
        let count = platformWrite(STDERR_FILENO, rest)
        if count < 0 && errno == EINTR { continue }
        guard count > 0 else { return }
        rest = UnsafeRawBufferPointer(rebasing: rest[count...])
      }
    }
  }
}

/// `write` inside the type above is the stream's own.
private func platformWrite(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) -> Int {
  write(descriptor, bytes.baseAddress, bytes.count)
}
