internal import Bytes

/// Takes a chunked body apart (RFC 9112, section 7.1), from pieces of any size.
///
///     5;name=value␍␊        size in hexadecimal, extensions, which are ignored
///     hello␍␊
///     0␍␊                   the last chunk
///     Trailer: value␍␊      trailers, likewise
///     ␍␊
///
/// Every byte given is consumed, so nothing is ever looked at twice.
package struct ChunkedDecoder: Sendable {
  /// Whether the body has come to its end.
  package var isComplete: Bool { state == .complete }

  private let limits: Limits
  private var state = State.size(digits: 0)
  /// Bytes of body that the sizes so far announce; the last of them may still be to come.
  private var announcedBytes = 0
  /// Of the current chunk: its size while that is read, then what is left of it.
  private var remaining = 0
  private var extensionBytes = 0
  private var trailerBytes = 0
  private var trailers = 0

  private enum State: Hashable {
    case size(digits: Int)
    /// Space before a semicolon: senders must not write it, readers must take it (BWS).
    case spaceAfterSize
    case extensions
    case sizeLineFeed
    case data
    case dataCarriageReturn
    case dataLineFeed
    case trailerStart
    case trailerName
    case trailerValue
    case trailerLineFeed
    case lastLineFeed
    case complete
  }

  package init(limits: Limits = Limits()) { self.limits = limits }

  /// Takes `bytes` apart and appends what is body to `body`.
  ///
  /// - Returns: how many bytes were consumed: all of them, unless the body ended before.
  /// - Throws: ``WireError/malformedChunk``; ``WireError/bodyTooLarge`` as soon as a size says so,
  ///   before its bytes; ``WireError/headTooLarge``, ``WireError/tooManyHeaders`` for trailers.
  package mutating func decode(
    _ bytes: Span<UInt8>, appendingTo body: inout [UInt8]
  ) throws(WireError) -> Int {
    var position = 0
    while position < bytes.count, state != .complete {
      if state == .data {
        let end = position + min(remaining, bytes.count - position)
        body.append(copying: bytes.extracting(position..<end))
        remaining -= end - position
        position = end
        if remaining == 0 { state = .dataCarriageReturn }
      } else {
        try take(bytes[position])
        position += 1
      }
    }
    return position
  }

  /// Takes one byte of what is around the data.
  private mutating func take(_ byte: UInt8) throws(WireError) {
    switch state {
    case .size(let digits):
      try takeSize(byte, digits: digits)
    case .spaceAfterSize, .extensions:
      try takeExtension(byte)
    case .sizeLineFeed:
      guard byte == .lineFeed else { throw .malformedChunk }
      try beginChunk()
    case .dataCarriageReturn:
      guard byte == .carriageReturn else { throw .malformedChunk }
      state = .dataLineFeed
    case .dataLineFeed:
      guard byte == .lineFeed else { throw .malformedChunk }
      state = .size(digits: 0)
    case .trailerStart, .trailerName, .trailerValue, .trailerLineFeed, .lastLineFeed:
      try takeTrailer(byte)
    case .data, .complete:
      preconditionFailure("not a byte around the data")
    }
  }

  private mutating func takeSize(_ byte: UInt8, digits: Int) throws(WireError) {
    if let digit = byte.hexDigitValue {
      // Leading zeros would overflow nothing, but nor would they ever end.
      guard remaining <= Int.max >> 4, digits < 16 else { throw .malformedChunk }
      remaining = remaining << 4 | Int(digit)
      state = .size(digits: digits + 1)
    } else if digits == 0 {
      throw .malformedChunk
    } else if byte == .carriageReturn {
      state = .sizeLineFeed
    } else {
      state = .spaceAfterSize
      try takeExtension(byte)
    }
  }

  private mutating func takeExtension(_ byte: UInt8) throws(WireError) {
    if state == .extensions, byte == .carriageReturn {
      state = .sizeLineFeed
      return
    }
    extensionBytes += 1
    guard extensionBytes <= limits.chunkExtensionBytes else { throw .malformedChunk }
    switch (state, byte) {
    case (.spaceAfterSize, .space), (.spaceAfterSize, .tab): break
    case (.spaceAfterSize, UInt8(ascii: ";")): state = .extensions
    case (.extensions, _) where !byte.isControl: break
    default: throw .malformedChunk
    }
  }

  /// The size line is read: data follows, or the trailers.
  private mutating func beginChunk() throws(WireError) {
    guard remaining <= limits.bodyBytes - announcedBytes else { throw .bodyTooLarge }
    announcedBytes += remaining
    state = remaining > 0 ? .data : .trailerStart
  }

  /// Trailers have the form of headers; their content is of no use here.
  private mutating func takeTrailer(_ byte: UInt8) throws(WireError) {
    trailerBytes += 1
    guard trailerBytes <= limits.headBytes else { throw .headTooLarge }
    switch (state, byte) {
    case (.trailerStart, .carriageReturn):
      state = .lastLineFeed
    case (.lastLineFeed, .lineFeed):
      state = .complete
    case (.trailerStart, _) where byte.isToken:
      trailers += 1
      guard trailers <= limits.headerCount else { throw .tooManyHeaders }
      state = .trailerName
    case (.trailerName, _) where byte.isToken:
      break
    case (.trailerName, UInt8(ascii: ":")):
      state = .trailerValue
    case (.trailerValue, .carriageReturn):
      state = .trailerLineFeed
    case (.trailerValue, _) where !byte.isControl:
      break
    case (.trailerLineFeed, .lineFeed):
      state = .trailerStart
    default:
      throw .malformedChunk
    }
  }
}
