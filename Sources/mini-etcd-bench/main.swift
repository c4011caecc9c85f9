// Measures, prints what was found, and fails if any answer was wrong or missing.

internal import Options

StandardStreams.prepare()
let settings = Settings.fromCommandLine()
do {
  var benchmark = try Benchmark(settings)
  await benchmark.run()
  var output = StandardOutput()
  print(settings.json ? benchmark.json + "\n" : benchmark.table, terminator: "", to: &output)
  if benchmark.failures.count > 0 {
    Settings.flags.fail(
      "\(benchmark.failures.count) answers were wrong or missing, first of all from "
        + (benchmark.failures.example ?? "no server"))
  }
} catch {
  Settings.flags.fail("\(error)")
}
