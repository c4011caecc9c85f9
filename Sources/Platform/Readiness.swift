/// What the system reports about a descriptor, or is asked to report.
package struct Readiness: OptionSet, Sendable {
  package let rawValue: UInt8

  @inlinable
  package init(rawValue: UInt8) { self.rawValue = rawValue }

  /// Bytes, a connection or the end of the stream can be read.
  @inlinable package static var readable: Readiness { Readiness(rawValue: 1) }
  /// The send buffer has room.
  @inlinable package static var writable: Readiness { Readiness(rawValue: 2) }
  /// The peer has shut down its sending side: all that it sent can be read, then comes the end. It
  /// may still be reading.
  @inlinable package static var ended: Readiness { Readiness(rawValue: 4) }
  /// The connection is gone both ways: a reset, or both sides shut down. Reported unasked.
  @inlinable package static var broken: Readiness { Readiness(rawValue: 8) }
}
