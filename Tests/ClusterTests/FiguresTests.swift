import EtcdV2
import RunSupport
import Testing

@testable import Cluster
@testable import Replication

/// What a node tells of itself in numbers.
@Suite(.inTurn, .timeLimit(.minutes(10))) struct FiguresTests {
  @Test func `a histogram's bucket is the first whose bound is not exceeded`() {
    for (place, bound) in Histogram.bounds.enumerated() {
      let nanoseconds = UInt64(bound) * 1_000
      #expect(Histogram.bucket(of: nanoseconds) == place)
      #expect(Histogram.bucket(of: nanoseconds + 1) == place + 1)
    }
    #expect(Histogram.bucket(of: 0) == 0)
    #expect(Histogram.bucket(of: .max) == Histogram.bounds.count)
    let histogram = Histogram()
    for microseconds in [1, 64, 65, 1_000, 100_000_000] {
      histogram.add(.microseconds(microseconds))
    }
    let totals = histogram.totals
    #expect(totals.count == 5 && totals.sum == .microseconds(100_001_130))
    #expect(totals.upTo[0] == 2 && totals.upTo[1] == 3 && totals.upTo[4] == 4)
    #expect(totals.upTo[Histogram.bounds.count - 1] == 4)
  }

  @Test func `round trips have an average and a deviation`() {
    let trips = RoundTrips()
    for milliseconds in [2, 4, 4, 4, 5, 5, 7, 9] {
      trips.succeed(after: .milliseconds(milliseconds))
    }
    trips.fail()
    let figures = trips.figures
    #expect(figures.successes == 8 && figures.failures == 1)
    #expect(figures.average == 5 && figures.standardDeviation == 2)
    #expect(figures.shortest == 2 && figures.longest == 9 && figures.latest == 9)
  }

  @Test func `requests, connections and followers are counted`() async throws {
    let cluster = try TestCluster()
    let nodes = try await cluster.startThree()
    let leader = try nodes.byRole().leader
    for number in 1...5 { try await leader.put("key", "\(number)") }
    let metrics = try await leader.get("/metrics").text
    func figure(_ name: String) -> Int? {
      let line = metrics.split(separator: "\n").first { $0.hasPrefix("\(name) ") }
      return line.flatMap { Int($0.split(separator: " ")[1]) }
    }
    // This one, and at least one from each of the others.
    #expect(try #require(figure("mini_etcd_http_connections")) >= 3)
    #expect(try #require(figure("mini_etcd_http_requests_running")) >= 1)
    // Their acknowledgements came in requests.
    let requests = "mini_etcd_http_request_seconds"
    #expect(try #require(figure("\(requests)_count")) >= 5)
    #expect(figure(#"\#(requests)_bucket{le="+Inf"}"#) == figure("\(requests)_count"))

    let followers = try #require(leader.node.followers)
    #expect(followers.count == 2)
    // One of the two was needed for each write; the other may be slow.
    #expect(followers.contains { $0.successes >= 5 })
    for follower in followers where follower.successes > 0 {
      let latency = follower.latency
      #expect(latency.minimum > 0 && latency.minimum <= latency.average)
      #expect(latency.average <= latency.maximum && latency.current <= latency.maximum)
    }
    #expect(nodes.first { !$0.isLeader }?.node.followers == nil)
    for node in nodes { await node.stop() }
  }
}
