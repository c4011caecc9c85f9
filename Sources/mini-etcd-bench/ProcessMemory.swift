import Platform

/// How much memory a process holds, as Linux tells in `/proc/<pid>/status`.
struct ProcessMemory: Equatable, Sendable {
  /// Resident now, in bytes (`VmRSS`).
  var resident: Int
  /// The most it ever was, in bytes (`VmHWM`).
  var peak: Int

  /// Nil if there is no such process, or no `/proc`.
  init?(process: Int) {
    guard let text = try? Platform.contents(of: "/proc/\(process)/status", atMost: 16_384)
    else { return nil }
    self.init(status: String(decoding: text, as: UTF8.self))
  }

  /// Reads the lines `VmRSS:    1234 kB` and `VmHWM:    1234 kB`.
  init?(status: String) {
    func bytes(_ name: String) -> Int? {
      for line in status.split(separator: "\n") where line.hasPrefix(name + ":") {
        let words = line.split { $0 == " " || $0 == "\t" }
        guard words.count == 3, words[2] == "kB" else { return nil }
        return Int(words[1]).map { $0 * 1024 }
      }
      return nil
    }
    guard let resident = bytes("VmRSS"), let peak = bytes("VmHWM") else { return nil }
    self.resident = resident
    self.peak = peak
  }
}
