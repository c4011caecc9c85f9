#if DEBUG
  import Raft

  /// A bug put into a running schedule by a test, to see whether the referee notices. Most bugs are
  /// planted in a copy of the sources; this is for the few that every run of the tests looks for.
  struct Sabotage {
    /// Falsifies a message before its receiver sees it.
    var message: (inout Message, RaftCore) -> Void = { _, _ in }
    /// Falsifies a node after it has taken something in; it is told what the node was before.
    var node: (inout RaftNode, RaftCore) -> Void = { _, _ in }
    /// Lets go what should wait for the disk.
    var speaksBeforeDisk = false
  }
#endif
