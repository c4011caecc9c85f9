#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// What the system says of this process, for `/metrics`.
struct ProcessFigures: Sendable {
  /// Of all threads, in user and system mode.
  var cpuSeconds = 0.0
  /// Nil where the system does not list them, or when there is no descriptor left to ask with.
  var openDescriptors: UInt64?
  var mostDescriptors: UInt64 = 0
  /// Nil where there is no `/proc`.
  var residentBytes: UInt64?
  var virtualBytes: UInt64?

  /// The current figures; reads files, so not on an event loop.
  static func now() -> ProcessFigures {
    var figures = ProcessFigures()
    var usage = rusage()
    #if canImport(Darwin) || canImport(Musl)
      getrusage(RUSAGE_SELF, &usage)
    #else
      getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    #endif
    figures.cpuSeconds = seconds(usage.ru_utime) + seconds(usage.ru_stime)
    var limit = rlimit()
    #if canImport(Darwin) || canImport(Musl)
      getrlimit(RLIMIT_NOFILE, &limit)
    #else
      getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    #endif
    figures.mostDescriptors = UInt64(limit.rlim_cur)
    figures.openDescriptors = countDescriptors()
    if let pages = pages() {
      let size = UInt64(sysconf(Int32(_SC_PAGESIZE)))
      figures.virtualBytes = pages.virtual * size
      figures.residentBytes = pages.resident * size
    }
    return figures
  }

  private static func seconds(_ time: timeval) -> Double {
    Double(time.tv_sec) + Double(time.tv_usec) / 1_000_000
  }

  /// A link to `/proc/self/fd` on Linux, and a file system of its own elsewhere.
  private static func countDescriptors() -> UInt64? {
    guard let directory = opendir("/dev/fd") else { return nil }
    defer { closedir(directory) }
    var count: UInt64 = 0
    while readdir(directory) != nil { count += 1 }
    // Itself, its parent, and the descriptor that reads it.
    return count > 3 ? count - 3 : 0
  }

  /// `/proc/self/statm`: pages in all, resident pages, and more (proc(5)).
  private static func pages() -> (virtual: UInt64, resident: UInt64)? {
    let file = open("/proc/self/statm", O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return nil }
    defer { close(file) }
    var text = [UInt8](repeating: 0, count: 128)
    let count = read(file, &text, text.count)
    guard count > 0 else { return nil }
    let words = text[..<count].split(separator: UInt8(ascii: " ")).prefix(2)
      .compactMap { UInt64(String(decoding: $0, as: UTF8.self)) }
    return words.count == 2 ? (words[0], words[1]) : nil
  }
}
