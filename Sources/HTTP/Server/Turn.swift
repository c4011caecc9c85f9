/// How much a task has done without letting the loop's other tasks run.
///
/// A task that finds all it needs in its buffers never has to wait, and would keep the loop to
/// itself. When its turn is over it yields, which costs less than a microsecond.
struct Turn {
  /// Requests answered in one turn, at most.
  static let requests = 16
  /// Bytes taken from requests and put into answers in one turn; exceeded by at most one of them.
  static let bytes = 256 << 10

  private var requests = 0
  private var bytes = 0

  /// Counts a request or a piece of an answer, of `bytes` bytes.
  mutating func note(bytes: Int) {
    requests += 1
    self.bytes += bytes
  }

  var isOver: Bool { requests >= Self.requests || bytes >= Self.bytes }
}
