// Asks servers what the command line says, prints the answer, and tells scripts by its exit status
// how it went.

internal import HTTP
internal import Options
internal import Platform

StandardStreams.prepare()
let settings = Settings.fromCommandLine()
let command = Subcommand.parseOrExit(settings)
do throws(CommandFailure) {
  try await command.run(by: settings, .standard)
} catch {
  var standardError = StandardError()
  print("mini-etcdctl: \(error)", to: &standardError)
  exit(error.status)
}
