public import Store

/// The commands this module adds to the log's language.
public enum EtcdCommands {
  /// For a ``Store/CommandRegistry``.
  public static let all: [any Command.Type] = [
    SetKey.self, CreateKey.self, UpdateKey.self, CompareAndSwap.self, CompareAndDelete.self,
    RemoveKey.self,
  ]
}
