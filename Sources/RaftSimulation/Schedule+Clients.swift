import Raft
import Store

/// A client that asks for one thing after the other, and waits for each answer.
struct SimulatedClient {
  /// The host it asks first.
  var target: Int
  /// The operation it waits for.
  var waitingFor: Int?
  /// What it has to be answered yet before the schedule may end.
  var unanswered: [Schedule.Request] = []
}

// The clients, and what they are told. Operations are numbered from 0 in `operations`; on the wire
// and in the registers from 1.

extension Schedule {
  func clientActs(_ client: Int) {
    guard clients[client].waitingFor == nil, phase != .done else { return }
    if isQuiet && phase == .chaos { return }
    if phase == .chaos, edit?.takesPart(client) == false { return }
    let place = operations.count
    let key = random.clients.next(below: options.keyCount)
    let number = UInt32(place + 1)
    let action: ClientOperation.Action
    if isRead(client) {
      action = .read
    } else if random.clients.chance(250) {
      // What it expects is some value of late, right or wrong.
      let expected = operations.last { $0.key == key && $0.action != .read }
      action = .compareAndSwap(expected: value(written: expected), new: number)
    } else {
      action = .write(number)
    }
    operations.append(ClientOperation(key: key, action: action, start: now))
    clients[client].waitingFor = place
    owners.append(client)
    queue.schedule(
      .patienceEnds(client: Int16(client), operation: Int32(place)), at: now + options.patience)
    ask(client, place)
  }

  /// After the chaos it asks for what it was not answered yet.
  private func isRead(_ client: Int) -> Bool {
    if let request = clients[client].unanswered.first { return request == .read }
    return random.clients.next(below: 100) < options.readShare
  }

  private func value(written operation: ClientOperation?) -> UInt32 {
    switch operation?.action {
    case .write(let value)?: value
    case .compareAndSwap(_, let value)?: value
    default: 0
    }
  }

  private func ask(_ client: Int, _ operation: Int) {
    queue.schedule(
      .requestArrives(client: Int16(client), operation: Int32(operation)),
      at: now + random.clients.instant(200, 1_000))
  }

  func requestArrives(_ client: Int, operation: Int) {
    guard clients[client].waitingFor == operation else { return }
    let host = clients[client].target
    guard hosts[host].isUp else { return askElsewhere(client, operation, leader: nil) }
    if hosts[host].isPaused(at: now) {
      // It waits in the socket, and may well be read before what other nodes have to say.
      return queue.schedule(
        .requestArrives(client: Int16(client), operation: Int32(operation)),
        at: hosts[host].nextLook(after: now) + random.clients.instant(1, 1_000))
    }
    let request = operations[operation]
    let number = UInt32(operation + 1)
    var refusal: Refusal?
    if request.action == .read {
      hosts[host].reads.append(ReadID(UInt64(operation)))
      noteRead(operation)
    }
    run(host) { node in
      do throws(Refusal) {
        switch request.action {
        case .read:
          try node.read(ReadID(UInt64(operation)))
        case .write:
          try node.propose([
            Proposal(
              id: ProposalID(UInt64(operation)),
              payload: RegisterCommand(kind: .write, key: request.key, operation: number).encoded())
          ])
        case .compareAndSwap(let expected, _):
          let command = RegisterCommand(
            kind: .compareAndSwap, key: request.key, operation: number, expected: expected)
          try node.propose([
            Proposal(id: ProposalID(UInt64(operation)), payload: command.encoded())
          ])
        }
      } catch {
        refusal = error
      }
    }
    if refusal != nil { hosts[host].reads.removeAll { $0.rawValue == UInt64(operation) } }
    switch refusal {
    case nil: tell(host, "is asked by client \(client) to \(Story.words(request))")
    case .notLeader(let leader): askElsewhere(client, operation, leader: leader)
    default: askElsewhere(client, operation, leader: nil)
    }
  }

  /// It was refused, so nothing took place: it may safely ask another one.
  private func askElsewhere(_ client: Int, _ operation: Int, leader: NodeID?) {
    if let leader, Int(leader.rawValue) - 1 != clients[client].target, random.clients.chance(700) {
      clients[client].target = Int(leader.rawValue) - 1
    } else {
      clients[client].target = random.clients.next(below: hosts.count)
    }
    queue.schedule(
      .requestArrives(client: Int16(client), operation: Int32(operation)),
      at: now + random.clients.instant(2_000, 20_000))
  }

  /// A read that the node gives up.
  func giveUp(_ read: ReadID, _ host: Int) {
    hosts[host].reads.removeAll { $0 == read }
    retry(operation: Int(read.rawValue))
  }

  /// Asking for a read again does no harm.
  func retry(operation: Int) {
    let client = owners[operation]
    guard clients[client].waitingFor == operation else { return }
    askElsewhere(client, operation, leader: nil)
  }

  func answerRead(_ read: ConfirmedRead, _ host: Int) {
    let operation = Int(read.id.rawValue)
    hosts[host].reads.removeAll { $0 == read.id }
    certify(read, host)
    if hosts[host].applied < read.index {
      referee.fail(.linearizable, "\(hosts[host].id) answers a read before it has applied enough")
    }
    let value = hosts[host].machine.registers[operations[operation].key]
    answer(UInt32(operation), .read(value), by: host)
  }

  /// An answer leaves for its client. What it says is true from now on, whether or not it arrives.
  func answer(_ operation: UInt32, _ outcome: ClientOperation.Outcome, by host: Int) {
    let place = Int(operation)
    if outcome == .never { referee.lost(operation: operation + 1) }
    guard operations[place].outcome == .unknown else { return }
    let client = owners[place]
    guard clients[client].waitingFor == place else { return }
    operations[place].outcome = outcome
    operations[place].end = now
    tell(host, "answers client \(client): \(Story.words(outcome, to: operations[place]))")
    queue.schedule(
      .answerArrives(client: Int16(client), operation: Int32(place)),
      at: now + random.clients.instant(200, 1_000))
  }

  func answerArrives(_ client: Int, operation: Int) {
    guard clients[client].waitingFor == operation else { return }
    operations[operation].end = now
    if operations[operation].outcome != .never {
      let request = operations[operation].action == .read ? Request.read : .write
      clients[client].unanswered.removeAll { $0 == request }
    }
    finish(client)
  }

  /// No answer comes: the outcome is unknown, and the client goes on under another name.
  func patienceEnds(_ client: Int, operation: Int) {
    guard clients[client].waitingFor == operation else { return }
    // The answer may be on its way; the client does not know it.
    operations[operation].outcome = .unknown
    operations[operation].end = .max
    clients[client].target = random.clients.next(below: hosts.count)
    finish(client)
  }

  private func finish(_ client: Int) {
    clients[client].waitingFor = nil
    // Some wander, and find a new leader that the others have not heard of.
    if random.clients.chance(200) {
      clients[client].target = random.clients.next(below: hosts.count)
    }
    if phase == .recovery, clients[client].unanswered.isEmpty { return }
    queue.schedule(
      .clientActs(client: Int16(client)),
      at: now + random.clients.instant(1, 2 * options.thinking))
  }
}
