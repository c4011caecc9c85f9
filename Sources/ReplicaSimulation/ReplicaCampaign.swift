import Synchronization

/// Many schedules of whole nodes, on all cores.
package struct ReplicaCampaign: Sendable {
  /// What came of all of it.
  package struct Outcome: Sendable {
    /// How often what happened, over all schedules.
    package var counts: [String: Int] = [:]
    package var schedules = 0
    /// In the order of their seeds.
    package var failures: [ReplicaSchedule.Failure] = []
    /// Over all schedules' digests; the order in which they ran makes no difference.
    package var digest: UInt64 = 0

    fileprivate mutating func add(_ other: Outcome) {
      counts.merge(other.counts) { $0 + $1 }
      schedules += other.schedules
      failures = (failures + other.failures).sorted { $0.seed < $1.seed }
      digest &+= other.digest
    }
  }

  private let seeds: ClosedRange<UInt64>
  private let workers: Int
  private let failureLimit: Int

  /// - Parameters:
  ///   - workers: how many schedules run at a time.
  ///   - failureLimit: begin no more schedules once so many have failed.
  package init(seeds: ClosedRange<UInt64>, workers: Int, failureLimit: Int = 10) {
    self.seeds = seeds
    self.workers = workers
    self.failureLimit = failureLimit
  }

  /// What the workers have in common.
  private final class Progress: Sendable {
    let nextSeed: Atomic<UInt64>
    let failures = Atomic(0)

    init(first: UInt64) { nextSeed = Atomic(first) }
  }

  /// Runs every seed once, or fewer if too many fail.
  package func run() async -> Outcome {
    let progress = Progress(first: seeds.lowerBound)
    return await withTaskGroup(of: Outcome.self) { group in
      for _ in 0..<workers {
        group.addTask { @concurrent in work(progress) }
      }
      var total = Outcome()
      for await outcome in group { total.add(outcome) }
      return total
    }
  }

  private func work(_ progress: Progress) -> Outcome {
    var outcome = Outcome()
    while progress.failures.load(ordering: .relaxed) < failureLimit {
      let seed = progress.nextSeed.add(1, ordering: .relaxed).oldValue
      guard seeds.contains(seed) else { break }
      let schedule = ReplicaSchedule(seed: seed)
      do { try schedule.run() } catch {
        progress.failures.add(1, ordering: .relaxed)
        let failure = error as? ReplicaSchedule.Failure
        outcome.failures.append(failure ?? schedule.failure(.staysUp, "\(error)"))
      }
      outcome.schedules += 1
      outcome.counts.merge(schedule.counts) { $0 + $1 }
      outcome.digest &+= schedule.digest &* (2 * seed + 1)
    }
    return outcome
  }
}
