#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

/// How long a connection outlives a peer whose host has vanished: lost its power, its network, or its
/// place behind a router that forgets.
///
/// Such a peer sends nothing, not even an end, and a client that waits for an event owes nothing either:
/// without a probe now and then the connection would stay for ever. The system sends the probes, and a
/// host that is there answers them whatever its process does. Whole seconds.
public struct KeepAlive: Sendable, Equatable {
  /// Silence after which the first probe is sent.
  public var idle: UInt32 = 30
  /// Between two probes.
  public var interval: UInt32 = 10
  /// Probes without an answer after which the connection is gone.
  public var count: UInt32 = 3

  public init() {}

  /// How long the peer's host may be silent: also where data waits to be acknowledged, or its
  /// receive window stays closed.
  public var limit: UInt32 { idle + interval * count }

  /// Sets the options of a socket; what a listening socket has, its connections inherit.
  func apply(to descriptor: Int32) {
    Listener.set(SOL_SOCKET, SO_KEEPALIVE, of: descriptor)
    #if canImport(Glibc)
      Listener.set(Platform.tcp, TCP_KEEPIDLE, to: Int32(clamping: idle), of: descriptor)
      let milliseconds = Int32(clamping: Int64(limit) * 1000)
      Listener.set(Platform.tcp, TCP_USER_TIMEOUT, to: milliseconds, of: descriptor)
    #else
      Listener.set(Platform.tcp, TCP_KEEPALIVE, to: Int32(clamping: idle), of: descriptor)
      Listener.set(Platform.tcp, TCP_RXT_CONNDROPTIME, to: Int32(clamping: limit), of: descriptor)
    #endif
    Listener.set(Platform.tcp, TCP_KEEPINTVL, to: Int32(clamping: interval), of: descriptor)
    Listener.set(Platform.tcp, TCP_KEEPCNT, to: Int32(clamping: count), of: descriptor)
  }
}
