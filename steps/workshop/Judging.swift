// What judges of tasks are made of: `invariant` says what must hold, `check` tries it with one
// input. The first input that shows it broken ends the judge, with what was expected and seen.

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// How a judge ends, and how the code that is judged does; `steps/build` knows these numbers.
enum Verdict: Int32 {
  case holds = 0
  case broken = 1
  case stopped = 71
  case endless = 72
}

/// Tries one invariant, and says that it holds.
func invariant(_ number: Int, _ claim: String, _ body: () throws -> Void) {
  say("invariant \(number): \(claim)")
  Trial.begin("invariant \(number)")
  do { try body() } catch { broken("no error", "the error \(error)") }
  say("  holds")
}

/// Tries one invariant of code that waits.
func asyncInvariant(_ number: Int, _ claim: String, _ body: () async throws -> Void) async {
  say("invariant \(number): \(claim)")
  Trial.begin("invariant \(number)")
  do { try await body() } catch { broken("no error", "the error \(error)") }
  say("  holds")
}

/// Says what is being tried, in case that the code under judgement does not come back.
func trying(_ input: String) { Trial.begin(with: input) }

/// Insists on what the code under judgement makes of an input.
func check(_ input: String, is expected: String, _ seen: () throws -> String) {
  Trial.begin(with: input)
  let found: String
  do { found = try seen() } catch { found = "the error \(error)" }
  if found != expected { broken(expected, found) }
}

/// Ends the judge: the input that is being tried shows something else than is expected.
func broken(_ expected: String, _ seen: String) -> Never {
  say("  is broken")
  say("  input:    \(Trial.input)")
  say("  expected: \(expected)")
  say("  seen:     \(seen)")
  exit(Verdict.broken.rawValue)
}

/// A number of things, as it is said: `1 batch`, `3 batches`.
func counted(_ number: some BinaryInteger, _ one: String, _ several: String? = nil) -> String {
  "\(number) \(number == 1 ? one : several ?? one + "s")"
}

/// Bytes as text.
func text(_ bytes: some Collection<UInt8>) -> String { String(decoding: bytes, as: UTF8.self) }

/// Prints a line at once: the code under judgement may end the program at any time.
func say(_ line: String) {
  print(line)
  fflush(nil)
}

/// What is being tried now, kept where a signal's handler can read it.
enum Trial {
  private(set) nonisolated(unsafe) static var input = ""
  private nonisolated(unsafe) static var invariant = ""
  private static let size = 4_096
  private nonisolated(unsafe) static let words = UnsafeMutablePointer<CChar>.allocate(
    capacity: size)

  static func begin(_ invariant: String) {
    self.invariant = invariant
    begin(with: "its first")
  }

  static func begin(with input: String) {
    self.input = input
    let line = "\n  is broken: \(invariant)\n  input:    \(input)\n  seen:     "
    for (place, byte) in line.utf8.prefix(size - 1).enumerated() {
      words[place] = CChar(bitPattern: byte)
    }
    words[min(line.utf8.count, size - 1)] = 0
  }

  /// Tells what was tried when the code trapped, or was told to end because it does not.
  static func watch() {
    words[0] = 0
    for trap in [SIGILL, SIGTRAP, SIGSEGV, SIGBUS, SIGFPE, SIGABRT] {
      signal(trap) { _ in
        Trial.end(
          "the code stops the program (if it gave a reason, that stands above)\n", .stopped)
      }
    }
    for limit in [SIGTERM, SIGXCPU] {
      signal(limit) { _ in Trial.end("the code does not come to an end\n", .endless) }
    }
  }

  private static func end(_ reason: StaticString, _ verdict: Verdict) {
    write(1, words, strlen(words))
    write(1, reason.utf8Start, reason.utf8CodeUnitCount)
    _exit(verdict.rawValue)
  }
}
