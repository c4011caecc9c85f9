internal import JSON

/// Bytes that have come in on a connection and are not used up yet.
///
/// ```
///   storage  │ used │ the present request, what of it has come │ later ones │ free │
///                   start                                                   end
/// ```
///
/// The storage is an array whose every element exists, so that whoever looks at a part of it (a slice)
/// may keep it as long as he likes: he then owns the array too, and the next read gets one of its own.
struct InputBuffer {
  /// Room at first: a bunch of usual requests. Waiting requests need a buffer each: it should cost little.
  static let initialBytes = 4 << 10

  private(set) var storage = [UInt8](repeating: 0, count: initialBytes)
  private(set) var start = 0
  private(set) var end = 0

  var count: Int { end - start }
  var isEmpty: Bool { start == end }

  /// Where the bytes not used up stand in ``storage``.
  var range: Range<Int> { start..<end }

  /// Calls `body` with the bytes not used up.
  func withBytes<Result, Failure>(
    _ body: (Span<UInt8>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try body(storage.span.extracting(range))
  }

  /// Reads from `socket` what is there and finds room.
  ///
  /// - Returns: the number of bytes, 0 at the end of the stream, nil when there is nothing yet.
  mutating func receive(from socket: Socket) throws(SocketError) -> Int? {
    makeRoom()
    let end = end
    let count = try storage.withUnsafeMutableBufferPointer { bytes throws(SocketError) in
      let free = UnsafeMutableBufferPointer(rebasing: bytes[end...])
      return try socket.read(into: UnsafeMutableRawBufferPointer(free))
    }
    self.end += count ?? 0
    return count
  }

  /// Gives up the room that holds nothing, for as long as nothing is to come.
  mutating func trim() {
    storage = [UInt8](copying: storage.span.extracting(range))
    (start, end) = (0, storage.count)
  }

  /// Uses up the first `count` bytes.
  mutating func drop(_ count: Int) {
    start += count
    if isEmpty { (start, end) = (0, 0) }
  }

  /// Takes out the bytes from `offset` (counted from the first not used up) up to `offset + count`, so
  /// that those before and after meet.
  mutating func cut(_ offset: Int, _ count: Int) {
    let gap = start + offset
    storage.withUnsafeMutableBytes { bytes in
      let rest = UnsafeRawBufferPointer(rebasing: bytes[gap + count..<end])
      UnsafeMutableRawBufferPointer(rebasing: bytes[gap...]).copyMemory(from: rest)
    }
    end -= count
  }

  /// Moves what is there to the front, or doubles the storage when that is full: memory is spent only on
  /// bytes that have come, not on a length somebody announces.
  private mutating func makeRoom() {
    guard end == storage.count else { return }
    if start > 0 {
      let kept = range
      storage.withUnsafeMutableBytes { $0.copyMemory(from: .init(rebasing: $0[kept])) }
      (start, end) = (0, kept.count)
    } else {
      storage.append(contentsOf: repeatElement(0, count: storage.count))
    }
  }
}
