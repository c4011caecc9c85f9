import Foundation
import RunSupport
import Testing

@testable import Replication

@Suite(.inTurn, .timeLimit(.minutes(10)))
struct ReplicaScheduleTests {
  /// `MINI_ETCD_REPLICA_SEEDS=1..10000` runs those.
  private static let seeds: ClosedRange<UInt64> = {
    let text = ProcessInfo.processInfo.environment["MINI_ETCD_REPLICA_SEEDS"] ?? "1..40"
    let ends = text.components(separatedBy: "..").compactMap { UInt64($0) }
    return ends.count == 2 && ends[0] <= ends[1] ? ends[0]...ends[1] : 1...40
  }()

  @Test func `whole nodes keep their promises, whatever happens to them`() throws {
    var counts: [String: Int] = [:]
    for seed in Self.seeds {
      let schedule = ReplicaSchedule(seed: seed)
      do { try schedule.run() } catch { Issue.record("\(error)") }
      counts.merge(schedule.counts) { $0 + $1 }
    }
    if Self.seeds.count > 40 { print("replica schedules: \(counts)") }
    for what in ["answers", "crashes", "snapshots received", "joins"] {
      #expect(counts[what, default: 0] > 0, "no \(what)")
    }
  }
}
