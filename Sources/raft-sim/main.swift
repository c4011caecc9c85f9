import RaftSimulation

let a = CommandLine.arguments
let lo = UInt64(a[1])!, hi = UInt64(a[2])!
var events = 0
let t = ContinuousClock().measure {
  for seed in lo...hi {
    if a.count > 3 { print(seed) }
    let r = runSchedule(seed: seed, story: a.count > 4 ? Story { print($0) } : nil)
    events += r.events
    if let f = r.failure { print(seed, Profile.allCases[Int(seed % 8)], f.invariant.rawValue, f.description, f.time) }
  }
}
print(events, t)
