internal import Bytes
internal import Loop

/// Bytes that have come in on a connection and are not used up yet.
///
/// ```
///   storage  │ used │ the current request, as far as it has come │ later ones │ free │
///                   start                                                     end
/// ```
///
/// Using bytes up moves none: it only advances `start`. Bytes move when the storage is full, and
/// then at least a quarter of it is gained, so that each byte is moved a constant number of times
/// however small the requests are.
///
/// The storage is an array whose every element exists, so that a slice of it may be kept: the slice
/// then owns the array too, and the next read gets a copy.
struct InputBuffer {
  /// Room at first: several usual requests. Waiting requests need a buffer each: it should cost
  /// little.
  static let initialBytes = 4 << 10
  /// The most that one read takes, so that other connections get their turn between two of them,
  /// and what has come in beyond the current request stays small.
  static let readBytes = 256 << 10

  private(set) var storage = [UInt8](repeating: 0, count: initialBytes)
  private(set) var start = 0
  private(set) var end = 0
  /// Bytes moved or copied by the buffer since it was made: what tests of its cost count.
  private(set) var movedBytes = 0

  var count: Int { end - start }
  var isEmpty: Bool { start == end }

  /// Where the bytes not used up are in ``storage``.
  var range: Range<Int> { start..<end }

  /// Calls `body` with the bytes not used up.
  func withBytes<Result, Failure>(
    _ body: (Span<UInt8>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try body(storage.span.extracting(range))
  }

  /// Reads from `socket` what is there and finds room, at most ``readBytes``.
  ///
  /// - Returns: the number of bytes, 0 at the end of the stream, nil when there is nothing yet.
  mutating func receive(from socket: Socket) throws(SocketError) -> Int? {
    makeRoom()
    let free = end..<min(end + Self.readBytes, storage.count)
    let count = try storage.withUnsafeMutableBufferPointer { bytes throws(SocketError) in
      let free = UnsafeMutableBufferPointer(rebasing: bytes[free])
      return try socket.read(into: UnsafeMutableRawBufferPointer(free))
    }
    self.end += count ?? 0
    return count
  }

  /// Uses up the first `count` bytes.
  mutating func drop(_ count: Int) {
    start += count
    if isEmpty { (start, end) = (0, 0) }
  }

  /// Gives up free room if that halves the storage: for as long as nothing is to come.
  mutating func trim() {
    if storage.count >= 2 * count { replaceStorage(bytes: count) }
  }

  /// Gives up a storage of more than `kept` bytes that is mostly free, and one too small to read
  /// into.
  mutating func normalize(keeping kept: Int) {
    let isTooLarge = storage.count > kept && storage.count >= 4 * count
    if isTooLarge || isEmpty && storage.count < Self.initialBytes {
      replaceStorage(bytes: max(2 * count, Self.initialBytes))
    }
  }

  /// Moves what is there to the front if that gains a quarter of the storage, or else takes a
  /// storage twice as large: memory is spent only on bytes that have come, not on an announced
  /// length.
  private mutating func makeRoom() {
    guard end == storage.count else { return }
    if start > 0, start >= storage.count / 4 {
      let kept = range
      storage.withUnsafeMutableBytes { $0.copyMemory(from: .init(rebasing: $0[kept])) }
      (start, end) = (0, kept.count)
      movedBytes += kept.count
    } else {
      replaceStorage(bytes: max(2 * count, Self.initialBytes))
    }
  }

  private mutating func replaceStorage(bytes: Int) {
    var new: [UInt8] = []
    new.reserveCapacity(bytes)
    new.append(copying: storage.span.extracting(range))
    new.append(contentsOf: repeatElement(0, count: bytes - new.count))
    movedBytes += count
    (start, end) = (0, count)
    storage = new
  }
}
