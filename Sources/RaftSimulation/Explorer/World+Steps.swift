import Raft
import Store

/// One thing that may happen.
enum WorldStep: Hashable, Sendable {
  case deliver(from: Int, to: Int)
  case breakLink(from: Int, to: Int)
  case timeOut(Int)
  case lapse
  case stepDown(Int)
  case propose(Int)
  case change(Int, MembershipChange)
  case beat(Int)
  case read(Int)
  case crash(Int)
  case forget(Int)
  case transfer(Int, to: Int)
}

extension World {
  /// Everything that may happen next, in a fixed order.
  var steps: [WorldStep] {
    var steps: [WorldStep] = []
    for from in cores.indices {
      for to in cores.indices where !links[from * count + to].isEmpty {
        steps.append(.deliver(from: from, to: to))
        if left.breaks > 0 { steps.append(.breakLink(from: from, to: to)) }
      }
    }
    if left.lapses > 0, cores.contains(where: { $0.role != .leader && $0.leader != nil }) {
      steps.append(.lapse)
    }
    for node in cores.indices { appendSteps(of: node, to: &steps) }
    return steps
  }

  private func appendSteps(of node: Int, to steps: inout [WorldStep]) {
    if left.timeouts > 0, cores[node].canTimeOut { steps.append(.timeOut(node)) }
    if left.crashes > 0 { steps.append(.crash(node)) }
    if left.forgets > 0, cores[node].vote != nil { steps.append(.forget(node)) }
    guard cores[node].role == .leader else { return }
    if left.stepDowns > 0 { steps.append(.stepDown(node)) }
    if left.proposals > 0 { steps.append(.propose(node)) }
    if left.beats > 0 { steps.append(.beat(node)) }
    if left.reads > 0 { steps.append(.read(node)) }
    if left.changes > 0 {
      for other in cores.map(\.id) {
        if cores[node].membership.isVoter(other) {
          steps.append(.change(node, .remove(other)))
        } else if cores[node].membership.isLearner(other) {
          steps.append(.change(node, .promote(other)))
        } else {
          steps.append(.change(node, .addLearner(other)))
        }
      }
    }
    if left.transfers > 0 {
      for other in cores.indices where other != node { steps.append(.transfer(node, to: other)) }
    }
  }

  /// Takes a step. False if the core refused it, and nothing has changed.
  mutating func take(_ step: WorldStep) -> Bool {
    switch step {
    case .deliver(let from, let to): deliver(from * count + to)
    case .breakLink(let from, let to):
      left.breaks -= 1
      links[from * count + to] = []
    case .timeOut(let node):
      left.timeouts -= 1
      run(node) { $0.timeOut() }
    case .lapse:
      left.lapses -= 1
      for node in cores.indices { cores[node].lapse() }
    case .stepDown(let node):
      left.stepDowns -= 1
      run(node) { $0.stepDown() }
    case .propose(let node):
      left.proposals -= 1
      let payload = [UInt8(truncatingIfNeeded: left.proposals)]
      return ask(node) { (core) throws(Refusal) in _ = try core.propose([payload]) }
    case .change(let node, let change):
      left.changes -= 1
      return ask(node) { (core) throws(Refusal) in _ = try core.propose(change, payload: []) }
    case .beat(let node):
      left.beats -= 1
      run(node) { $0.beat() }
    case .read(let node):
      left.reads -= 1
      let id = ReadID(UInt64(left.reads))
      reads.append(WaitingRead(id: id, index: LogIndex(UInt64(committed.count))))
      return ask(node) { (core) throws(Refusal) in try core.read(id) }
    case .crash(let node):
      left.crashes -= 1
      crash(node, cores[node].restorable)
    case .forget(let node):
      left.forgets -= 1
      var state = cores[node].restorable
      state.hardState.vote = nil
      crash(node, state)
    case .transfer(let node, let target):
      left.transfers -= 1
      let id = cores[target].id
      return ask(node) { (core) throws(Refusal) in try core.transferLeadership(to: id) }
    }
    return true
  }

  /// A node loses what it had in memory and comes back; its connections are gone.
  mutating func crash(_ node: Int, _ state: RestoredState) {
    for other in cores.indices {
      links[node * count + other] = []
      links[other * count + node] = []
    }
    let id = cores[node].id
    run(node) { $0 = RaftCore(id: id, restored: state) }
  }

  /// Asks a node for something it may refuse.
  mutating func ask(
    _ node: Int, _ request: (inout RaftCore) throws(Refusal) -> Void
  ) -> Bool {
    var isTaken = true
    run(node) { core in
      do throws(Refusal) { try request(&core) } catch { isTaken = false }
    }
    return isTaken
  }
}
