public import Store

/// The commands this module adds to the log's language.
public enum EtcdCommands {
  /// For a ``Store/CommandRegistry``.
  public static let all: [any Command.Type] = [
    SetNode.self, CreateNode.self, UpdateNode.self, CompareAndSwap.self, CompareAndDelete.self,
    RemoveNode.self,
  ]
}
