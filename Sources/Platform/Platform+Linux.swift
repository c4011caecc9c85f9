// What has another name, other arguments or another meaning on Linux than elsewhere.
// Platform+Darwin.swift has the same members.

#if os(Linux)
  internal import CSystem
  #if canImport(Musl)
    // `environ` is a variable that any thread might change.
    @preconcurrency internal import Musl
  #else
    internal import Glibc
  #endif

  // MARK: Constants

  // What glibc declares in enumerations are macros, and so plain numbers, in musl.

  func bits(_ constant: some RawRepresentable<UInt32>) -> UInt32 { constant.rawValue }
  func bits(_ constant: Int32) -> UInt32 { UInt32(bitPattern: constant) }
  private func number(_ constant: some RawRepresentable<some BinaryInteger>) -> Int32 {
    Int32(constant.rawValue)
  }
  private func number(_ constant: Int32) -> Int32 { constant }

  // MARK: Sockets

  /// The type of a TCP socket, as `socket` takes it.
  package let streamSocket = number(SOCK_STREAM)
  let tcp = Int32(IPPROTO_TCP)
  /// A peer that has gone must be an error of the call, not a signal that ends the process.
  let sendFlags = Int32(MSG_NOSIGNAL)
  /// `poll`'s word for "the peer has shut down its sending side" (a GNU extension).
  let pollEnded: Int16 = 0x2000
  /// `poll`'s word for "the connection is gone both ways".
  let pollBroken = Int16(POLLERR | POLLNVAL | POLLHUP)
  /// Whether the system's `poll` is macOS's: see ``PollRules``.
  let pollFollowsXNUsRules = false

  /// What a descriptor is given at birth: non-blocking, and closed on `exec`.
  private let flagsAtBirth = number(SOCK_NONBLOCK) | number(SOCK_CLOEXEC)

  /// A new socket that does not wait.
  package func openSocket(_ family: SocketAddress.Family) throws(SystemError) -> Int32 {
    try checked("socket") { socket(family.number, streamSocket | flagsAtBirth, 0) }
  }

  /// The next connection of a listening socket, nil when there is none yet.
  package func acceptConnection(of listener: Int32) throws(SystemError) -> Int32? {
    try attempted("accept") { accept4(listener, nil, nil, flagsAtBirth) }
  }

  /// Gives a new descriptor what sockets are given at birth.
  func adopt(_ descriptor: Int32) {
    _ = fcntl(descriptor, F_SETFL, O_NONBLOCK)
    _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
  }

  /// Has the system ask a silent peer's host whether it is there. In seconds.
  ///
  /// - Parameters:
  ///   - idle: silence after which the first probe is sent.
  ///   - interval: between two probes.
  ///   - count: probes without an answer after which the connection is gone.
  ///   - limit: how long what was sent may wait to be acknowledged.
  package func keepAlive(
    _ socket: Int32, idle: UInt32, interval: UInt32, count: UInt32, limit: UInt32
  ) {
    set(SOL_SOCKET, SO_KEEPALIVE, of: socket)
    set(tcp, TCP_KEEPIDLE, to: Int32(clamping: idle), of: socket)
    set(tcp, TCP_USER_TIMEOUT, to: Int32(clamping: Int64(limit) * 1000), of: socket)
    set(tcp, TCP_KEEPINTVL, to: Int32(clamping: interval), of: socket)
    set(tcp, TCP_KEEPCNT, to: Int32(clamping: count), of: socket)
  }

  /// The two ends of what wakes a loop, which do not wait: here an eventfd, one descriptor for
  /// both.
  package func openWakeUp() throws(SystemError) -> (readEnd: Int32, writeEnd: Int32) {
    let descriptor = try checked("eventfd") { eventfd(0, Int32(EFD_NONBLOCK | EFD_CLOEXEC)) }
    return (descriptor, descriptor)
  }

  // MARK: Files

  /// Closes a descriptor; the next file or socket gets its number.
  package func close(_ descriptor: Int32) {
    #if canImport(Musl)
      _ = Musl.close(descriptor)
    #else
      _ = Glibc.close(descriptor)
    #endif
  }

  /// Waits until the drive itself has a file's bytes and length.
  package func syncData(_ file: Int32) throws(SystemError) {
    // Unlike fsync it does not wait for the inode's times; for the length it does.
    try checked("fdatasync") { fdatasync(file) }
  }

  /// Waits until the drive has everything of a file or directory. For a file's contents
  /// ``syncData(_:)`` takes less.
  package func sync(_ file: Int32) throws(SystemError) {
    try checked("fsync") { fsync(file) }
  }

  // MARK: Clocks

  /// Clocks that are read to the kernel's tick of a few milliseconds, which is cheaper.
  let coarseMonotonicClock = CLOCK_MONOTONIC_COARSE
  let coarseWallClock = CLOCK_REALTIME_COARSE

  // MARK: Threads

  /// Starts a detached thread.
  /// - Returns: the error's code, 0 if there was none.
  func startDetachedThread(
    _ body: @convention(c) (UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer?,
    _ argument: UnsafeMutableRawPointer
  ) -> Int32 {
    var attributes = pthread_attr_t()
    pthread_attr_init(&attributes)
    defer { pthread_attr_destroy(&attributes) }
    pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
    #if canImport(Musl)
      // Left to itself it gives a thread 128 KiB, which a deep call needs more than.
      pthread_attr_setstacksize(&attributes, 8 << 20)
      var thread: pthread_t?
    #else
      var thread = pthread_t()
    #endif
    return pthread_create(&thread, &attributes, body, argument)
  }

  func initialize(_ condition: UnsafeMutablePointer<pthread_cond_t>) {
    // Otherwise the end of a wait would move when the wall clock is set.
    var attributes = pthread_condattr_t()
    pthread_condattr_init(&attributes)
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
    pthread_cond_init(condition, &attributes)
    pthread_condattr_destroy(&attributes)
  }

  /// Waits to be signalled, with the mutex locked.
  /// - Parameter nanoseconds: for how long; less than a second.
  func wait(
    for condition: UnsafeMutablePointer<pthread_cond_t>,
    _ mutex: UnsafeMutablePointer<pthread_mutex_t>, nanoseconds: Int
  ) {
    var end = timespec()
    clock_gettime(CLOCK_MONOTONIC, &end)
    end.tv_nsec += nanoseconds
    if end.tv_nsec >= 1_000_000_000 {
      end.tv_sec += 1
      end.tv_nsec -= 1_000_000_000
    }
    pthread_cond_timedwait(condition, mutex, &end)
  }

  // MARK: The process

  /// Ends the process in good order: what was printed is written first.
  package func exit(_ status: Int32) -> Never {
    #if canImport(Musl)
      Musl.exit(status)
    #else
      Glibc.exit(status)
    #endif
  }

  let descriptorResource = number(RLIMIT_NOFILE)
  let fileSizeResource = number(RLIMIT_FSIZE)
  let mostDescriptors = rlim_t.max
  let thisProcess = number(RUSAGE_SELF)

  var environmentLines: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? { environ }

  /// What `posix_spawn` is told about a child, not yet initialized.
  func spawnAttributes() -> posix_spawnattr_t { posix_spawnattr_t() }

  /// The processor time of all threads of a process, in user and system mode, in seconds; nil if
  /// there is no such process, or if the system does not tell.
  package func processorSeconds(of process: Int32) -> Double? {
    var clock = clockid_t()
    var time = timespec()
    guard process > 0, clock_getcpuclockid(process, &clock) == 0, clock_gettime(clock, &time) == 0
    else { return nil }
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }
#endif
