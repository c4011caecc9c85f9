internal import Platform

/// How long a connection outlives a peer whose host has vanished: lost its power, its network, or
/// its place behind a router that forgets.
///
/// Such a peer sends nothing, not even an end, and a client that waits for an event owes nothing
/// either: without a probe now and then the connection would stay for ever. The system sends the
/// probes, and a host that is there answers them whatever its process does. Whole seconds.
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
    Platform.keepAlive(descriptor, idle: idle, interval: interval, count: count, limit: limit)
  }
}
