import Platform

/// Hands a backup's bytes from the thread that encodes them to a task that sends them, one piece at
/// a time. The thread waits until the piece before was taken: however slowly the task sends, two
/// pieces are all the memory this takes.
///
/// To the thread it is a file that can only be appended to.
final class PieceChannel: DiskFile, @unchecked Sendable {
  // Why `@unchecked Sendable` holds: everything below is only touched with the monitor's lock.
  private let monitor = Monitor()
  /// A piece that was not taken yet.
  private var piece: [UInt8]?
  private var reader: UnsafeContinuation<[UInt8]?, Never>?
  /// Nothing more is put in.
  private var isOver = false
  /// Set once no more is taken.
  let cancellation = CancellationFlag()

  deinit { monitor.destroy() }

  // MARK: The thread

  func write(_ bytes: UnsafeRawBufferPointer, at _: Int) throws(DiskError) {
    let new = Array(bytes)
    monitor.lock()
    while piece != nil, !cancellation.isCancelled { monitor.wait() }
    let waiting = reader.take()
    if waiting == nil, !cancellation.isCancelled { piece = new }
    monitor.unlock()
    waiting?.resume(returning: new)
  }

  /// Says that there is no more.
  func end() {
    monitor.lock()
    isOver = true
    let waiting = reader.take()
    monitor.unlock()
    waiting?.resume(returning: nil)
  }

  func size() throws(DiskError) -> Int { throw Self.onlyAppends }
  func read(at _: Int, into _: UnsafeMutableRawBufferPointer) throws(DiskError) -> Int {
    throw Self.onlyAppends
  }
  func rewrite(_: Range<Int>) throws(DiskError) { throw Self.onlyAppends }
  func truncate(to _: Int) throws(DiskError) { throw Self.onlyAppends }
  func sync() throws(DiskError) {}

  private static let onlyAppends = DiskError(.other, "a stream can only be appended to")

  // MARK: The task

  /// The next piece; nil at the end. For one task at a time.
  func next() async -> [UInt8]? {
    await withUnsafeContinuation { continuation in
      monitor.lock()
      let taken = piece.take()
      let isOver = isOver
      if taken == nil, !isOver { reader = continuation }
      monitor.unlock()
      if taken == nil, !isOver { return }
      monitor.signal()
      continuation.resume(returning: taken)
    }
  }

  /// Has the thread stop soon.
  func cancel() {
    monitor.lock()
    cancellation.cancel()
    piece = nil
    monitor.unlock()
    monitor.signal()
  }
}
