internal import Loop
public import Platform

/// Why a request got no answer. The connection is closed then.
///
/// Whether the server has carried out the request is not known, but for ``notSent``.
public enum ClientError: Error, Equatable, Sendable {
  /// The connection was closed before the request was sent, by either side: nothing has happened.
  case notSent
  /// The connection ended before the answer was complete.
  case closed
  case timedOut
  case cancelled
  /// What came is no answer that HTTP allows.
  case malformed(WireError)
  case system(SystemError)

  /// What an error on the way means to the caller.
  init(_ error: any Error) {
    self =
      switch error {
      case let error as ClientError: error
      case let error as WireError: .malformed(error)
      case SocketError.timedOut: .timedOut
      case SocketError.system(let error): .system(error)
      default: .cancelled
      }
  }
}

extension ClientError: CustomStringConvertible {
  /// For people, in a few words.
  public var description: String {
    switch self {
    case .notSent: "connection closed before the request was sent"
    case .closed: "connection closed before the answer was complete"
    case .timedOut: "timed out"
    case .cancelled: "cancelled"
    case .malformed(let error): "malformed answer: \(error.reason)"
    case .system(let error): error.description
    }
  }
}
