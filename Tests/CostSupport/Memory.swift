import Foundation

/// This process's memory. Other tests run in the same process, so all of this belongs in an exit
/// test, which has a process of its own:
///
///     await #expect(processExitsWith: .success) {
///       try Memory.limit(to: 100 << 20)
///       ...                                         // traps for want of memory beyond that
///     }
public enum Memory {
  /// Lets the process take up to `bytes` more of address space than it has now, as `ulimit -v`
  /// does.
  ///
  /// What goes beyond ends it: Swift does not survive an allocation that fails.
  public static func limit(to bytes: Int) throws {
    #if os(Linux)
      var limit = rlimit()
      limit.rlim_cur = rlim_t(try status("VmSize") + bytes)
      limit.rlim_max = limit.rlim_cur
      guard setrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &limit) == 0 else {
        throw POSIXError(.EINVAL)
      }
    #endif
  }

  /// The most of it that was in memory at once since the process began, in bytes.
  public static var peak: Int { get throws { try status("VmHWM") } }

  /// What of it is in memory, in bytes.
  public static var resident: Int { get throws { try status("VmRSS") } }

  /// A number that the kernel shows of this process, in bytes; 0 where there is no such kernel.
  private static func status(_ name: String) throws -> Int {
    #if os(Linux)
      let text = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
      let line = text.split(separator: "\n").first { $0.hasPrefix(name + ":") } ?? ""
      return (line.split(separator: " ").dropLast().last.flatMap { Int($0) } ?? 0) * 1_024
    #else
      return 0
    #endif
  }
}
