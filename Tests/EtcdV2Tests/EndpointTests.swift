import EtcdV2
import HTTP
import HTTPAPI
import RunSupport
import ServingSupport
import Store
import Synchronization
import Testing
import Watch

/// A cluster of three as seen by one of them, which remembers what it was asked to do.
private final class ThreeNodes: ClusterView {
  let clusterID: UInt64 = 0xabc
  let leads: Bool
  let asked = Mutex<[String]>([])

  init(leads: Bool) { self.leads = leads }

  var term: Term { Term(7) }
  var raftIndex: LogIndex { LogIndex(99) }
  var members: [Member] {
    [1, 2, 0xfeed_beef].map { id in
      Member(
        id: id, name: "node\(id)", peerURLs: ["http://10.0.0.\(id):1"],
        clientURLs: id == 2 ? [] : ["http://10.0.0.\(id):2"])
    }
  }
  var leader: Member? { leads ? members[0] : nil }

  func mayChangeMembers(authorization: ArraySlice<UInt8>?) -> Bool { true }
  func addMember(peerURLs: [String]) async throws(MembershipError) -> Member {
    asked.withLock { $0.append("add \(peerURLs)") }
    if peerURLs.contains("http://10.0.0.1:1") { throw .peerURLExists }
    if peerURLs.contains("http://early:1") { throw .refused("one change at a time") }
    if peerURLs.contains("http://stuck:1") { throw .failed("no quorum") }
    return Member(id: 0x10, name: "", peerURLs: peerURLs, clientURLs: [])
  }
  func removeMember(_ id: UInt64) async throws(MembershipError) {
    asked.withLock { $0.append("remove \(id)") }
    if id == 3 { throw .removed }
    if id > 3 { throw .notFound }
  }
  func updateMember(_ id: UInt64, peerURLs: [String]) async throws(MembershipError) {
    asked.withLock { $0.append("update \(id) \(peerURLs)") }
    if id > 3 { throw .notFound }
  }

  var nodeStatistics: NodeStatistics {
    NodeStatistics(
      name: "node1", id: 1, role: leads ? .leader : .candidate,
      startTime: Timestamp(microseconds: ManualTime.start - 90_500_000),
      leader: leads ? 1 : nil, leaderSince: Timestamp(microseconds: ManualTime.start - 1_500_000),
      receivedAppends: 3, sentAppends: 4)
  }
  var followers: [FollowerStatistics]? {
    guard leads else { return nil }
    let latency = FollowerStatistics.Latency(
      current: 0.5, average: 1.25, standardDeviation: 0.125, minimum: 0.25, maximum: 2)
    return [FollowerStatistics(id: 2, latency: latency, successes: 8, failures: 1)]
  }
}

@Suite(.inTurn, .timeLimit(.minutes(10))) struct EndpointTests {
  private func withCluster(
    leads: Bool = true, _ body: (Serving, ThreeNodes) async throws -> Void
  ) async throws {
    let cluster = ThreeNodes(leads: leads)
    let store = KeyValueStore()
    let time = ManualTime()
    var router = Router()
    router.addEtcdRoutes(
      EtcdServices(
        store: store, proposer: DirectProposer(store, time: time), hub: WatchHub(observing: store),
        cluster: cluster, time: time))
    try await withServing(EntryHandler(router)) { try await body($0, cluster) }
  }

  /// As etcd 3.4 answered at its peer port, of a member that is up and of one that was only added.
  @Test func `the members are listed as etcd lists them at its peer URL`() async throws {
    try await withCluster { serving, _ async throws in
      let answer = try await serving.ask("GET @/members")
      #expect(
        answer.text.hasPrefix(
          #"[{"id":1,"peerURLs":["http://10.0.0.1:1"],"name":"node1","#
            + #""clientURLs":["http://10.0.0.1:2"]},{"id":"#), "\(answer.text)")
      #expect(answer.text.hasSuffix("]\n"))
      #expect(answer.text.contains(#"{"id":4276993775,"#))
      // Empty lists are left out.
      #expect(!answer.text.contains("[]"))
      #expect(answer.text(of: "x-etcd-cluster-id") == "abc")
      #expect(answer.text(of: "content-type") == "application/json")
      #expect(try await serving.ask("GET @/members/").status == .notFound)
      let post = try await serving.ask("POST @/members")
      #expect(post.status == .methodNotAllowed && post.text(of: "allow") == "GET")
    }
  }

  @Test func `fact 58: the members and their leader are listed`() async throws {
    try await withCluster { serving, _ async throws in
      let first =
        #"{"id":"1","name":"node1","peerURLs":["http://10.0.0.1:1"],"#
        + #""clientURLs":["http://10.0.0.1:2"]}"#
      let answer = try await serving.ask("GET @/v2/members")
      #expect(answer.text.hasPrefix(#"{"members":["# + first + ",{"))
      #expect(answer.text.contains(#"{"id":"feedbeef""#))
      #expect(answer.text.contains(#""clientURLs":[]"#))
      #expect(answer.text(of: "x-etcd-cluster-id") == "abc")
      #expect(try await serving.body("GET @/v2/members/") == answer.text)
      #expect(try await serving.body("GET @/v2/members/leader") == first + "\n")
    }
    try await withCluster(leads: false) { serving, _ async throws in
      let answer = try await serving.ask("GET @/v2/members/leader")
      #expect(answer.status == .serviceUnavailable)
      #expect(answer.text == #"{"message":"During election"}"#)
    }
  }

  @Test(arguments: [
    (
      #"POST @/v2/members [application/json] {"peerURLs":["http://b:1","http://a:1"]}"#, 201,
      #"{"id":"10","name":"","peerURLs":["http://a:1","http://b:1"],"clientURLs":[]}"# + "\n",
      #"add ["http://a:1", "http://b:1"]"#
    ),
    (
      #"POST @/v2/members [application/json] {"peerURLs":["http://10.0.0.1:1"]}"#, 409,
      #"{"message":"membership: peerURL exists"}"#, #"add ["http://10.0.0.1:1"]"#
    ),
    (
      #"POST @/v2/members [application/json] {"peerURLs":["http://early:1"]}"#, 409,
      #"{"message":"one change at a time"}"#, #"add ["http://early:1"]"#
    ),
    (
      #"POST @/v2/members [application/json] {"peerURLs":["http://stuck:1"]}"#, 500,
      #"{"message":"no quorum"}"#, #"add ["http://stuck:1"]"#
    ),
    ("DELETE @/v2/members/2", 204, "", "remove 2"),
    ("DELETE @/v2/members/02", 204, "", "remove 2"),
    ("DELETE @/v2/members/3", 410, #"{"message":"Member permanently removed: 3"}"#, "remove 3"),
    ("DELETE @/v2/members/f", 404, #"{"message":"No such member: f"}"#, "remove 15"),
    (
      #"PUT @/v2/members/2 [application/json] {"peerURLs":["http://c:1"]}"#, 204, "",
      #"update 2 ["http://c:1"]"#
    ),
    (
      #"PUT @/v2/members/f [application/json] {"peerURLs":["http://c:1"]}"#, 404,
      #"{"message":"No such member: f"}"#, #"update 15 ["http://c:1"]"#
    ),
    (
      #"POST @/v2/members [application/json] {"peerURLs":["http://a:1","https://b:1"]}"#, 400,
      #"{"message":"URL scheme must be http, for members speak no TLS here: https://b:1"}"#, nil
    ),
    ("POST @/v2/members [application/json] {}", 400, #"{"message":"no valid URLs given"}"#, nil),
  ])
  func `fact 58: members are changed through the cluster`(
    line: String, status: Int, body: String, asked: String?
  ) async throws {
    try await withCluster { serving, cluster async throws in
      let answer = try await serving.ask(line)
      #expect(answer.status.rawValue == status)
      #expect(answer.text == body)
      #expect(cluster.asked.withLock { $0 } == (asked.map { [$0] } ?? []))
    }
  }

  @Test func `fact 59: machines are the clients' addresses, between commas`() async throws {
    try await withCluster { serving, _ async throws in
      let answer = try await serving.ask("GET @/v2/machines")
      #expect(answer.text == "http://10.0.0.1:2, http://10.0.0.4276993775:2")
      #expect(answer.text(of: "content-type") == "text/plain; charset=utf-8")
      #expect(try await serving.ask("HEAD @/v2/machines").status == .ok)
      #expect(try await serving.ask("PUT @/v2/machines").text(of: "allow") == "GET,HEAD")
    }
  }

  @Test func `fact 57: what a node does`() async throws {
    try await withCluster { serving, _ async throws in
      #expect(
        try await serving.body("GET @/v2/stats/self") == """
          {"name":"node1","id":"1","state":"StateLeader","startTime":"2026-01-02T03:02:34.5Z",\
          "leaderInfo":{"leader":"1","uptime":"1.5s","startTime":"2026-01-02T03:04:03.5Z"},\
          "recvAppendRequestCnt":3,"sendAppendRequestCnt":4}
          """)
      #expect(
        try await serving.body("GET @/v2/stats/leader") == """
          {"leader":"1","followers":{"2":{"latency":{"current":0.5,"average":1.25,\
          "standardDeviation":0.125,"minimum":0.25,"maximum":2.0},\
          "counts":{"fail":1,"success":8}}}}
          """)
    }
    try await withCluster(leads: false) { serving, _ async throws in
      let answer = try await serving.ask("GET @/v2/stats/leader")
      #expect(answer.status == .forbidden)
      #expect(answer.text == #"{"message":"not current leader"}"#)
      let node = try await serving.body("GET @/v2/stats/self")
      #expect(node.contains(#""state":"StateCandidate""#))
      #expect(node.contains(#""leaderInfo":{"leader":"""#))
    }
  }

  @Test func `indexes come from the cluster`() async throws {
    try await withCluster { serving, _ async throws in
      let answer = try await serving.ask("PUT /a value=1")
      #expect(answer.text(of: "x-etcd-index") == "1")
      #expect(answer.text(of: "x-raft-index") == "99")
      #expect(answer.text(of: "x-raft-term") == "7")
    }
  }

  @Test func `what could not be put in order is error 300, for reads and writes`() async throws {
    struct Stuck: Proposer {
      func propose(_ command: any Command) async throws(ProposalError) -> Outcome {
        throw .unknown("it took too long")
      }
      func barrier() async throws(ProposalError) { throw .notAccepted("no leader") }
    }
    let store = KeyValueStore()
    let time = ManualTime()
    var router = Router()
    router.addEtcdRoutes(
      EtcdServices(
        store: store, proposer: Stuck(), hub: WatchHub(observing: store),
        cluster: ThreeNodes(leads: false), time: time))
    try await withServing(EntryHandler(router)) { serving async throws in
      for (line, cause) in [
        ("PUT /a value=1", "it took too long"), ("GET /a?quorum=true", "no leader"),
      ] {
        let answer = try await serving.ask(line)
        #expect(answer.status == .internalServerError)
        #expect(
          answer.text == """
            {"errorCode":300,"message":"Raft Internal Error","cause":"\(cause)","index":0}

            """)
      }
      #expect(try await serving.ask("GET /a").status == .notFound)
    }
  }

  @Test func `users and roles are said to be missing`() async throws {
    try await withCluster { serving, _ async throws in
      let enabled = try await serving.ask(.get, "/v2/auth/enable")
      #expect(enabled == .init(200, #"{"enabled":false}"# + "\n"))
      for (method, path) in [
        (Method.put, "enable"), (.delete, "enable"), (.get, "users"), (.get, "roles/root"),
        (.put, "users/a"), (.get, ""),
      ] {
        let answer = try await serving.ask(method, "/v2/auth/\(path)")
        #expect(answer == .init(403, #"{"message":"users and roles are not supported"}"#))
      }
    }
  }
}
