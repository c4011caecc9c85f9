// What has another name, other arguments or another meaning on macOS than on Linux. Type-checked,
// never run.
// Platform+Linux.swift has the same members, and says what they are for.

#if canImport(Darwin)
  internal import Darwin

  // MARK: Sockets

  package let streamSocket = SOCK_STREAM
  let tcp = IPPROTO_TCP
  /// A socket has an option instead: see `adopt`.
  let sendFlags: Int32 = 0
  /// There is no POLLRDHUP: POLLHUP is reported as soon as the peer shuts down its sending side.
  let pollEnded = Int16(POLLHUP)
  let pollBroken = Int16(POLLERR | POLLNVAL)
  let pollFollowsXNUsRules = true

  /// A new socket that does not wait.
  package func openSocket(_ family: SocketAddress.Family) throws(SystemError) -> Int32 {
    let descriptor = try checked("socket") { socket(family.number, streamSocket, 0) }
    adopt(descriptor)
    return descriptor
  }

  /// The next connection of a listening socket, nil when there is none yet.
  package func acceptConnection(of listener: Int32) throws(SystemError) -> Int32? {
    let connection = try attempted("accept") { accept(listener, nil, nil) }
    if let connection { adopt(connection) }
    return connection
  }

  /// Gives a new descriptor what Linux gives it at birth: non-blocking, closed on `exec`, and no
  /// SIGPIPE.
  func adopt(_ descriptor: Int32) {
    _ = fcntl(descriptor, F_SETFL, O_NONBLOCK)
    _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
    set(SOL_SOCKET, SO_NOSIGPIPE, of: descriptor)
  }

  /// Has the system ask a silent peer's host whether it is there. In seconds.
  package func keepAlive(
    _ socket: Int32, idle: UInt32, interval: UInt32, count: UInt32, limit: UInt32
  ) {
    set(SOL_SOCKET, SO_KEEPALIVE, of: socket)
    set(tcp, TCP_KEEPALIVE, to: Int32(clamping: idle), of: socket)
    set(tcp, TCP_RXT_CONNDROPTIME, to: Int32(clamping: limit), of: socket)
    set(tcp, TCP_KEEPINTVL, to: Int32(clamping: interval), of: socket)
    set(tcp, TCP_KEEPCNT, to: Int32(clamping: count), of: socket)
  }

  /// The two ends of what wakes a loop, which do not wait: here a pipe.
  package func openWakeUp() throws(SystemError) -> (readEnd: Int32, writeEnd: Int32) {
    let ends = try openPipe()
    for end in [ends.readEnd, ends.writeEnd] {
      _ = fcntl(end, F_SETFL, O_NONBLOCK)
      _ = fcntl(end, F_SETFD, FD_CLOEXEC)
    }
    return ends
  }

  // MARK: Files

  /// Closes a descriptor; the next file or socket gets its number.
  package func close(_ descriptor: Int32) { _ = Darwin.close(descriptor) }

  /// Waits until the drive itself has a file's bytes and length.
  package func syncData(_ file: Int32) throws(SystemError) {
    // fsync would leave the bytes in the drive's cache, says its manual page.
    do throws(SystemError) { try checked("fcntl") { fcntl(file, F_FULLFSYNC) } } catch {
      // A network's volume has no drive to ask.
      guard [ENOTSUP, EINVAL, ENOTTY].contains(error.code) else { throw error }
      try checked("fsync") { fsync(file) }
    }
  }

  package func sync(_ file: Int32) throws(SystemError) { try syncData(file) }

  // MARK: Clocks

  let coarseMonotonicClock = CLOCK_MONOTONIC
  let coarseWallClock = CLOCK_REALTIME

  // MARK: Threads

  func startDetachedThread(
    _ body: @convention(c) (UnsafeMutableRawPointer) -> UnsafeMutableRawPointer?,
    _ argument: UnsafeMutableRawPointer
  ) -> Int32 {
    var thread: pthread_t?
    let failure = pthread_create(&thread, nil, body, argument)
    if let thread, failure == 0 { pthread_detach(thread) }
    return failure
  }

  func initialize(_ condition: UnsafeMutablePointer<pthread_cond_t>) {
    pthread_cond_init(condition, nil)
  }

  func wait(
    for condition: UnsafeMutablePointer<pthread_cond_t>,
    _ mutex: UnsafeMutablePointer<pthread_mutex_t>, nanoseconds: Int
  ) {
    var time = timespec(tv_sec: 0, tv_nsec: nanoseconds)
    pthread_cond_timedwait_relative_np(condition, mutex, &time)
  }

  // MARK: The process

  /// Ends the process in good order: what was printed is written first.
  package func exit(_ status: Int32) -> Never { Darwin.exit(status) }

  let descriptorResource = RLIMIT_NOFILE
  let fileSizeResource = RLIMIT_FSIZE
  let mostDescriptors = rlim_t(OPEN_MAX)
  let thisProcess = RUSAGE_SELF

  var environmentLines: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? {
    _NSGetEnviron().pointee
  }

  func spawnAttributes() -> posix_spawnattr_t? { nil }

  /// Not told: nil.
  package func processorSeconds(of process: Int32) -> Double? { nil }
#endif
