// Every difference between Linux and macOS that the event loop meets. macOS is untested.

#if canImport(Glibc)
  internal import CSystem
  internal import Glibc
#else
  internal import Darwin
#endif

/// The few calls whose names, arguments or meaning differ between systems.
package enum Platform {
  #if canImport(Glibc)
    static let streamSocket = Int32(SOCK_STREAM.rawValue)
    static let tcp = Int32(IPPROTO_TCP)
    /// A peer that has gone must be an error of the call, not a signal that ends the process.
    static let sendFlags = Int32(MSG_NOSIGNAL)
    /// `poll`'s word for "the peer has shut down its sending side" (a GNU extension).
    static let pollEnded: Int16 = 0x2000
  #else
    static let streamSocket = SOCK_STREAM
    static let tcp = IPPROTO_TCP
    static let sendFlags: Int32 = 0
    /// macOS has no POLLRDHUP: it reports POLLHUP as soon as the peer shuts down its sending side.
    static let pollEnded = Int16(POLLHUP)
  #endif

  /// A new socket, non-blocking and closed on `exec`; -1 and `errno` on failure.
  static func socket(family: Int32) -> Int32 {
    #if canImport(Glibc)
      return Glibc.socket(
        family, streamSocket | Int32(SOCK_NONBLOCK.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    #else
      return adopt(Darwin.socket(family, streamSocket, 0))
    #endif
  }

  /// The next connection of a listening socket, non-blocking and closed on `exec`; -1 and `errno`
  /// on failure.
  static func accept(_ listener: Int32) -> Int32 {
    #if canImport(Glibc)
      return retryingInterrupts {
        accept4(
          listener, nil, nil, Int32(SOCK_NONBLOCK.rawValue) | Int32(SOCK_CLOEXEC.rawValue))
      }
    #else
      return adopt(retryingInterrupts { Darwin.accept(listener, nil, nil) })
    #endif
  }

  static func connect(
    _ descriptor: Int32, _ address: UnsafePointer<sockaddr>, _ length: socklen_t
  ) -> Int32 {
    #if canImport(Glibc)
      return Glibc.connect(descriptor, address, length)
    #else
      return Darwin.connect(descriptor, address, length)
    #endif
  }

  static func close(_ descriptor: Int32) {
    #if canImport(Glibc)
      _ = Glibc.close(descriptor)
    #else
      _ = Darwin.close(descriptor)
    #endif
  }

  /// The seconds of a clock that never goes back, and of the wall clock; read to the kernel's tick of
  /// a few milliseconds where that is cheaper.
  static func coarseSeconds() -> (uptime: Int, wall: Int) {
    #if canImport(Glibc)
      let (steady, wall) = (CLOCK_MONOTONIC_COARSE, CLOCK_REALTIME_COARSE)
    #else
      let (steady, wall) = (CLOCK_MONOTONIC, CLOCK_REALTIME)
    #endif
    var (uptime, date) = (timespec(), timespec())
    clock_gettime(steady, &uptime)
    clock_gettime(wall, &date)
    return (uptime.tv_sec, date.tv_sec)
  }

  /// Raises the limit on open descriptors as far as this process may: each connection takes one,
  /// and some systems start programs with 256 or 1,024.
  ///
  /// - Returns: how many descriptors the process may have from now on.
  @discardableResult
  static func raiseDescriptorLimit() -> Int {
    var limit = rlimit()
    #if canImport(Glibc)
      let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
      let ceiling = rlim_t.max
    #else
      let resource = RLIMIT_NOFILE
      let ceiling = rlim_t(OPEN_MAX)
    #endif
    guard getrlimit(resource, &limit) == 0 else { return 256 }
    let allowed = limit.rlim_cur
    limit.rlim_cur = min(limit.rlim_max, ceiling)
    let raised = setrlimit(resource, &limit) == 0 ? limit.rlim_cur : allowed
    return Int(clamping: raised)
  }

  /// Starts a thread that runs `body` to its end and then goes away by itself.
  ///
  /// Traps when the system cannot give a thread: nothing could run then.
  package static func startThread(_ body: @escaping @Sendable () -> Void) {
    let box = Unmanaged.passRetained(ThreadBody(body)).toOpaque()
    #if canImport(Glibc)
      var thread = pthread_t()
    #else
      var thread: pthread_t?
    #endif
    let failure = pthread_create(&thread, nil, { runThread($0) }, box)
    precondition(failure == 0, "pthread_create: \(String(cString: strerror(failure)))")
    #if canImport(Glibc)
      pthread_detach(thread)
    #else
      if let thread { pthread_detach(thread) }
    #endif
  }
}

/// Carries a closure through `pthread_create`'s `void *`.
private final class ThreadBody: Sendable {
  let run: @Sendable () -> Void
  init(_ run: @escaping @Sendable () -> Void) { self.run = run }
}

private func runThread(_ argument: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
  guard let argument else { return nil }
  Unmanaged<ThreadBody>.fromOpaque(argument).takeRetainedValue().run()
  return nil
}

#if !canImport(Glibc)
  /// Gives a new descriptor what Linux gives it at birth: non-blocking, closed on `exec`, and no
  /// SIGPIPE.
  private func adopt(_ descriptor: Int32) -> Int32 {
    guard descriptor >= 0 else { return -1 }
    var on: Int32 = 1
    _ = fcntl(descriptor, F_SETFL, O_NONBLOCK)
    _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
    setsockopt(descriptor, SOL_SOCKET, SO_NOSIGPIPE, &on, socklen_t(MemoryLayout<Int32>.size))
    return descriptor
  }
#endif
