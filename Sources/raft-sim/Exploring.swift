import Bytes
import Options
import Platform
import RaftSimulation

/// Bounds of an exhaustive search: `voters=4,changes=1`.
struct BoundsValue: FlagValue {
  var bounds = Bounds()

  init() {}

  init(flagText text: String) throws(InvalidText) {
    for part in text.split(separator: ",") {
      let words = part.split(separator: "=", omittingEmptySubsequences: false)
      guard words.count == 2, let field = Self.fields.first(where: { $0.name == words[0] }) else {
        throw InvalidText("each bound must be name=count, with a name of \(Self.names)")
      }
      guard let count = Int(words[1]), (field.least...99).contains(count) else {
        throw InvalidText("\(field.name) must be a number from \(field.least) to 99")
      }
      bounds[keyPath: field.path] = count
    }
    guard bounds.voters + bounds.learners <= 7 else {
      throw InvalidText("voters and learners must be 7 together at the most")
    }
  }

  var flagText: String {
    Self.fields.map { "\($0.name)=\(bounds[keyPath: $0.path])" }.joined(separator: ",")
  }
  static var flagPlaceholder: String { "bounds" }
  static var names: String { fields.map(\.name).joined(separator: ", ") }

  private static var fields: [(name: String, path: WritableKeyPath<Bounds, Int>, least: Int)] {
    [
      ("voters", \.voters, 1), ("learners", \.learners, 0), ("led", \.led, 0),
      ("removing", \.removing, 0), ("timeouts", \.timeouts, 0),
      ("lapses", \.lapses, 0), ("stepdowns", \.stepDowns, 0), ("proposals", \.proposals, 0),
      ("changes", \.changes, 0), ("beats", \.beats, 0), ("reads", \.reads, 0),
      ("breaks", \.breaks, 0), ("crashes", \.crashes, 0), ("forgets", \.forgets, 0),
      ("transfers", \.transfers, 0),
    ]
  }
}

extension Bounds {
  /// 1 if n1 leads at the start.
  fileprivate var led: Int {
    get { startsLed ? 1 : 0 }
    set { startsLed = newValue > 0 }
  }

  /// 1 if a removal is under way at the start.
  fileprivate var removing: Int {
    get { startsRemoving ? 1 : 0 }
    set { startsRemoving = newValue > 0 }
  }
}

/// Searches within bounds and prints what it saw; ends the program with 1 if something is wrong.
func explore(_ bounds: Bounds, workers: Int) async {
  let clock = ContinuousClock()
  let start = clock.now
  let outcome = await Explorer(bounds, workers: workers).run { depth, states in
    let taken = rounded(seconds(clock.now - start), 10)
    StandardOutput.print("depth \(depth): \(states) states, \(taken) s")
  }
  let taken = seconds(clock.now - start)
  StandardOutput.print(
    """
    states     \(outcome.states)
    steps      \(outcome.steps)
    depth      \(outcome.layers.count - 1)
    complete   \(outcome.isComplete ? "yes" : "no")
    wall time  \(rounded(taken, 100)) s with \(workers) workers
    """)
  guard let counterexample = outcome.counterexample else { return }
  StandardOutput.print("\nAfter \(counterexample.length) steps: \(counterexample.description)\n")
  StandardOutput.print(counterexample.script)
  exit(1)
}
