/// How much the server takes from a client, and the client from a server, in one place. Of an
/// answer's body see ``ClientRequest/answerBytes``.
///
/// Every limit is tested at its value and one past it.
public struct Limits: Sendable {
  /// Bytes of a head, from its first byte (empty lines before it too) to the empty line that ends
  /// it. One more is 431.
  public var headBytes = 64 << 10
  /// Header lines in a head, and trailer lines after a chunked body. One more is 431.
  public var headerCount = 128
  /// Bytes of a body, as sent (`Content-Length`) or as counted (chunked). One more is 413.
  public var bodyBytes = 10 << 20
  /// Bytes of all requests of a server together that come in or are being answered, beyond the
  /// first few KiB of each. Large ones may have three quarters of it. A request that finds none
  /// waits for ``Timeouts/room``, and is then 503. Each event loop has its part, which is never too
  /// small for the largest request; buffers grow by doubling, so that up to twice as much memory
  /// may be taken.
  public var requestBytes = 256 << 20
  /// Bytes that are read and forgotten after an answer that refused a request
  /// (``Timeouts/linger``): a client that reads only after it has sent a whole body gets that
  /// answer. Sending more breaks the connection.
  public var discardedBytes = 16 << 20
  /// Heads with a status of 1xx that a client takes before an answer (RFC 9110, section 15.2). One
  /// more ends the connection.
  public var interimHeads = 16
  /// Empty lines tolerated before a request line (RFC 9112, section 2.2). One more is 400.
  public var emptyLines = 4
  /// Bytes of extensions in all chunks of a body together: they are ignored, and small chunks with
  /// long ones would be much work for little body. One more is 400.
  public var chunkExtensionBytes = 4 << 10
  /// Open connections; more wait until one closes. The system's limit on descriptors may be lower.
  public var connections = 65_536

  public init() {}
}
