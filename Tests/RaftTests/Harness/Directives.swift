import Store

@testable import Raft

/// What a script may say:
///
/// | directive | meaning |
/// | --- | --- |
/// | `cluster 3` | nodes n1 to n3; `learners=4`, `election=10`, `inflight=4`, `append-bytes=`, `probe-bytes=`, `uncommitted-bytes=` |
/// | `node n4` | one more, who knows nobody yet |
/// | `campaign n1` | n1's election timer fires now |
/// | `lead n1` | n1 campaigns and everything is delivered, untold but for the result |
/// | `tick n1 3`, `tick 3` | time passes on n1, on all nodes |
/// | `beat n1`, `stepdown n1` | a heartbeat is due; n1 has heard no majority for too long to lead |
/// | `lapse` | an election timeout passes in which nobody hears a leader; no timer fires yet |
/// | `propose n1 a b` | commands; `blob:1000` is one of a thousand bytes |
/// | `read n1 7` | read number 7 |
/// | `change n1 learner+n4`, `voter+n4`, `-n2` | membership, asked of n1 |
/// | `transfer n1 n2`, `resign n1` | leadership |
/// | `deliver`, `deliver n1>n2`, `deliver append` | hand over what is under way now, once |
/// | `drop …`, `double …`, `late …` | lose it, send it twice, let all the others overtake it |
/// | `deliver first n1>n2` | of those, only the one sent first |
/// | `stabilize`, `quietly …` | deliver until nothing is under way; without telling each message |
/// | `cut n1 n2`, `cut n1>n2`, `isolate n1`, `heal` | the network |
/// | `hold n1`, `sync n1`, `sync n1 1` | the disk takes its time, and finishes |
/// | `crash n1`, `restart n1` | memory and what was not synced are gone |
/// | `snapshot n1 keeping=2` | take one, compact the log |
/// | `log`, `status`, `progress n1`, `network`, `count append` | look |
/// | `expect …` | fail unless it is so; see `Expectations.swift` |
extension ScenarioCluster {
  struct Mistake: Error, CustomStringConvertible { var description: String }

  mutating func obey(_ line: String) throws {
    var arguments = line.split(separator: " ").map(String.init)
    let verb = arguments.removeFirst()
    switch verb {
    case "quietly":
      isQuiet = true
      try obey(arguments.joined(separator: " "))
      isQuiet = false
    case "lead":
      let told = trace
      for directive in ["campaign", "stabilize"] {
        try obey(([directive] + arguments).joined(separator: " "))
      }
      trace = told
      let core = nodes[try node(arguments)].core
      say("\(core.id) is \(words(core.role)) in term \(core.term)")
    case "cluster", "node": try build(verb, arguments)
    case "campaign", "tick", "lapse", "beat", "stepdown": try pass(verb, arguments)
    case "propose", "read", "change", "transfer", "resign": try ask(verb, arguments)
    case "deliver", "drop", "double", "late", "stabilize": try convey(verb, arguments)
    case "cut", "isolate", "heal": try cut(verb, arguments)
    case "hold", "sync", "crash", "restart", "snapshot", "forget": try harm(verb, arguments)
    case "log", "status", "progress", "network", "count": try show(verb, arguments)
    case "expect": try expect(arguments)
    default: throw Mistake(description: "unknown directive: \(line)")
    }
  }

  // MARK: Arguments

  func id(_ word: String) throws -> NodeID {
    guard word.first == "n", let number = UInt64(word.dropFirst()) else {
      throw Mistake(description: "not a node: \(word)")
    }
    return NodeID(number)
  }

  func node(_ arguments: [String], _ place: Int = 0) throws -> Int {
    guard arguments.indices.contains(place), let node = position(of: try id(arguments[place]))
    else {
      throw Mistake(description: "which node? \(arguments)")
    }
    return node
  }

  func number(_ arguments: [String], _ place: Int, otherwise: Int) -> Int {
    arguments.indices.contains(place) ? Int(arguments[place]) ?? otherwise : otherwise
  }

  func option(_ name: String, _ arguments: [String]) -> Int? {
    arguments.first { $0.hasPrefix(name + "=") }.flatMap { Int($0.dropFirst(name.count + 1)) }
  }

  // MARK: Verbs

  private mutating func build(_ verb: String, _ arguments: [String]) throws {
    if verb == "node" {
      let id = try id(arguments[0])
      let nobody = Membership(voters: [])
      return nodes.append(ScenarioNode(id: id, members: nobody, options: options(for: id)))
    }
    let count = UInt64(number(arguments, 0, otherwise: 3))
    options.electionTicks = option("election", arguments) ?? 10
    options.heartbeatTicks = option("heartbeat", arguments) ?? 1
    options.maxInflightAppends = option("inflight", arguments) ?? 8
    options.maxAppendBytes = option("append-bytes", arguments) ?? 1 << 20
    options.maxProbeBytes = option("probe-bytes", arguments) ?? 64 << 10
    options.maxUncommittedBytes = option("uncommitted-bytes", arguments) ?? 64 << 20
    let learners = option("learners", arguments) ?? 0
    let ids = (1...count).map { NodeID($0) }
    let members = Membership(
      voters: ids.dropLast(learners), learners: Array(ids.suffix(learners)))
    nodes = ids.map { ScenarioNode(id: $0, members: members, options: options(for: $0)) }
  }

  private mutating func pass(_ verb: String, _ arguments: [String]) throws {
    if verb == "campaign" {
      let node = try node(arguments)
      say("\(nodes[node].core.id) hears nobody and campaigns")
      nodes[node].core.electionElapsed = nodes[node].core.electionTimeout
      return run(node) { $0.tick() }
    }
    if verb == "beat" { return run(try node(arguments)) { $0.beat() } }
    if verb == "stepdown" { return run(try node(arguments)) { $0.stepDown() } }
    if verb == "lapse" {
      time += options.electionTicks
      for node in nodes.indices { nodes[node].core.electionElapsed = options.electionTicks }
      return
    }
    let one = arguments.first?.hasPrefix("n") == true ? try node(arguments) : nil
    for _ in 0..<number(arguments, one == nil ? 0 : 1, otherwise: 1) {
      time += 1
      for node in nodes.indices where one == nil || one == node { run(node) { $0.tick() } }
    }
  }

  private mutating func ask(_ verb: String, _ arguments: [String]) throws {
    let node = try node(arguments)
    let rest = Array(arguments.dropFirst())
    var refusal: Refusal?
    let change = verb == "change" ? try change(rest[0]) : nil
    let target = verb == "transfer" && !rest.isEmpty ? try id(rest[0]) : nil
    let payloads = rest.map(payload)
    run(node) { core in
      do throws(Refusal) {
        switch verb {
        case "propose": _ = try core.propose(payloads)
        case "read": try core.read(ReadID(UInt64(rest[0]) ?? 0))
        case "transfer": try core.transferLeadership(to: target)
        case "resign": core.resign()
        default: if let change { _ = try core.propose(change, payload: []) }
        }
      } catch {
        refusal = error
      }
    }
    if let refusal { say("    \(nodes[node].core.id) refuses: \(words(refusal))") }
  }

  private func payload(_ word: String) -> [UInt8] {
    guard word.hasPrefix("blob:"), let count = Int(word.dropFirst(5)) else {
      return Array(word.utf8)
    }
    return [UInt8](repeating: UInt8(ascii: "x"), count: count)
  }

  private func change(_ word: String) throws -> MembershipChange {
    if word.hasPrefix("learner+") { return .addLearner(try id(String(word.dropFirst(8)))) }
    if word.hasPrefix("voter+") { return .promote(try id(String(word.dropFirst(6)))) }
    if word.hasPrefix("-") { return .remove(try id(String(word.dropFirst()))) }
    throw Mistake(description: "not a change: \(word)")
  }

  private mutating func convey(_ verb: String, _ arguments: [String]) throws {
    if verb == "stabilize" {
      var rounds = 0
      while !network.isEmpty {
        rounds += 1
        guard rounds < 10_000 else { throw Mistake(description: "it does not stabilize") }
        let sent = network
        network = []
        for message in sent { deliver(message) }
      }
      return
    }
    let choice = arguments.filter { $0 != "first" }
    var chosen: [Message] = []
    var others: [Message] = []
    for message in network {
      let isEnough = choice != arguments && !chosen.isEmpty
      if matches(message, choice), !isEnough {
        chosen.append(message)
      } else {
        others.append(message)
      }
    }
    network = others
    for message in chosen {
      switch verb {
      case "deliver": deliver(message)
      case "drop": say("\(message.from) > \(message.to)  dropped: \(words(message))")
      case "double": network += [message, message]
      default: network.append(message)
      }
    }
  }

  private func matches(_ message: Message, _ arguments: [String]) -> Bool {
    arguments.allSatisfy { word in
      if word.contains(">") {
        let ends = word.split(separator: ">", omittingEmptySubsequences: false).map(String.init)
        return (ends[0].isEmpty || ends[0] == "\(message.from)")
          && (ends[1].isEmpty || ends[1] == "\(message.to)")
      }
      return word == kind(message)
    }
  }

  private mutating func cut(_ verb: String, _ arguments: [String]) throws {
    switch verb {
    case "heal": cuts = []
    case "isolate":
      let one = try id(arguments[0])
      for other in nodes.map(\.core.id) where other != one {
        cuts.formUnion([[one, other], [other, one]])
      }
    default:
      if let arrow = arguments.first(where: { $0.contains(">") }) {
        let ends = arrow.split(separator: ">").map(String.init)
        cuts.insert([try id(ends[0]), try id(ends[1])])
      } else {
        let (a, b) = (try id(arguments[0]), try id(arguments[1]))
        cuts.formUnion([[a, b], [b, a]])
      }
    }
  }

  private mutating func harm(_ verb: String, _ arguments: [String]) throws {
    let node = try node(arguments)
    let id = nodes[node].core.id
    switch verb {
    case "hold": nodes[node].isDiskHeld = true
    case "sync":
      nodes[node].isDiskHeld = arguments.count > 1
      sync(node, count: number(arguments, 1, otherwise: nodes[node].unsynced.count))
    case "crash":
      say("\(id) crashes")
      crash(node)
    case "restart":
      say("\(id) comes back")
      restart(node)
    case "forget":
      // A disk that loses what it had promised to keep.
      if arguments.last == "everything" {
        nodes[node].disk.hardState = .initial
        nodes[node].disk.entries = []
        return say("\(id)'s disk loses everything, its vote as well")
      }
      if arguments.last == "vote" {
        nodes[node].disk.hardState.vote = nil
        return say("\(id)'s disk loses the vote it gave")
      }
      let index = LogIndex(UInt64(number(arguments, 1, otherwise: 0)))
      nodes[node].disk.entries.removeAll { $0.index > index }
      say("\(id)'s disk loses everything after \(index)")
    default:
      snapshot(node, keeping: UInt64(option("keeping", arguments) ?? 0))
    }
  }

  private mutating func show(_ verb: String, _ arguments: [String]) throws {
    switch verb {
    case "log": showLogs()
    case "status": for node in nodes { trace.append(status(node)) }
    case "network":
      for message in network {
        trace.append("\(message.from) > \(message.to)  \(words(message))")
      }
    case "count":
      for kind in arguments { trace.append("\(kind) sent: \(sentCounts[kind] ?? 0)") }
    default:
      for peer in nodes[try node(arguments)].core.peers {
        let flight = peer.inflight.isEmpty ? "" : ", \(peer.inflight.count) under way"
        trace.append(
          "\(peer.id) \(peer.state) match \(peer.matchIndex) next \(peer.nextIndex)\(flight)")
      }
    }
  }

  private mutating func showLogs() {
    let last = nodes.map(\.core.log.lastIndex.rawValue).max() ?? 0
    guard last > 0 else { return trace.append("every log is empty") }
    let width = max(3, "\(last)".count)
    trace.append("index  " + (1...last).map { padded("\($0)", width) }.joined(separator: " "))
    for node in nodes {
      trace.append(padded("\(node.core.id)", 7) + node.strip(width: width))
    }
    for line in trace.indices { trace[line] = trimmed(trace[line]) }
  }

  private func status(_ node: ScenarioNode) -> String {
    let core = node.core
    if node.isDown { return "\(core.id) is down" }
    let vote = core.vote.map { ", voted \($0)" } ?? ""
    let leader = core.leader.map { ", leader \($0)" } ?? ", no leader"
    return "\(core.id) \(words(core.role)) term \(core.term)\(vote)\(leader)"
      + ", commit \(core.commitIndex), log ends at \(core.log.lastPosition)"
  }

  private func trimmed(_ text: String) -> String {
    var text = text
    while text.last == " " { text.removeLast() }
    return text
  }
}
