import Platform

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
  /// How much it may still write where its data is; nil where the system does not tell.
  var availableBytes: UInt64?

  /// The current figures; asks file systems, so not on an event loop.
  /// - Parameter directory: of its data.
  static func now(in directory: String) -> ProcessFigures {
    var figures = ProcessFigures()
    figures.cpuSeconds = Platform.processorSeconds()
    figures.mostDescriptors = Platform.descriptorLimit()
    figures.openDescriptors = Platform.openDescriptorCount().map(UInt64.init)
    figures.availableBytes = try? Platform.availableBytes(at: directory)
    if let pages = pages() {
      let size = UInt64(Platform.pageSize)
      figures.virtualBytes = pages.virtual * size
      figures.residentBytes = pages.resident * size
    }
    return figures
  }

  /// `/proc/self/statm`: pages in all, resident pages, and more (proc(5)).
  private static func pages() -> (virtual: UInt64, resident: UInt64)? {
    guard let text = try? Platform.contents(of: "/proc/self/statm", atMost: 128) else { return nil }
    let words = text.split(separator: UInt8(ascii: " ")).prefix(2)
      .compactMap { UInt64(String(decoding: $0, as: UTF8.self)) }
    return words.count == 2 ? (words[0], words[1]) : nil
  }
}
