#if canImport(Darwin)
  internal import Darwin
#else
  internal import CSystem
  #if canImport(Musl)
    internal import Musl
  #else
    internal import Glibc
  #endif
#endif

/// Has a shell run `script`, in a process group of its own: what the terminal sends this process,
/// such as Ctrl-C, does not reach it, and ``send(_:toChild:)`` reaches all that it has started.
///
/// It inherits the three standard streams and the environment, no other descriptor, and none of
/// this process's arrangements about signals.
///
/// - Returns: the shell's process id, and with `exec` that of the program it becomes. The id stays
///   taken until ``endOfChild(_:)`` has returned how it ended.
package func startChild(running script: String) throws(SystemError) -> Int32 {
  var attributes = spawnAttributes()
  posix_spawnattr_init(&attributes)
  defer { posix_spawnattr_destroy(&attributes) }
  var signals = sigset_t()
  // Threads of Swift's pool block signals, and a blocked signal would never end the child.
  sigemptyset(&signals)
  posix_spawnattr_setsigmask(&attributes, &signals)
  sigaddset(&signals, SIGPIPE)
  posix_spawnattr_setsigdefault(&attributes, &signals)
  posix_spawnattr_setpgroup(&attributes, 0)
  let flags = POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP
  posix_spawnattr_setflags(&attributes, Int16(flags))

  var arguments = ["sh", "-c", script].map(copy)
  arguments.append(nil)
  defer { for argument in arguments { free(argument) } }
  var child: pid_t = 0
  // Not a call that sets `errno`: it returns the code.
  let failure = posix_spawn(&child, "/bin/sh", nil, &attributes, &arguments, environmentLines)
  if failure != 0 { throw SystemError("posix_spawn", code: failure) }
  return child
}

private func copy(_ text: String) -> UnsafeMutablePointer<CChar>? { strdup(text) }

/// How a process ended.
package enum ProcessEnd: Equatable, Sendable {
  case exit(status: Int32)
  case signal(Int32)
}

/// How a child has ended, which is told once; nil while it runs.
package func endOfChild(_ child: Int32) -> ProcessEnd? {
  waitForChild(child, WNOHANG)
}

/// Waits until a child ends, which blocks the thread: for one that was sent ``SystemSignal/kill``.
package func waitForEnd(ofChild child: Int32) -> ProcessEnd? {
  waitForChild(child, 0)
}

private func waitForChild(_ child: Int32, _ options: Int32) -> ProcessEnd? {
  var status: Int32 = 0
  guard retryingInterrupts({ waitpid(child, &status, options) }) == child else { return nil }
  // The macros WTERMSIG and WEXITSTATUS: the same bits on every system.
  let signal = status & 0x7f
  return signal == 0 ? .exit(status: status >> 8 & 0xff) : .signal(signal)
}

/// Sends a signal to a child that has not been waited for, and to the processes it has started.
package func send(_ signal: SystemSignal, toChild child: Int32) {
  kill(-child, signal.number)
}
