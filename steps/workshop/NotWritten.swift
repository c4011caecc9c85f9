// In a learner's copy of a module: what the body of a function says that is still to be written.

#if canImport(Darwin)
  internal import Darwin
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Glibc
#endif

/// Ends the program with a line that names the task; 70 tells `steps/build` why.
func notWritten(_ task: String, _ function: String) -> Never {
  print("\(task): \(function) is not written yet")
  fflush(nil)
  _exit(70)
}
