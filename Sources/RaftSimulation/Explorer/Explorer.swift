import Store
import Synchronization

/// Looks at every state that a small cluster can reach, nearest first, and judges each.
///
/// Breadth first, so what it finds wrong it tells by a shortest path. States that differ only in
/// the nodes' names count as one. A state is not kept: of each there is its number, to know it
/// again, and the step that led to it. To go on from the states of a layer, the tree of steps is
/// walked from its root once more; where a walk branches, what is common is done once.
///
/// ```
///   layer 0        ·                     parents  -        steps  -
///   layer 1      · · ·                            0 0 0           1 4 5
///   layer 2     ·· ·  ··   ◄── frontier           0 0 1 2 2       1 3 1 0 2
/// ```
public final class Explorer {
  /// What a search has found.
  public struct Outcome: Sendable {
    /// Different states reached, up to the nodes' names.
    public var states = 0
    /// Steps taken to find them; most lead to a state that is known.
    public var steps = 0
    /// States by their distance from the start.
    public var layers: [Int] = []
    /// Whether everything within the bounds was looked at.
    public var isComplete = false
    /// The first state in which something is wrong.
    public var counterexample: Counterexample?
  }

  private let start: World
  private let workers: Int
  private let limit: Int
  private var known = NumberSet()
  private var layers: [Layer] = []

  /// The states at one distance, in the order of their parents.
  private struct Layer: Sendable {
    var parents: [UInt32] = []
    var steps: [UInt8] = []

    /// The children of the parents in a range.
    func children(of range: Range<Int>) -> Range<Int> {
      first(range.lowerBound)..<first(range.upperBound)
    }

    /// The first state whose parent is not before `parent`.
    private func first(_ parent: Int) -> Int {
      var low = 0
      var high = parents.count
      while low < high {
        let middle = (low + high) / 2
        if Int(parents[middle]) < parent { low = middle + 1 } else { high = middle }
      }
      return low
    }
  }

  /// - Parameters:
  ///   - bounds: what may happen, and how often.
  ///   - workers: how many threads search.
  ///   - limit: how many states to look at, at the most.
  public init(_ bounds: Bounds, workers: Int, limit: Int = .max) {
    start = World(bounds)
    self.workers = workers
    self.limit = limit
  }

  /// Searches; `report` is told the number of states after each layer.
  public func run(report: (_ depth: Int, _ states: Int) -> Void = { _, _ in }) async -> Outcome {
    var outcome = Outcome(states: 1, layers: [1])
    _ = known.insert(start.signature)
    layers = [Layer(parents: [0], steps: [0])]
    while let frontier = layers.last, !frontier.parents.isEmpty {
      let found = await expand(frontier.parents.count)
      outcome.steps += found.reduce(0) { $0 + $1.stepCount }
      if let failing = found.lazy.compactMap(\.failing).first {
        outcome.counterexample = counterexample(failing)
        return outcome
      }
      var next = Layer()
      for one in found {
        for state in one.states where known.insert(state.number) {
          next.parents.append(state.parent)
          next.steps.append(state.step)
        }
      }
      layers.append(next)
      outcome.states += next.parents.count
      if next.parents.isEmpty { break }
      outcome.layers.append(next.parents.count)
      report(layers.count - 1, outcome.states)
      if outcome.states >= limit { return outcome }
    }
    outcome.isComplete = true
    return outcome
  }

  // MARK: One layer

  private struct Expansion: Sendable {
    struct State: Sendable {
      var number: UInt64
      var parent: UInt32
      var step: UInt8
    }
    var states: [State] = []
    var stepCount = 0
    /// The first state in which something is wrong: its parent, and the step to it.
    var failing: (parent: Int, step: Int)?
  }

  /// Takes every step from every state of the last layer, in as many parts as there are workers.
  private func expand(_ count: Int) async -> [Expansion] {
    let parts = min(count, workers * 16)
    let walk = Walk(start: start, layers: layers, known: known)
    let next = NextPart()
    return await withTaskGroup(of: [(Int, Expansion)].self) { group in
      for _ in 0..<workers {
        group.addTask { @concurrent in
          var found: [(Int, Expansion)] = []
          while let part = next.take(below: parts) {
            found.append((part, walk.expand(count * part / parts..<count * (part + 1) / parts)))
          }
          return found
        }
      }
      var all: [(Int, Expansion)] = []
      for await found in group { all += found }
      return all.sorted { $0.0 < $1.0 }.map(\.1)
    }
  }

  /// Hands the parts of a layer to whichever worker is free.
  private final class NextPart: Sendable {
    private let next = Atomic(0)

    func take(below count: Int) -> Int? {
      let part = next.add(1, ordering: .relaxed).oldValue
      return part < count ? part : nil
    }
  }

  /// What the workers share, and none of them changes.
  private struct Walk: Sendable {
    let start: World
    let layers: [Layer]
    let known: NumberSet

    /// Expands some states of the last layer.
    func expand(_ states: Range<Int>) -> Expansion {
      var ranges = [states]
      for layer in layers.dropFirst().reversed() {
        guard let range = ranges.last else { break }
        ranges.append(
          Int(layer.parents[range.lowerBound])..<Int(layer.parents[range.upperBound - 1]) + 1)
      }
      ranges.reverse()
      var found = Expansion()
      descend(0, 0, start, ranges, &found)
      return found
    }

    /// Goes from a state to those of its descendants in the last layer that are wanted.
    private func descend(
      _ depth: Int, _ state: Int, _ world: World, _ wanted: [Range<Int>], _ found: inout Expansion
    ) {
      guard depth + 1 < layers.count else { return expand(state, world, &found) }
      let children = layers[depth + 1].children(of: state..<state + 1)
        .clamped(to: wanted[depth + 1])
      guard !children.isEmpty else { return }
      let steps = world.steps
      for child in children where hasWanted(depth + 1, child, wanted) {
        var next = world
        _ = next.take(steps[Int(layers[depth + 1].steps[child])])
        descend(depth + 1, child, next, wanted, &found)
      }
    }

    /// Whether a state has wanted descendants: most of those far from the frontier have none.
    private func hasWanted(_ depth: Int, _ state: Int, _ wanted: [Range<Int>]) -> Bool {
      var range = state..<state + 1
      for layer in depth + 1..<max(depth + 1, layers.count) {
        range = layers[layer].children(of: range).clamped(to: wanted[layer])
        if range.isEmpty { return false }
      }
      return true
    }

    private func expand(_ state: Int, _ world: World, _ found: inout Expansion) {
      for (place, step) in world.steps.enumerated() {
        var next = world
        guard next.take(step) else { continue }
        found.stepCount += 1
        if next.failure != nil {
          if found.failing == nil { found.failing = (state, place) }
          return
        }
        let number = next.signature
        guard !known.contains(number) else { continue }
        found.states.append(
          Expansion.State(number: number, parent: UInt32(state), step: UInt8(place)))
      }
    }
  }

  // MARK: What went wrong

  private func counterexample(_ failing: (parent: Int, step: Int)) -> Counterexample {
    var places = [failing.step]
    var state = failing.parent
    for layer in layers.dropFirst().reversed() {
      places.append(Int(layer.steps[state]))
      state = Int(layer.parents[state])
    }
    var world = start
    var steps: [WorldStep] = []
    for place in places.reversed() {
      steps.append(world.steps[place])
      _ = world.take(world.steps[place])
    }
    return Counterexample(start: start, steps: steps, broken: world.failure)
  }
}
