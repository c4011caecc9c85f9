/// How long the server waits for a client, in one place. Whole seconds, checked once a second: each may
/// last up to two seconds longer. For "never" take some years.
public struct Timeouts: Sendable {
  /// How long a connection may stay open with no request on it.
  public var idle: UInt32 = 120
  /// How long a request may take to come in, from its first byte to its last; answered 408 after that.
  /// Each ``bytesPerSecond`` received allow a second more, so a large body may take longer, but nobody
  /// can hold a connection by sending a byte now and then.
  public var request: UInt32 = 30
  /// See ``request``.
  public var bytesPerSecond = 64 << 10
  /// How long a client may take to read some of what is ready for it.
  public var unread: UInt32 = 30
  /// How long the server reads on after an answer that ends the connection in the middle of a request.
  /// Closing at once would reset the connection, and the answer would be lost.
  public var linger: UInt32 = 5

  public init() {}
}
