import Bytes
package import Store

/// The state at one moment, for a snapshot: the tree, and the sections beside it.
package struct CapturedState: Sendable {
  private let tree: StoreSnapshot
  private let sections: [(name: StaticString, lines: [LineEncoder])]

  /// Captures the state. Only the thread that applies commands may do so.
  package init(_ store: KeyValueStore, _ sections: [any SnapshotSection]) {
    tree = store.snapshot()
    self.sections = sections.map { ($0.name, $0.capture()) }
  }

  /// The last command it reflects.
  package var appliedIndex: LogIndex { tree.appliedIndex }

  /// Writes a snapshot's file and makes it durable. On any thread.
  ///
  /// - Parameters:
  ///   - firstLine: encodes a line to stand before the state.
  ///   - flag: once it is set, nothing more is written, and the file is removed.
  /// - Returns: nil if it was cancelled.
  package func writeFile(
    on disk: any Disk, at index: LogIndex, _ term: Term,
    after firstLine: ((inout [UInt8]) -> Void)? = nil,
    unless flag: CancellationFlag = CancellationFlag()
  ) throws(JournalError) -> SnapshotRecord? {
    var writer = try SnapshotWriter(disk, index: index, term: term)
    if let firstLine { try writer.append(firstLine) }
    try write(to: &writer, unless: flag)
    if !flag.isCancelled { return try writer.finish() }
    writer.abandon()
    return nil
  }

  /// Writes all of it, or only a part of it once `flag` is set.
  private func write(
    to writer: inout SnapshotWriter, unless flag: CancellationFlag
  ) throws(JournalError) {
    try tree.write(to: &writer) { flag.isCancelled }
    for (name, lines) in sections {
      for line in lines {
        if flag.isCancelled { return }
        try writer.append { bytes in
          bytes.append("{\"")
          bytes.append(name)
          bytes.append("\":")
          line(&bytes)
          bytes.append("}")
        }
      }
    }
  }
}
