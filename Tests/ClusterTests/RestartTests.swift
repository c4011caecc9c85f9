import Foundation
import RunSupport
import Store
import Testing
import Watch

@testable import Cluster
@testable import Replication

/// What a client of one member sees when that member stops and starts.
@Suite(.inTurn, .timeLimit(.minutes(10))) struct RestartTests {
  private static let names = ["node1", "node2", "node3"]

  private func others(than name: String) -> [String] { Self.names.filter { $0 != name } }

  @Test func `a member serves nothing of its past when it comes back`() async throws {
    let cluster = try TestCluster()
    var nodes = try await cluster.startThree()
    for number in 1...300 { try await nodes[0].put("key", "\(number)") }
    for _ in 1...3 {
      await nodes[2].stop()
      let back = try await cluster.start("node3", peers: others(than: "node3"))
      nodes[2] = back
      // At once, and so before it can have applied its log.
      async let read = back.get("/v2/keys/key")
      async let next = back.get("/v2/keys/key?wait=true")
      #expect(try await read.text.contains(#""value":"300""#))
      // The watcher is told of what is written now, of nothing before it.
      while back.hub.count == 0 { try await back.node.barrier() }
      let before = back.store.storeIndex
      try await nodes[0].put("key", "300")
      let told = try await next.text
      #expect(told.contains(#""modifiedIndex":\#(before.next)"#), "\(told)")
    }
    for node in nodes { await node.stop() }
  }

  @Test func `what shows its state is served at once, and says that it is not ready`() async throws
  {
    let cluster = try TestCluster()
    let node = try await cluster.start("node1", peers: ["node2", "node3"])
    for path in ["/stats", "/metrics"] { #expect(try await node.get(path).status == 200) }
    let health = try await node.get("/health")
    #expect(health.status == 503 && health.text.contains(#""health":"false""#))
    // It holds nothing, and so has nothing to serve.
    let read = try await node.get("/v2/keys/key")
    #expect(read.status == 503 && read.text == "there is no leader\n", "\(read)")
    await node.stop()
  }

  @Test func `a member that finds no leader serves what it had shown`() async throws {
    let cluster = try TestCluster()
    var nodes = try await cluster.startThree()
    for number in 1...20 { try await nodes[1].put("key", "\(number)") }
    // The last entry of its log is committed, and nothing was written that says so.
    while try nodes[0].localValue("key") != "20" { try await nodes[0].node.barrier() }
    await nodes[0].stop()
    // If it had led, its log may end with the first entry of the next leader, which it has not
    // shown.
    while nodes[0].node.status.appliedIndex != nodes[0].node.status.lastIndex {
      nodes[0] = try await cluster.start("node1", peers: others(than: "node1"))
      try await nodes[0].node.barrier()
      await nodes[0].stop()
    }
    for node in nodes.dropFirst() { await node.stop() }
    let alone = try await cluster.start("node1", peers: others(than: "node1"))
    let read = try await alone.get("/v2/keys/key")
    #expect(read.status == 200 && read.text.contains(#""value":"20""#), "\(read)")
    #expect(try await alone.get("/health").status == 503)
    await alone.stop()
  }

  @Test func `a member that does not know whether it had shown its last entries waits`()
    async throws
  {
    let cluster = try TestCluster()
    let nodes = try await cluster.startThree()
    for number in 1...20 { try await nodes[1].put("key", "\(number)") }
    while try nodes[0].localValue("key") != "20" { try await nodes[0].node.barrier() }
    // As it would be after a crash: the commit index was not written down.
    let (path, copy) = (cluster.path(of: "node1"), cluster.path(of: "copy"))
    try FileManager.default.copyItem(atPath: path, toPath: copy)
    for node in nodes { await node.stop() }
    try FileManager.default.removeItem(atPath: path)
    try FileManager.default.moveItem(atPath: copy, toPath: path)
    let alone = try await cluster.start("node1", peers: others(than: "node1"))
    let read = try await alone.get("/v2/keys/key")
    #expect(read.status == 503 && read.text == "there is no leader\n", "\(read)")
    let second = try await cluster.start("node2", peers: others(than: "node2"))
    #expect(try await alone.get("/v2/keys/key").text.contains(#""value":"20""#))
    for node in [alone, second] { await node.stop() }
  }
}
