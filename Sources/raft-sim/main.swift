// raft-sim: a cluster on virtual time, told as a story, or very many of them judged.

import Bytes
import Options
import Platform
import RaftSimulation

struct Settings {
  var explore = false
  var whole = false
  var bounds = BoundsValue()
  var seed = 0
  var shrink = false
  var certificates = false
  var replay = ""
  var seeds = SeedRange()
  var profile = ProfileName()
  var nodes = 0
  var events = 1000
  var workers = 0
  var failures = 10
  var deeds = ""
  var isQuiet = false
  var serve = ""
  var page = ""
  var picture = ""
  var moments = MomentRange()
  var notes = NoteList()
  var instants = MomentList()

  /// What -picture draws.
  var drawing: RunPicture {
    instants.list.isEmpty ? .messages(moments.range, notes: notes.list) : .logs(instants.list)
  }
}

StandardStreams.prepare()
let flags = FlagSet(
  "raft-sim", "Simulates Raft clusters with faults, from one seed each, and judges every step.",
  defaults: Settings(), variablePrefix: "RAFT_SIM_",
  [
    Flag(
      "whole", \.whole, "simulate whole nodes, with members, files and clocks, not the core alone"),
    Flag("explore", \.explore, "look at every state of a small cluster within -bounds"),
    Flag(
      "bounds", \.bounds,
      "what may happen in -explore, and how often: `name=count,...`; names: \(BoundsValue.names)"),
    Flag("seed", \.seed, in: 1...(.max), "tell the schedule of this `seed` as a story"),
    Flag("shrink", \.shrink, "print the shortest script found that fails as the -seed does"),
    Flag("certificates", \.certificates, "have the story say who counted, and for what"),
    Flag("replay", \.replay, "tell a script of -shrink or -explore again, from a `file`"),
    Flag("seeds", \.seeds, "judge the schedules of a `range` of seeds, such as 1..10000"),
    Flag("profile", \.profile, "the `mix` of faults: \(ProfileName.all); none: by seed"),
    Flag("nodes", \.nodes, in: 0...7, "nodes in the cluster, 1 to 7; 0: by seed"),
    Flag("events", \.events, in: 0...1_000_000_000, "events before the faults end"),
    Flag(
      "failures", \.failures, in: 1...1_000_000_000,
      "begin no more schedules after so many have failed"),
    Flag(
      "do", \.deeds,
      """
      what happens in the run of -seed beside its faults: `deeds`, each a time in milliseconds, a \
      word and nodes, such as '1200 crash n1; 1900 restart n1; 2000 split n1 n2; 2600 heal'; \
      words: \(Deeds.words)
      """),
    Flag("quiet", \.isQuiet, "no client asks for anything before the faults end, but by -do"),
    Flag("serve", \.serve, "show the run of -seed at `host:port`, and let a browser change it"),
    Flag(
      "picture", \.picture, "write a part of the run of -seed to a `file`, as a picture in SVG"),
    Flag("between", \.moments, "which part -picture shows, in `milliseconds`"),
    Flag("notes", \.notes, "what -picture also says, by `names`: \(NoteList.all)"),
    Flag("at", \.instants, "have -picture show the logs at these `milliseconds` instead"),
    Flag("page", \.page, "write the run of -seed to a `file` that a browser plays"),
    Flag("workers", \.workers, in: 0...1_000, "schedules at a time; 0: one a core"),
  ])
let settings = flags.parseOrExit()
let workers = settings.workers > 0 ? settings.workers : Platform.coreCount
var schedule = ScheduleSettings()
schedule.profile = settings.profile.profile
schedule.events = settings.events
if settings.nodes != 0 { schedule.nodeCount = settings.nodes }
if !settings.replay.isEmpty {
  replay(settings.replay)
} else if settings.whole {
  if settings.seed > 0 {
    tellWholeNodes(seed: UInt64(settings.seed))
  } else if let seeds = settings.seeds.range {
    await judgeWholeNodes(seeds, workers: workers, failureLimit: settings.failures)
  } else {
    flags.refuse("-whole needs -seed or -seeds")
  }
} else if settings.seed > 0, settings.shrink {
  shrink(seed: UInt64(settings.seed), schedule)
} else if settings.seed > 0 {
  let run = Run(
    settings: schedule, seed: UInt64(settings.seed), deeds: settings.deeds,
    isQuiet: settings.isQuiet)
  do {
    if !settings.serve.isEmpty {
      try await serve(run, on: HostPort(flagText: settings.serve))
    } else if !settings.page.isEmpty {
      try run.writePage(to: settings.page)
    } else if !settings.picture.isEmpty {
      try run.write(settings.drawing, to: settings.picture)
    } else {
      tellStory(run, try Deeds(settings.deeds), certificates: settings.certificates)
    }
  } catch { flags.fail("\(error)") }
} else if let seeds = settings.seeds.range {
  var campaign = Campaign(schedule, seeds: seeds, workers: workers)
  campaign.failureLimit = settings.failures
  await judge(campaign)
} else if settings.explore {
  await explore(settings.bounds.bounds, workers: workers)
} else {
  flags.refuse("one of -seed, -seeds, -explore and -replay must be given")
}
