/// Looks for the shortest run that still fails as a seed's does.
///
/// It is delta debugging (Zeller and Hildebrandt, "Simplifying and isolating failure-inducing
/// input", 2002): parts of the faults are left out, first halves and then smaller ones, and what
/// still breaks the same invariant is kept. Since leaving out one thing moves all that follows,
/// each attempt is made with a few variations of the delays. What comes out is short, though not
/// proved to be the shortest.
public struct Shrinker {
  /// What came of it.
  public struct Outcome: Hashable, Sendable {
    /// The script that still fails.
    public var script: RunScript
    /// How it fails.
    public var failure: Failure
    /// Events until then.
    public var eventCount: Int
    /// The faults that take place, by name.
    public var faults: [String] = []
    /// How often something was tried.
    public var attempts = 0

    /// Whether it is shorter than another one; faults count more than events.
    func isShorter(than other: Outcome) -> Bool {
      let (size, otherSize) = (script.size, other.script.size)
      return size != otherSize ? size < otherSize : eventCount < other.eventCount
    }
  }

  /// What is left out of the seed's own run.
  public private(set) var original: Outcome?
  private var best: Outcome?
  private let draws: [FaultDraw]
  private let prepare: (Schedule) -> Void
  private let limit: Int
  private let variations: UInt64 = 6
  private var attempts = 0

  /// - Parameters:
  ///   - seed: one whose schedule fails.
  ///   - limit: how many attempts to make, at the most.
  public init(seed: UInt64, _ settings: ScheduleSettings, limit: Int = 3_000) {
    self.init(seed: seed, settings, limit: limit) { _ in }
  }

  /// `prepare` is given each schedule before it runs.
  init(
    seed: UInt64, _ settings: ScheduleSettings, limit: Int, prepare: @escaping (Schedule) -> Void
  ) {
    self.prepare = prepare
    self.limit = limit
    var script = RunScript(seed: seed, settings)
    let whole = settings.schedule(seed: seed)
    prepare(whole)
    let failure = whole.run()
    draws = whole.faultDraws
    guard let failure else { return }
    script.faults = Array(draws.indices)
    original = Outcome(
      script: script, failure: failure, eventCount: whole.eventCount, faults: names(script))
    best = original
  }

  /// The shortest script found; nil if the seed's schedule does not fail.
  public mutating func run() -> Outcome? {
    while attempts < limit, let before = best {
      leaveOutFaults()
      leaveOutMishaps()
      attempt { $0.settings.events -= $0.settings.events / 3 }
      guard let best, best.isShorter(than: before) else { break }
    }
    // Whatever would come after the failure never does.
    if let count = best?.eventCount, let events = best?.script.settings.events {
      best?.script.settings.events = min(events, count)
    }
    best?.attempts = attempts
    return best
  }

  // MARK: Attempts

  /// Keeps a script if it fails in the same way, and sooner.
  @discardableResult
  private mutating func attempt(_ change: (inout RunScript) -> Void) -> Bool {
    guard let best else { return false }
    var script = best.script
    change(&script)
    guard script != best.script else { return false }
    for variation in 0..<variations {
      guard attempts < limit else { return false }
      attempts += 1
      script.variation = (best.script.variation + variation) % variations
      let schedule = script.schedule(drawing: draws)
      prepare(schedule)
      guard let failure = schedule.run(), failure.invariant == best.failure.invariant else {
        continue
      }
      let outcome = Outcome(
        script: script, failure: failure, eventCount: schedule.eventCount, faults: names(script))
      if outcome.isShorter(than: best) {
        self.best = outcome
        return true
      }
    }
    return false
  }

  private mutating func leaveOutFaults() {
    var parts = 2
    while attempts < limit, let faults = best?.script.faults, !faults.isEmpty {
      var isShorter = false
      for part in (0..<parts).reversed() {
        let range = faults.count * part / parts..<faults.count * (part + 1) / parts
        guard !range.isEmpty else { continue }
        isShorter = attempt { $0.faults?.removeSubrange(range) }
        if isShorter { break }
      }
      if !isShorter {
        guard parts < faults.count else { return }
        parts = min(faults.count, parts * 2)
      } else {
        parts = max(2, min(parts, best?.script.faults?.count ?? 0))
      }
    }
  }

  private mutating func leaveOutMishaps() {
    for mishap in RunScript.Mishap.allCases { attempt { $0.without.insert(mishap) } }
    for count in 0..<5 where attempt({ $0.clients = min($0.clients ?? .max, count) }) { return }
  }

  private func names(_ script: RunScript) -> [String] {
    (script.faults ?? []).compactMap { draws[$0].fault.map { "\($0)" } }
  }
}

extension RunScript {
  /// How much of the seed's schedule it keeps.
  fileprivate var size: Int {
    (faults?.count ?? 0) * 10 + (Mishap.allCases.count - without.count) * 2 + min(clients ?? 6, 6)
  }
}
