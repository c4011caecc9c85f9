import Platform

/// How much memory there is for this process, in bytes. All nil where there is no `/proc`.
struct MemoryFigures: Equatable {
  /// The machine's.
  var total: UInt64?
  /// What could be had of it without swapping.
  var available: UInt64?
  /// What this process may have: all, or what its control group gives it.
  var limit: UInt64?

  /// The current figures; reads files, so not on an event loop.
  static func now() -> MemoryFigures {
    let group = text(of: "/proc/self/cgroup").flatMap(groupPath)
    return MemoryFigures(
      machine: text(of: "/proc/meminfo") ?? "",
      group: group.flatMap { text(of: "/sys/fs/cgroup\($0)/memory.max") })
  }

  /// Where the control group is, by `/proc/self/cgroup` (cgroups(7)): `0::/system.slice/x`.
  static func groupPath(_ text: String) -> String? {
    text.split(separator: "\n").first { $0.hasPrefix("0::/") }.map { String($0.dropFirst(3)) }
  }

  private static func text(of path: String) -> String? {
    (try? Platform.contents(of: path, atMost: 8_192)).map { String(decoding: $0, as: UTF8.self) }
  }
}

extension MemoryFigures {
  /// - Parameters:
  ///   - machine: `/proc/meminfo` (proc(5)), in KiB.
  ///   - group: `memory.max` of the control group (the kernel's cgroup-v2): bytes, or `max`.
  init(machine: String, group: String?) {
    func figure(_ name: String) -> UInt64? {
      let line = machine.split(separator: "\n").first { $0.hasPrefix("\(name):") }
      return line?.split(separator: " ").dropFirst().first.flatMap { UInt64($0) }
        .map { $0.multipliedReportingOverflow(by: 1_024).partialValue }
    }
    total = figure("MemTotal")
    available = figure("MemAvailable")
    let groupLimit = group?.split(separator: "\n").first.flatMap { UInt64($0) }
    limit = [total, groupLimit].compactMap(\.self).min()
  }
}
