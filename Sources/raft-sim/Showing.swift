import Bytes
import HTTP
import Loop
import Options
import Pages
import Platform
import RaftSimulation

/// A run as the command line asks for it.
struct Run: Sendable {
  var settings: ScheduleSettings
  var seed: UInt64
  var deeds: String
  var isQuiet: Bool

  /// The line that repeats it.
  var command: String {
    var command = "raft-sim -seed \(seed)"
    if let profile = settings.profile { command += " -profile \(profile)" }
    if let count = settings.nodeCount { command += " -nodes \(count)" }
    if settings.events != ScheduleSettings().events { command += " -events \(settings.events)" }
    if isQuiet { command += " -quiet" }
    if !deeds.isEmpty { command += " -do '\(deeds)'" }
    return command
  }

  /// Runs it, and writes it down.
  func recording() throws(Deeds.Misunderstanding) -> [UInt8] {
    let recorder = Recorder()
    let result = settings.run(
      seed: seed, doing: try Deeds(deeds), isQuiet: isQuiet, recorder: recorder)
    return recorder.json(of: result, command: command, deeds: deeds)
  }

  /// Writes a part of it as a picture.
  func write(_ picture: RunPicture, to path: String) throws {
    try Platform.write(picture.drawn(of: recording()), toFileAt: path)
  }

  /// Writes one file that plays it.
  func writePage(to path: String) throws {
    try Platform.write(SimulatorPage.file(playing: recording()), toFileAt: path)
  }
}

/// Serves the simulator's page until the program is ended.
func serve(_ run: Run, on address: HostPort) async throws {
  let loop = try EventLoop.start()
  let page = SimulatorPage { deeds throws(HTTPError) in
    var run = run
    if let deeds { run.deeds = deeds }
    do throws(Deeds.Misunderstanding) { return try run.recording() } catch {
      throw HTTPError(.badRequest, error.description)
    }
  }
  let server = try Server(host: address.host, port: address.port, loops: [loop], handler: page)
  StandardOutput.print("raft-sim listens on http://\(address.host):\(server.port)")
  await server.run()
}
