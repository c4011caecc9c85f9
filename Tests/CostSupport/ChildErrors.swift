import Foundation

/// Has an exit test's process say on the test run's standard error why it ends: `Precondition
/// failed: …` and where. Call it first in the body; by default that is thrown away, and a failed
/// test says no more than which signal it was.
///
///     await #expect(processExitsWith: .success) {
///       showErrors()
///       ...
///     }
public func showErrors() {
  #if os(Linux)
    // Opened anew, since an exit test's process inherits nothing. Fails for a socket: nothing is
    // shown.
    let descriptor = open("/proc/\(getppid())/fd/\(STDERR_FILENO)", O_WRONLY | O_APPEND)
    if descriptor < 0 { return }
    dup2(descriptor, STDERR_FILENO)
    close(descriptor)
  #endif
}
