public import Loop

/// How long the server waits for a client, in one place. Whole seconds, checked once a second: each
/// may last up to two seconds longer. For "never" take some years.
public struct Timeouts: Sendable {
  /// How long a connection may stay open with no request on it.
  public var idle: UInt32 = 120
  /// How long a connection for which there was no place but a reserved one may take to its first
  /// request, and that request to come in: others wait for the place.
  public var reserved: UInt32 = 2
  /// For how long a connection whose requests have priority is not ended to make room.
  public var priority: UInt32 = 10
  /// How long a request may take to come in, from its first byte to its last; answered 408 after
  /// that. Each ``bytesPerSecond`` that have arrived, of a chunk as of any body, allow a second
  /// more: a large body may take longer, but a byte now and then does not hold a connection.
  public var request: UInt32 = 30
  /// See ``request``.
  public var bytesPerSecond = 64 << 10
  /// How far a client may fall behind in reading what is ready for it. Each
  /// ``unreadBytesPerSecond`` read allow a second more, and so does each second in which nothing
  /// waits for it.
  public var unread: UInt32 = 30
  /// See ``unread``.
  public var unreadBytesPerSecond = 8 << 10
  /// How long a request waits for room among the others (``Limits/requestBytes``).
  public var room: UInt32 = 5
  /// How long the server reads on after an answer that ends the connection in the middle of a
  /// request. Closing at once would reset the connection, and the answer would be lost.
  public var linger: UInt32 = 5
  /// When a connection to a host that has vanished is given up.
  public var keepAlive = KeepAlive()

  public init() {}
}
