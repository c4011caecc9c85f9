import Raft
import Store

/// What some entries say, read before they take effect.
///
/// A node that starts applies all that is committed behind its snapshot. While one part of that
/// takes effect, another thread reads what the next part says:
///
/// ```
///   this thread     read 1 │ apply 1 │ apply 2 │ apply 3
///   another one            │ read 2  │ read 3  │
/// ```
struct OperationsAhead: Sendable {
  /// So many that starting a thread costs little beside reading them, and so few that they take
  /// little memory.
  static let most = 2_048

  /// In order; nil for what is no command, or cannot be read. That is read again when it is due,
  /// and then it is said why.
  let operations: [(application: Application, operation: Operation?)]
  /// What comes after them.
  let rest: ArraySlice<Application>

  /// Reads the first of `applications`.
  init(_ applications: ArraySlice<Application>, _ registry: CommandRegistry) {
    var reader = OperationReader(registry)
    operations = applications.prefix(Self.most).map { application in
      let isCommand = application.entry.kind == .command
      return (application, isCommand ? try? reader.read(application.entry) : nil)
    }
    rest = applications.dropFirst(Self.most)
  }
}
