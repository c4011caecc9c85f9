#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

/// A system call that failed: which one, and the `errno` it left.
public struct SystemError: Error, Equatable, Sendable {
  /// The call's name, as in the manual: `bind`, `accept`.
  public let call: String
  /// What `errno` said.
  public let code: Int32

  public init(_ call: StaticString, code: Int32) {
    self.call = "\(call)"
    self.code = code
  }

  /// The call that has just failed.
  init(_ call: StaticString) {
    self.init(call, code: errno)
  }

  /// Whether the process, or the whole system, has no descriptor left. It passes: accept later.
  public var isDescriptorShortage: Bool {
    code == EMFILE || code == ENFILE || code == ENOBUFS || code == ENOMEM
  }
}

extension SystemError: CustomStringConvertible {
  /// For people: `bind: Address already in use`.
  public var description: String { "\(call): \(reason)" }

  /// The system's words for the code: `Address already in use`.
  var reason: String { String(cString: strerror(code)) }
}

/// Repeats a call for as long as a signal interrupts it: the one place where EINTR is known.
@inline(__always)
func retryingInterrupts<Result: SignedInteger>(_ call: () -> Result) -> Result {
  while true {
    let result = call()
    if result != -1 || errno != EINTR { return result }
  }
}
