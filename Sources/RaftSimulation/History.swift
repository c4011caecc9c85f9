/// Something a client asked for, and what it was told.
package struct ClientOperation: Equatable {
  /// What the client asked for.
  package enum Action: Equatable {
    case read
    case write(UInt32)
    case compareAndSwap(expected: UInt32, new: UInt32)
  }

  /// What the client was told.
  package enum Outcome: Equatable {
    /// The operation may have taken effect, or may still.
    case unknown
    /// It did not take effect, and never will.
    case never
    case read(UInt32)
    /// Whether the write took effect; only a compare-and-swap can fail.
    case written(Bool)
  }

  package var key: Int
  package var action: Action
  package var start: Int64
  /// Meaningless while the outcome is unknown.
  package var end: Int64 = .max
  package var outcome = Outcome.unknown

  package init(
    key: Int, action: Action, start: Int64, end: Int64 = .max, outcome: Outcome = .unknown
  ) {
    self.key = key
    self.action = action
    self.start = start
    self.end = end
    self.outcome = outcome
  }
}

/// Whether a history of operations could have happened one at a time, each between its call and its
/// return (Herlihy and Wing, "Linearizability", 1990).
///
/// Each key is a register of its own and is judged alone. Events are taken in the order of time,
/// and all *states of the world* are kept that agree with them: what the register holds, and which
/// of the operations under way have taken place in it. When an operation returns, it must have
/// taken place: worlds in which it has not are continued by letting operations under way take
/// place, in every order, until it has (Lowe, "Testing for linearizability", 2017). No world left:
/// no.
package enum LinearizabilityChecker {
  private struct World: Equatable {
    var value: UInt32
    /// By slot: the operations under way that have taken place.
    var done: UInt128
  }

  /// The first key whose history is not linearizable, or nil.
  ///
  /// An operation that never returned may take place at any time after its call, or not at all.
  package static func violation(in operations: [ClientOperation], keyCount: Int) -> Int? {
    for key in 0..<keyCount {
      if !isLinearizable(operations.filter { $0.key == key && counts($0) }) { return key }
    }
    return nil
  }

  /// A read that was not answered, and a write that never was, say nothing.
  private static func counts(_ operation: ClientOperation) -> Bool {
    switch operation.outcome {
    case .never: false
    case .unknown: operation.action != .read
    case .read, .written: true
    }
  }

  private struct Moment {
    var time: Int64
    var isReturn: Bool
    var operation: Int
  }

  /// The calls and returns in order. At one instant calls come first: they may overlap.
  private static func moments(_ operations: [ClientOperation]) -> [Moment] {
    var moments: [Moment] = []
    moments.reserveCapacity(2 * operations.count)
    for (place, operation) in operations.enumerated() {
      moments.append(Moment(time: operation.start, isReturn: false, operation: place))
      if operation.outcome != .unknown {
        moments.append(Moment(time: operation.end, isReturn: true, operation: place))
      }
    }
    moments.sort { a, b in
      if a.time != b.time { return a.time < b.time }
      if a.isReturn != b.isReturn { return !a.isReturn }
      return a.operation < b.operation
    }
    return moments
  }

  static func isLinearizable(_ operations: [ClientOperation]) -> Bool {
    var worlds = [World(value: 0, done: 0)]
    /// The slots of operations that never return.
    var open: UInt128 = 0
    /// The operations under way, by slot.
    var slots: [Int?] = []
    var slotOf = [Int](repeating: 0, count: operations.count)
    for moment in moments(operations) {
      if !moment.isReturn {
        let slot = slots.firstIndex { $0 == nil } ?? slots.count
        precondition(slot < 128, "more than 128 operations under way on one key")
        if slot == slots.count { slots.append(nil) }
        slots[slot] = moment.operation
        slotOf[moment.operation] = slot
        if operations[moment.operation].outcome == .unknown { open |= 1 << slot }
      } else {
        let slot = slotOf[moment.operation]
        worlds = continued(worlds, until: slot, slots, open, operations)
        if worlds.isEmpty { return false }
        slots[slot] = nil
      }
    }
    return true
  }

  /// All worlds that follow and in which the operation of `slot` has taken place; its bit is
  /// cleared, for the slot will be used again.
  private static func continued(
    _ worlds: [World], until slot: Int, _ slots: [Int?], _ open: UInt128,
    _ operations: [ClientOperation]
  ) -> [World] {
    let idle = slots.indices.filter { slots[$0].map { isIdle(operations[$0]) } ?? false }
    func settled(_ world: World) -> World {
      var world = world
      for slot in idle {
        guard let operation = slots[slot] else { continue }
        if effect(of: operations[operation], on: world.value) != nil { world.done |= 1 << slot }
      }
      return world
    }
    var seen: [World] = []
    for world in worlds.map(settled) where !seen.contains(where: { covers($0, world, open) }) {
      seen.append(world)
    }
    var result: [World] = []
    var next = 0
    while next < seen.count {
      let world = seen[next]
      next += 1
      if world.done & (1 << slot) != 0 {
        let later = World(value: world.value, done: world.done & ~(1 << slot))
        if !result.contains(where: { covers($0, later, open) }) { result.append(later) }
        continue
      }
      for (candidate, operation) in slots.enumerated() {
        guard let operation, world.done & (1 << candidate) == 0,
          let value = effect(of: operations[operation], on: world.value)
        else { continue }
        let following = settled(World(value: value, done: world.done | (1 << candidate)))
        if !seen.contains(where: { covers($0, following, open) }) { seen.append(following) }
      }
    }
    return result
  }

  /// Whether an operation was answered and changes nothing, wherever it takes place. Then it takes
  /// place as soon as it can: no world gains by its waiting, and there are far fewer of them.
  private static func isIdle(_ operation: ClientOperation) -> Bool {
    switch (operation.action, operation.outcome) {
    case (.read, .read), (.compareAndSwap, .written(false)): true
    default: false
    }
  }

  /// Whether everything that can follow on one world can follow on another: they differ at most in
  /// operations that never return, and the other still has those before it, should it need them.
  /// Without this, every unknown outcome would double the number of worlds.
  private static func covers(_ world: World, _ other: World, _ open: UInt128) -> Bool {
    world.value == other.value && world.done & ~open == other.done & ~open
      && world.done & open & ~other.done == 0
  }

  /// What the register holds afterwards; nil if the operation could not have been answered as it
  /// was.
  private static func effect(of operation: ClientOperation, on value: UInt32) -> UInt32? {
    switch (operation.action, operation.outcome) {
    case (.read, .read(let seen)): return seen == value ? value : nil
    case (.write(let new), _): return new
    case (.compareAndSwap(let expected, let new), .written(let succeeded)):
      guard (expected == value) == succeeded else { return nil }
      return succeeded ? new : value
    case (.compareAndSwap(let expected, let new), _):
      return expected == value ? new : value
    default: return nil
    }
  }
}
