import Platform
package import Store

/// A backup of a running server, as pieces to be sent: see ``Backup``.
///
/// The state was captured before, and what that costs is what is written to meanwhile: those pages
/// are copied. The pieces are encoded on a thread that ends with the last one, each when the one
/// before was taken.
package final class BackupStream: Sendable {
  private let pieces = PieceChannel()

  /// Begins to encode.
  /// - Parameters:
  ///   - state: let go on that thread, unless the caller keeps it: to free a large one takes long.
  ///   - term: at least that of the last command in the state.
  package init(of state: CapturedState, term: Term) {
    startThread { [pieces] in
      do throws(JournalError) { try state.write(to: pieces, term: term) } catch {
        preconditionFailure("what goes into a channel cannot fail: \(error)")
      }
      pieces.end()
    }
  }

  deinit { pieces.cancel() }

  /// The next piece, of a megabyte or as much as one value takes; nil at the end.
  package func next() async -> [UInt8]? { await pieces.next() }
}

extension CapturedState {
  /// Writes a backup into `pieces`. Returns when all of it is taken or no more is wanted.
  func write(to pieces: PieceChannel, term: Term) throws(JournalError) {
    _ = try writeFile(
      on: OneFileDisk(file: pieces), at: appliedIndex, term, unless: pieces.cancellation)
  }
}
