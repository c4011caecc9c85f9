/// Why a command was not done, and what a script is told by the exit status.
enum CommandFailure: Error, Equatable {
  /// No server of etcd's API answered; what came of each.
  case unanswered([String])
  /// It was sent, and may have been done or not.
  case unknown(String)
  case usage(String)
  /// A server of etcd's API says that there is no such key.
  case notFound(String)
  case refused(String)
  /// The events asked for are no longer known.
  case cleared(String)
  case unhealthy(String)

  var status: Int32 {
    switch self {
    case .unanswered, .unknown: 1
    case .usage: 2
    case .notFound: 3
    case .refused, .cleared: 4
    case .unhealthy: 5
    }
  }
}

extension CommandFailure: CustomStringConvertible {
  var description: String {
    switch self {
    case .unanswered(let reasons): reasons.joined(separator: "; ")
    case .unknown(let reason): "\(reason): it may have been done or not"
    case .usage(let reason), .notFound(let reason), .refused(let reason), .cleared(let reason),
      .unhealthy(let reason):
      reason
    }
  }
}
