// Measures, prints what was found, and fails if any answer was wrong or missing.

internal import Options
internal import Platform

StandardStreams.prepare()
let settings = Settings.fromCommandLine()
do {
  var benchmark = try Benchmark(settings)
  await benchmark.run()
  var output = StandardOutput()
  print(settings.json ? benchmark.json + "\n" : benchmark.table, terminator: "", to: &output)
  if settings.plot { print("\n" + benchmark.plots.text, terminator: "", to: &output) }
  if !settings.picture.isEmpty {
    try write(Array(benchmark.plots.svg.utf8), toFileAt: settings.picture)
  }
  if !settings.report.isEmpty {
    let command = (["mini-etcd-bench"] + CommandLine.arguments.dropFirst()).joined(separator: " ")
    try write(Array(benchmark.markdown(command: command).utf8), toFileAt: settings.report)
  }
  if benchmark.failures.count > 0 {
    Settings.flags.fail(
      "\(benchmark.failures.count) answers were wrong or missing, first of all from "
        + (benchmark.failures.example ?? "no server"))
  }
} catch {
  Settings.flags.fail("\(error)")
}
