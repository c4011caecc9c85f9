import Store

@testable import Raft

/// What a script may insist on, whatever its trace says, so that rewriting a trace cannot hide a
/// failure:
///
/// | | |
/// | --- | --- |
/// | `expect leader n1`, `expect no leader` | among the nodes that are up |
/// | `expect role n1 follower`, `expect term n1 3`, `expect commit n1 7` | |
/// | `expect terms n1 1 1 2` | the terms in its log |
/// | `expect applied n1 a b c`, `expect same a b c` | what one, what every running node's state machine was told |
/// | `expect voters n1 n1 n2`, `expect stopped n1`, `expect peer n1 n2 replicate` | |
extension ScenarioCluster {
  mutating func expect(_ arguments: [String]) throws {
    let actual = try actual(arguments)
    let expected = arguments.dropFirst(expectedStart(arguments)).joined(separator: " ")
    guard actual == expected else {
      throw Mistake(
        description: "expect \(arguments.joined(separator: " ")): it is '\(actual)'")
    }
  }

  private func expectedStart(_ arguments: [String]) -> Int {
    switch arguments[0] {
    case "leader", "same", "no": 1
    case "peer": 3
    case "stopped": 2
    default: 2
    }
  }

  private func actual(_ arguments: [String]) throws -> String {
    switch arguments[0] {
    case "leader", "no":
      let leaders = nodes.filter { !$0.isDown && $0.core.role == .leader }.map(\.core.id)
      return leaders.isEmpty
        ? "leader" : leaders.map(\.description).joined(separator: " ")
    case "same":
      let logs = nodes.filter { !$0.isDown }.map { $0.applied.joined(separator: " ") }
      return Set(logs).count == 1 ? logs[0] : logs.joined(separator: " / ")
    default: break
    }
    let node = nodes[try node(arguments, 1)]
    let core = node.core
    switch arguments[0] {
    case "role": return words(core.role)
    case "term": return "\(core.term)"
    case "commit": return "\(core.commitIndex)"
    case "terms":
      return core.log.entries(after: core.log.base.index, through: core.log.lastIndex)
        .map(\.term.description).joined(separator: " ")
    case "applied": return node.applied.joined(separator: " ")
    case "voters": return core.membership.voters.map(\.description).joined(separator: " ")
    case "stopped": return core.violation == nil ? "running" : ""
    case "peer":
      guard let peer = core.peers.first(where: { "\($0.id)" == arguments[2] }) else {
        return "no peer"
      }
      switch peer.state {
      case .probe: return "probe"
      case .replicate: return "replicate"
      case .snapshot: return "snapshot"
      }
    default: throw Mistake(description: "cannot expect \(arguments)")
    }
  }
}
