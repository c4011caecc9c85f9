// raft-sim: a cluster on virtual time, told as a story, or very many of them judged.

import Options
import Platform
import RaftSimulation

struct Settings {
  var explore = false
  var bounds = BoundsValue()
  var seed = 0
  var seeds = SeedRange()
  var profile = ProfileName()
  var nodes = 0
  var events = 1000
  var workers = 0
  var failures = 10
}

StandardStreams.prepare()
let flags = FlagSet(
  "raft-sim", "Simulates Raft clusters with faults, from one seed each, and judges every step.",
  defaults: Settings(), variablePrefix: "RAFT_SIM_",
  [
    Flag("explore", \.explore, "look at every state of a small cluster within -bounds"),
    Flag(
      "bounds", \.bounds,
      "what may happen in -explore, and how often: `name=count,...`; names: \(BoundsValue.names)"),
    Flag("seed", \.seed, in: 1...(.max), "tell the schedule of this `seed` as a story"),
    Flag("seeds", \.seeds, "judge the schedules of a `range` of seeds, such as 1..10000"),
    Flag("profile", \.profile, "the `mix` of faults: \(ProfileName.all); none: by seed"),
    Flag("nodes", \.nodes, in: 0...7, "nodes in the cluster, 1 to 7; 0: by seed"),
    Flag("events", \.events, in: 0...1_000_000_000, "events before the faults end"),
    Flag(
      "failures", \.failures, in: 1...1_000_000_000,
      "begin no more schedules after so many have failed"),
    Flag("workers", \.workers, in: 0...1_000, "schedules at a time; 0: one a core"),
  ])
let settings = flags.parseOrExit()
var schedule = ScheduleSettings()
schedule.profile = settings.profile.profile
schedule.events = settings.events
if settings.nodes != 0 { schedule.nodeCount = settings.nodes }
if settings.seed > 0 {
  tellStory(seed: UInt64(settings.seed), schedule)
} else if let seeds = settings.seeds.range {
  let workers = settings.workers > 0 ? settings.workers : Platform.coreCount
  var campaign = Campaign(schedule, seeds: seeds, workers: workers)
  campaign.failureLimit = settings.failures
  await judge(campaign)
} else if settings.explore {
  await explore(
    settings.bounds.bounds, workers: settings.workers > 0 ? settings.workers : Platform.coreCount)
} else {
  flags.refuse("one of -seed, -seeds and -explore must be given")
}
