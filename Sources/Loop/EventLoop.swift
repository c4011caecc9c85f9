public import Platform
internal import Synchronization

/// One thread that waits for many sockets and runs the tasks that use them.
///
/// An event loop is a `TaskExecutor`: a task started with it as its executor preference runs on the
/// loop's thread and nowhere else, together with its child tasks and with everything after an
/// `await`. (`Task { }` and `Task.detached` leave it: use task groups.) So everything that belongs
/// to a loop (its sockets, its buffers, a connection's state) is touched by one thread and needs no
/// lock.
///
/// ```
///            ┌──────────────────────── a turn ─────────────────────────┐
///            │                                                         │
///   wait for events ──► tell the sockets ──► run jobs until none ──► work for the end of the turn
///            ▲           (resumes tasks)      (parts of tasks)         (batches are handed on)
///            └─────────────────────────────────────────────────────────┘
/// ```
///
/// A job that becomes ready on the loop's own thread goes to a plain array. One from another thread
/// goes through a lock, and wakes the loop only when it sleeps.
///
/// Nothing on a loop may block: no disk, no lock held for long, no name resolution.
public final class EventLoop: TaskExecutor, @unchecked Sendable {
  // Why `@unchecked Sendable` holds: `mail` and `timers` are Mutexes, `wakeUp`, `poller`'s
  // reference and `clock` never change, and everything else is touched only by the loop's own
  // thread (`isCurrent`).

  /// Descriptors that a loop itself takes, at the most: one by which it waits, and an eventfd or a
  /// pipe by which it is woken.
  static let mostDescriptors = 3

  /// How often a turn looks for new jobs before it looks for events again: tasks that resume one
  /// another for ever must not keep the sockets waiting.
  private static let passesPerTurn = 16

  /// What other threads have sent.
  private struct Mail {
    var jobs: [UnownedJob] = []
    /// The loop waits for events, or is about to: it must be woken.
    var isAsleep = false
    var isShutDown = false
  }

  private let mail = Mutex(Mail())
  /// Added to on the loop only; a task may be cancelled from any thread.
  let timers = Mutex(Timers<UnsafeContinuation<Void, Never>>())
  private let wakeUp: WakeUp
  private let poller: any Poller
  private let clock: @Sendable () -> LoopTime

  /// Jobs to run, in order.
  private var jobs: [UnownedJob] = []
  /// The jobs being run, empty otherwise: kept for its storage.
  private var pass: [UnownedJob] = []
  private var endOfTurn: [() -> Void] = []
  private var sockets = SocketTable()
  private var lastRegistration: UInt32 = 0

  /// Whether some socket may have a deadline, so that the loop must look once a second.
  var hasDeadlines = false

  /// The time as read at the beginning of this turn. Only on the loop.
  public private(set) var time: LoopTime

  /// Starts a loop on a thread of its own. It runs until ``shutDown()``.
  public static func start() throws(SystemError) -> EventLoop {
    try start(waiting: .queue)
  }

  /// Starts a loop.
  ///
  /// - Parameters:
  ///   - waiting: how it waits for its sockets.
  ///   - clock: tells the time; read once a turn.
  package static func start(
    waiting: Waiting, clock: @escaping @Sendable () -> LoopTime = LoopTime.now
  ) throws(SystemError) -> EventLoop {
    let loop = try EventLoop(waiting: waiting, clock: clock)
    Platform.startThread { loop.turnUntilShutDown() }
    return loop
  }

  private init(
    waiting: Waiting, clock: @escaping @Sendable () -> LoopTime
  ) throws(SystemError) {
    let wakeUp = try WakeUp()
    poller =
      switch waiting {
      case .queue: try QueuePoller(wakeUp: wakeUp)
      case .poll: PollPoller(wakeUp: wakeUp)
      case .pollByXNUsRules: PollPoller(wakeUp: wakeUp, rules: .xnu)
      }
    self.wakeUp = wakeUp
    self.clock = clock
    self.time = clock()
  }

  deinit {
    wakeUp.close()
  }

  /// Ends the loop's thread after its turn. What still waits on the loop never runs again: end the
  /// tasks first. From any thread.
  public func shutDown() {
    mail.withLock { $0.isShutDown = true }
    wakeUp.signal()
  }

  // MARK: Tasks

  /// Runs `work`, and every task it starts in a group, on this loop, and returns what it returns.
  /// From any task.
  ///
  /// (`work` is `@concurrent` on purpose: a `nonisolated(nonsending)` function may stay where its
  /// caller is, whatever executor is preferred.)
  public func run<Result, Failure>(
    _ work: @concurrent () async throws(Failure) -> Result
  ) async throws(Failure) -> Result {
    try await withTaskExecutorPreference(self, operation: work)
  }

  /// Takes a part of a task to run. Called by Swift's runtime, from any thread.
  public func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    if isCurrent {
      jobs.append(job)
      return
    }
    let mustWake = mail.withLock { mail in
      mail.jobs.append(job)
      defer { mail.isAsleep = false }
      return mail.isAsleep
    }
    if mustWake { wakeUp.signal() }
  }

  /// Runs `work` once, at the end of the current turn: after every task that became ready in it has
  /// run as far as it could, and before the loop waits for events again.
  ///
  /// For work that is cheaper done once for many tasks: a proposer hands over the writes of all
  /// requests of the turn as one batch. Only on the loop; `work` must not block.
  public func atEndOfTurn(_ work: @escaping () -> Void) {
    assert(isCurrent)
    endOfTurn.append(work)
  }

  // MARK: Sockets

  /// Takes over an open, non-blocking descriptor. Only on the loop.
  package func adopt(_ descriptor: Int32) throws(SystemError) -> Socket {
    assert(isCurrent)
    // 0 belongs to the wake-up. After 2^32 sockets the numbers begin again: an event is never that
    // old.
    lastRegistration &+= lastRegistration == .max ? 2 : 1
    let socket = Socket(descriptor, registration: lastRegistration, loop: self)
    try poller.add(socket)
    sockets.insert(socket)
    return socket
  }

  /// Forgets a socket that is about to be closed.
  func forget(_ socket: Socket) {
    assert(isCurrent)
    sockets.remove(socket)
    poller.remove(socket)
  }

  // MARK: The thread

  private func turnUntilShutDown() {
    EventLoop.bind(self)
    defer { EventLoop.bind(nil) }
    while takeMail() {
      runJobs()
      finishTurn()
      poller.wait(for: sockets, milliseconds: fallAsleep())
      readClock()
      wakeSleepers()
    }
  }

  /// Moves what other threads have sent to the jobs; false when the loop is shut down.
  private func takeMail() -> Bool {
    mail.withLock { mail in
      mail.isAsleep = false
      if jobs.isEmpty {
        swap(&jobs, &mail.jobs)
      } else {
        jobs.append(contentsOf: mail.jobs)
        mail.jobs.removeAll(keepingCapacity: true)
      }
      return !mail.isShutDown
    }
  }

  private func runJobs() {
    let executor = asUnownedTaskExecutor()
    for _ in 0..<Self.passesPerTurn {
      if jobs.isEmpty { return }
      swap(&jobs, &pass)
      for job in pass { job.runSynchronously(on: executor) }
      pass.removeAll(keepingCapacity: true)
    }
  }

  private func finishTurn() {
    if endOfTurn.isEmpty { return }
    let works = endOfTurn
    endOfTurn.removeAll(keepingCapacity: true)
    for work in works { work() }
  }

  /// How long the loop may wait, in `poll`'s milliseconds; from here on other threads wake it.
  private func fallAsleep() -> Int32 {
    if !jobs.isEmpty || !endOfTurn.isEmpty { return 0 }
    return mail.withLock { mail in
      guard mail.jobs.isEmpty, !mail.isShutDown else { return 0 }
      mail.isAsleep = true
      return longestWait
    }
  }

  /// Reads the clock, and lets the deadlines see each new second.
  private func readClock() {
    let now = clock()
    defer { time = now }
    if now.uptime == time.uptime || !hasDeadlines { return }
    hasDeadlines = false
    sockets.visit { $0.checkDeadline(at: now.uptime) }
  }
}
