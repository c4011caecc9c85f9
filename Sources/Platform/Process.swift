#if canImport(Darwin)
  internal import Darwin
#elseif canImport(Musl)
  internal import Musl
#else
  // Which of the two `timeval` belongs to depends on which was read first.
  internal import CSystem
  internal import Glibc
#endif

/// Ends the process at once: none of its code runs after that, and printed text that is still
/// buffered is lost. ``exit(_:)`` ends it in good order.
package func exitAtOnce(_ status: Int32) -> Never {
  _exit(status)
}

/// The process's number; 1 for the first of a container.
package var processID: Int32 { getpid() }

/// How many cores there are to run its threads, at least 1.
package var coreCount: Int { max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN)))) }

/// The variables that the process was started with.
package func environment() -> [String: String] {
  var variables: [String: String] = [:]
  var next = environmentLines
  while let line = next?.pointee {
    let bytes = String(cString: line).utf8
    let name = bytes.prefix { $0 != UInt8(ascii: "=") }
    variables[String(Substring(name))] = String(Substring(bytes.dropFirst(name.count + 1)))
    next = next?.advanced(by: 1)
  }
  return variables
}

// MARK: - What it uses

/// The processor time of all its threads, in user and system mode, in seconds.
package func processorSeconds() -> Double {
  var usage = rusage()
  getrusage(thisProcess, &usage)
  return seconds(usage.ru_utime) + seconds(usage.ru_stime)
}

private func seconds(_ time: timeval) -> Double {
  Double(time.tv_sec) + Double(time.tv_usec) / 1_000_000
}

/// Bytes in a page of memory.
package var pageSize: Int { Int(sysconf(Int32(_SC_PAGESIZE))) }

/// How many descriptors it has open; nil where the system does not list them, or when there is none
/// left to ask with.
package func openDescriptorCount() -> Int? {
  // A link to /proc/self/fd on Linux, and a file system of its own elsewhere.
  guard let directory = opendir("/dev/fd") else { return nil }
  defer { closedir(directory) }
  var count = 0
  while readdir(directory) != nil { count += 1 }
  // Itself, its parent, and the descriptor that reads it.
  return max(0, count - 3)
}

/// How many descriptors it may have open.
package func descriptorLimit() -> UInt64 {
  var limit = rlimit()
  getrlimit(descriptorResource, &limit)
  return UInt64(limit.rlim_cur)
}

/// Allows the process this many open descriptors; for tests.
/// - Parameter isFinal: also that it never allows itself more again.
package func limitDescriptors(to count: UInt64, isFinal: Bool) {
  var limit = rlimit()
  getrlimit(descriptorResource, &limit)
  limit.rlim_cur = rlim_t(count)
  if isFinal { limit.rlim_max = limit.rlim_cur }
  setrlimit(descriptorResource, &limit)
}

/// Allows the process files of this many bytes; for tests.
package func limitFileSize(to bytes: UInt64) {
  var limit = rlimit()
  getrlimit(fileSizeResource, &limit)
  limit.rlim_cur = rlim_t(bytes)
  setrlimit(fileSizeResource, &limit)
}

/// Raises the limit on open descriptors as far as this process may: each connection takes one,
/// and some systems start programs with 256 or 1,024.
///
/// - Returns: how many descriptors the process may have from now on.
@discardableResult
package func raiseDescriptorLimit() -> Int {
  var limit = rlimit()
  guard getrlimit(descriptorResource, &limit) == 0 else { return 256 }
  let allowed = limit.rlim_cur
  limit.rlim_cur = min(limit.rlim_max, mostDescriptors)
  let raised = setrlimit(descriptorResource, &limit) == 0 ? limit.rlim_cur : allowed
  return Int(clamping: raised)
}
