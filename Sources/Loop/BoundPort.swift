internal import Platform
internal import Synchronization

/// A port that this process has taken and does not listen on yet: connections are refused.
///
/// A program takes its port before it touches anything else, so that a program which cannot serve
/// leaves nothing behind, and listens when it is ready to serve. A port that nothing listens on is
/// given up with the last reference.
public final class BoundPort: Sendable {
  public let host: String
  /// The port asked for, or one the system chose if that was 0.
  public let port: UInt16
  /// Nil once it listens.
  private let descriptor: Mutex<Int32?>

  /// Descriptors of a server beside its port and its loops: some fifteen for its log, its signals
  /// and the system's own libraries, and the rest for a few connections. Those libraries end a
  /// process that has none left for their timers.
  static let otherDescriptors = 26

  /// How many descriptors a server must be able to open beside the port, at least: it has a loop
  /// per core.
  static func neededDescriptors(cores: Int) -> Int {
    EventLoop.mostDescriptors * cores + otherDescriptors
  }

  /// Takes a port. Blocks while `host` is looked up, unless it is in digits.
  ///
  /// - Parameter host: an address, a name, or nothing, which means every interface.
  /// - Throws: ``AddressError``, also when another process listens there, or when this one may open
  ///   too few descriptors to serve.
  public init(_ host: String, port: UInt16) throws(AddressError) {
    Platform.raiseDescriptorLimit()
    let needed = Self.neededDescriptors(cores: Platform.coreCount)
    do throws(SystemError) { try Platform.requireDescriptors(needed) } catch {
      throw AddressError(host, port, "\(error.reason); see ulimit -n")
    }
    let bound = try Listener.bind(host, port: port)
    self.host = host
    self.port = bound.port
    descriptor = Mutex(bound.descriptor)
  }

  deinit {
    if let descriptor = descriptor.withLock({ $0.take() }) { Platform.close(descriptor) }
  }

  /// Begins to listen. The descriptor is the caller's from then on.
  /// - Throws: ``AddressError`` if another process has begun to listen there meanwhile.
  package func listen(keepAlive: KeepAlive) throws(AddressError) -> Int32 {
    guard let descriptor = descriptor.withLock({ $0.take() }) else {
      preconditionFailure("a port has one server")
    }
    do throws(SystemError) { try Listener.listen(descriptor, keepAlive: keepAlive) } catch {
      Platform.close(descriptor)
      throw AddressError(host, port, error.reason)
    }
    return descriptor
  }
}
