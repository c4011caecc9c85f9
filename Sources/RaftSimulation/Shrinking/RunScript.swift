/// One schedule with parts of it left out: what is kept of a failure, to be told again.
///
/// A seed decides everything that happens in a run. A script names the seed, and which of its
/// faults take place, so it can be far shorter than the run it comes from. As text:
///
/// ```
/// # I1 (a term has at most one leader): n1 and n3 both lead term 4
/// seed 72
/// profile turnover
/// events 212
/// variation 3
/// faults 4 17
/// without losses copies
/// ```
///
/// What happens between two faults differs from the seed's own run once something is left out:
/// other messages are sent, so others are slow. But the faults that stay are drawn as they were.
public struct RunScript: Hashable, Sendable {
  /// Kinds of mishaps that can be left out altogether.
  public enum Mishap: String, CaseIterable, Sendable {
    /// Messages that are lost, sent twice, or slow.
    case losses, copies, stragglers
    /// Leaders that are cut off when they are elected.
    case jinxes
    /// Changes of membership that are asked for when a leader is elected.
    case haste
  }

  /// The schedule that it comes from.
  public var seed: UInt64
  public var settings: ScheduleSettings
  /// The faults that take place, by their numbers from 0 in the seed's own run; all if nil.
  public var faults: [Int]?
  /// What does not happen.
  public var without: Set<Mishap> = []
  /// Only so many clients ask for something; all if nil.
  public var clients: Int?
  /// Which delays are drawn: 0 for those of the seed.
  public var variation: UInt64 = 0

  /// The whole of a seed's schedule.
  public init(seed: UInt64, _ settings: ScheduleSettings) {
    self.seed = seed
    self.settings = settings
    self.settings.profile = settings.profile(of: seed)
  }

  /// A line that says nothing.
  public struct Mistake: Error, Sendable {
    /// The line, and what it must be.
    public let description: String
  }

  /// Reads a script.
  public init(_ text: String) throws(Mistake) {
    self.init(seed: 0, ScheduleSettings())
    for line in text.split(separator: "\n") where !line.hasPrefix("#") {
      let words = line.split(separator: " ").map(String.init)
      guard let first = words.first else { continue }
      let numbers = words.dropFirst().compactMap { UInt64($0) }
      switch first {
      case "faults" where numbers.count == words.count - 1: faults = numbers.map { Int($0) }
      case "without":
        without = Set(words.dropFirst().compactMap { Mishap(rawValue: $0) })
        guard without.count == words.count - 1 else {
          throw Mistake(description: "\(line): must be of \(Mishap.allCases.map(\.rawValue))")
        }
      case "profile":
        guard words.count == 2, let profile = Profile(rawValue: words[1]) else {
          throw Mistake(description: "\(line): must be of \(Profile.allCases.map(\.rawValue))")
        }
        settings.profile = profile
      default:
        guard words.count == 2, let number = numbers.first, number <= UInt64(Int.max) else {
          throw Mistake(description: "\(line): unknown")
        }
        switch first {
        case "seed": seed = number
        case "events": settings.events = Int(number)
        case "nodes" where (1...7).contains(number): settings.nodeCount = Int(number)
        case "clients": clients = Int(number)
        case "variation": variation = number
        default: throw Mistake(description: "\(line): unknown")
        }
      }
    }
  }

  /// As text; the first line may be a comment with `#`.
  public var text: String {
    var lines = ["seed \(seed)"]
    if let profile = settings.profile { lines.append("profile \(profile)") }
    if let count = settings.nodeCount { lines.append("nodes \(count)") }
    lines.append("events \(settings.events)")
    if let clients { lines.append("clients \(clients)") }
    if variation > 0 { lines.append("variation \(variation)") }
    if let faults { lines.append((["faults"] + faults.map(\.description)).joined(separator: " ")) }
    if !without.isEmpty {
      let names = without.map(\.rawValue).sorted()
      lines.append((["without"] + names).joined(separator: " "))
    }
    return lines.joined(separator: "\n")
  }

  /// Runs it to its end.
  public func run(story: Story? = nil) -> ScheduleResult {
    settings.result(of: schedule(story: story))
  }

  /// The schedule, not begun. It costs one run of the whole seed: only that tells how its faults
  /// are drawn.
  func schedule(story: Story? = nil) -> Schedule {
    let original = settings.schedule(seed: seed)
    if faults != nil { _ = original.run() }
    return schedule(drawing: original.faultDraws, story: story)
  }

  /// The schedule, if it is known how the seed's faults are drawn.
  func schedule(drawing draws: [FaultDraw], story: Story? = nil) -> Schedule {
    let schedule = settings.schedule(seed: seed, story: story)
    schedule.edit = ScheduleEdit(self, draws)
    schedule.vary(by: variation)
    return schedule
  }
}
