// Measures, prints what was found, and fails if any answer was wrong or missing.

internal import Options
internal import Platform
internal import Timeout

StandardStreams.prepare()
let settings = Settings.fromCommandLine()
do {
  var benchmark = try Benchmark(settings)
  let servers = benchmark.servers
  if !servers.isEmpty {
    StopSignal.take()
    // An interrupted run leaves no servers behind, and prints nothing.
    Task {
      await StopSignal.first()
      await servers.stop()
      Platform.exitAtOnce(130)
    }
  }
  try await servers.start()
  await benchmark.run()
  await servers.stop()

  var output = StandardOutput()
  print(settings.json ? benchmark.json + "\n" : benchmark.table, terminator: "", to: &output)
  if settings.plot { print("\n" + benchmark.plots.text, terminator: "", to: &output) }
  if !settings.picture.isEmpty {
    try write(Array(benchmark.plots.svg.utf8), toFileAt: settings.picture)
  }
  if !settings.report.isEmpty {
    let command = CommandLine.arguments.dropFirst().map(Settings.quoted).joined(separator: " ")
    let page = benchmark.markdown(command: "mini-etcd-bench " + command)
    try write(Array(page.utf8), toFileAt: settings.report)
  }
  if benchmark.failures.count > 0 {
    Settings.flags.fail(
      "\(benchmark.failures.count) answers were wrong or missing, first of all from "
        + (benchmark.failures.example ?? "no server"))
  }
} catch {
  Settings.flags.fail("\(error)")
}
