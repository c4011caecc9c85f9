#if canImport(Darwin)
  internal import Darwin
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Glibc
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

  /// The system's words for the code: `Address already in use`.
  package var reason: String { String(cString: strerror(code)) }
}

extension SystemError: CustomStringConvertible {
  /// For people: `bind: Address already in use`.
  public var description: String { "\(call): \(reason)" }
}

// What callers do depends on these, and on no other code.
extension SystemError {
  /// Whether the process, or the whole system, has no descriptor left. It passes: accept later.
  public var isDescriptorShortage: Bool {
    code == EMFILE || code == ENFILE || code == ENOBUFS || code == ENOMEM
  }

  /// Whether the disk, the user's share of it or the largest size of a file is used up.
  package var isLackOfSpace: Bool { code == ENOSPC || code == EDQUOT || code == EFBIG }

  /// Whether the call would have to wait, on a descriptor that does not.
  package var wouldBlock: Bool { code == EAGAIN || code == EWOULDBLOCK }

  /// Whether no file has the name.
  package var isNoSuchFile: Bool { code == ENOENT }

  /// Whether a file has the name already.
  package var isFileExists: Bool { code == EEXIST }

  /// Whether the reader of a pipe has gone.
  package var isBrokenPipe: Bool { code == EPIPE }

  /// Whether a client gave up while its connection waited to be accepted.
  package var isConnectionAborted: Bool { code == ECONNABORTED }

  /// Whether a port belongs to another process, or is not for this user.
  package var isPortRefused: Bool { code == EADDRINUSE || code == EACCES }

  /// A host has no address that a socket could be bound to.
  package static var noAddress: SystemError { SystemError("bind", code: EADDRNOTAVAIL) }
}

/// Repeats a call for as long as a signal interrupts it: the one place where EINTR is known.
@inline(__always)
func retryingInterrupts<Result: SignedInteger>(_ call: () -> Result) -> Result {
  while true {
    let result = call()
    if result != -1 || errno != EINTR { return result }
  }
}

/// Makes a call that returns -1 and sets `errno` on failure.
@inline(__always) @discardableResult
func checked<Result: SignedInteger>(
  _ name: StaticString, _ call: () -> Result
) throws(SystemError) -> Result {
  let result = retryingInterrupts(call)
  if result == -1 { throw SystemError(name) }
  return result
}

/// Makes such a call on a descriptor that does not wait; nil where it would have to.
@inline(__always)
func attempted<Result: SignedInteger>(
  _ name: StaticString, _ call: () -> Result
) throws(SystemError) -> Result? {
  let result = retryingInterrupts(call)
  if result != -1 { return result }
  if errno == EAGAIN { return nil }
  throw SystemError(name)
}
