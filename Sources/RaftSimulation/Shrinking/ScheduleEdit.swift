import Raft

/// How a fault came to be drawn: the generator as it was, and what was chosen.
struct FaultDraw {
  var random: SplitMix64
  var fault: Fault?
}

/// What a script leaves out of a seed's schedule.
struct ScheduleEdit {
  /// By number: whether a fault takes place. Beyond the end, none does.
  private var takesPlace: [Bool]?
  /// How the faults are drawn in the seed's own run, so that they stay what they were.
  private let draws: [FaultDraw]
  private let script: RunScript

  init(_ script: RunScript, _ draws: [FaultDraw]) {
    self.script = script
    self.draws = draws
    guard let faults = script.faults else { return }
    var takesPlace = [Bool](repeating: false, count: draws.count)
    for fault in faults where takesPlace.indices.contains(fault) { takesPlace[fault] = true }
    self.takesPlace = takesPlace
  }

  /// Whether the fault of this number takes place.
  func happens(_ fault: Int) -> Bool {
    guard let takesPlace else { return true }
    return takesPlace.indices.contains(fault) && takesPlace[fault]
  }

  /// The generator of faults, as it was when the seed's own run drew the fault of this number.
  func generator(_ fault: Int) -> SplitMix64? {
    takesPlace != nil && draws.indices.contains(fault) ? draws[fault].random : nil
  }

  /// The options without what is left out.
  func applied(to options: ScheduleOptions) -> ScheduleOptions {
    var options = options
    for mishap in script.without {
      switch mishap {
      case .losses: options.lossRate = 0
      case .copies: options.duplicateRate = 0
      case .stragglers: options.stragglerRate = 0
      case .jinxes: options.leaderJinx = 0
      case .haste: options.operatorHaste = 0
      }
    }
    return options
  }

  /// Whether a client takes part.
  func takesPart(_ client: Int) -> Bool { client < script.clients ?? .max }
}

extension Schedule {
  /// Draws other delays, other choices of clients, and other times to write.
  func vary(by variation: UInt64) {
    guard variation > 0 else { return }
    var root = SplitMix64(seed: seed ^ variation &* 0xD134_2543_DE82_EF95)
    random.network = SplitMix64(seed: root.next())
    random.disk = SplitMix64(seed: root.next())
    random.clients = SplitMix64(seed: root.next())
  }
}
