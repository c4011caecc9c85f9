import Loop
import Synchronization

@testable import Cluster
@testable import Replication

/// The time of the nodes of a cluster: it passes only as fast as all of them follow.
///
/// A tick is given to every node, and the next one not before each of them has heard it and the
/// loop has carried what they had to say. So a node that waits for a processor, or for a disk on
/// which others write, is not taken for a dead one: however busy the machine is, another node leads
/// only when a test brings that about.
final class SharedTime: Sendable {
  /// The turns of a loop in which a message leaves, arrives, and is answered.
  private static let turns = 3

  private struct State {
    /// In the order in which they came.
    var nodes: [ClusterNode] = []
    var isPassing = false
  }

  private let loop: EventLoop
  private let state = Mutex(State())

  init(of loop: EventLoop) { self.loop = loop }

  /// Lets time pass for a node, until the task is cancelled.
  func pass(for node: ClusterNode) async {
    let isFirst = state.withLock { state in
      state.nodes.append(node)
      defer { state.isPassing = true }
      return !state.isPassing
    }
    if isFirst { Task { await passForAll() } }
    while (try? await Task.sleep(for: .seconds(3_600))) != nil {}
    state.withLock { $0.nodes.removeAll { $0 === node } }
  }

  /// Lets time pass until there is no node.
  private func passForAll() async {
    while let nodes = nodes {
      // They have one interval in common.
      try? await Task.sleep(for: nodes[0].settings.heartbeatInterval)
      for node in nodes { node.mailbox.post(.tick) }
      for node in nodes { await node.hearAll() }
      for _ in 0..<Self.turns { await loop.run {} }
    }
  }

  /// Those for which time passes; nil if there are none.
  private var nodes: [ClusterNode]? {
    state.withLock { state in
      state.isPassing = !state.nodes.isEmpty
      return state.nodes.isEmpty ? nil : state.nodes
    }
  }
}

extension ClusterNode {
  /// Returns when the node's thread has heard everything that was sent to it before.
  fileprivate func hearAll() async {
    await withUnsafeContinuation { (heard: UnsafeContinuation<Void, Never>) in
      showTail { _ in heard.resume() }
    }
  }
}
