import HTTP
import Replication

/// Prometheus' text format, version 0.0.4: for each figure what it is, of which kind, and its
/// samples.
struct MetricsText {
  /// Scrapers take the format from it.
  static let contentType = ContentType("text/plain; version=0.0.4; charset=utf-8")

  private(set) var bytes: [UInt8] = []

  /// A figure that may fall, with a constant label or none.
  mutating func gauge(
    _ name: StaticString, _ help: StaticString, _ value: UInt64,
    label: (name: StaticString, value: String)? = nil
  ) {
    head(name, help, "gauge")
    sample(name, label.map { "{\($0.name)=\"\($0.value)\"}" } ?? "", "\(value)")
  }

  /// A figure that falls only when the process starts anew.
  mutating func counter(_ name: StaticString, _ help: StaticString, _ value: UInt64) {
    head(name, help, "counter")
    sample(name, "", "\(value)")
  }

  /// As ``counter(_:_:_:)``, with a sample for each value of a label.
  mutating func counters(
    _ name: StaticString, _ help: StaticString, label: StaticString, _ values: [(String, UInt64)]
  ) {
    head(name, help, "counter")
    for (key, value) in values { sample(name, "{\(label)=\"\(key)\"}", "\(value)") }
  }

  mutating func histogram(_ name: StaticString, _ help: StaticString, _ histogram: Histogram) {
    head(name, help, "histogram")
    samples(of: histogram, name, label: "")
  }

  /// As ``histogram(_:_:_:)``, one for each value of a label.
  mutating func histograms(
    _ name: StaticString, _ help: StaticString, label: StaticString,
    _ histograms: [(String, Histogram)]
  ) {
    head(name, help, "histogram")
    for (key, histogram) in histograms {
      samples(of: histogram, name, label: "\(label)=\"\(key)\"")
    }
  }

  /// What a process is, under the names that all of Prometheus' clients give; left out is what the
  /// system does not tell.
  mutating func append(_ process: ProcessFigures, since startSeconds: Double) {
    float("process_cpu_seconds_total", "Processor time used.", "counter", process.cpuSeconds)
    float(
      "process_start_time_seconds", "When the process started, in Unix time.", "gauge",
      startSeconds)
    if let count = process.openDescriptors {
      gauge("process_open_fds", "Open descriptors.", count)
    }
    gauge("process_max_fds", "How many descriptors may be open.", process.mostDescriptors)
    if let bytes = process.residentBytes {
      gauge("process_resident_memory_bytes", "Memory in use.", bytes)
    }
    if let bytes = process.virtualBytes {
      gauge("process_virtual_memory_bytes", "Address space in use.", bytes)
    }
  }

  private mutating func float(
    _ name: StaticString, _ help: StaticString, _ kind: StaticString, _ value: Double
  ) {
    head(name, help, kind)
    sample(name, "", "\(value)")
  }

  private mutating func samples(of histogram: Histogram, _ name: StaticString, label: String) {
    let totals = histogram.totals
    let comma = label.isEmpty ? "" : ","
    for (bound, count) in zip(Histogram.bounds, totals.upTo) {
      let seconds = Double(bound) / 1_000_000
      sample(name, "_bucket{\(label)\(comma)le=\"\(seconds)\"}", "\(count)")
    }
    sample(name, "_bucket{\(label)\(comma)le=\"+Inf\"}", "\(totals.count)")
    let labels = label.isEmpty ? "" : "{\(label)}"
    let (seconds, attoseconds) = totals.sum.components
    sample(name, "_sum\(labels)", "\(Double(seconds) + Double(attoseconds) / 1e18)")
    sample(name, "_count\(labels)", "\(totals.count)")
  }

  private mutating func head(_ name: StaticString, _ help: StaticString, _ kind: StaticString) {
    bytes.append(contentsOf: "# HELP \(name) \(help)\n# TYPE \(name) \(kind)\n".utf8)
  }

  private mutating func sample(_ name: StaticString, _ suffix: String, _ value: String) {
    bytes.append(contentsOf: "\(name)\(suffix) \(value)\n".utf8)
  }
}
