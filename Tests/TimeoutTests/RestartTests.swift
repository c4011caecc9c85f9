import Foundation
import RunSupport
import Store
import Synchronization
import Testing
import WAL

@testable import HTTPAPI
@testable import Timeout

/// A server that is stopped and started with another clock.
@Suite(.inTurn, .timeLimit(.minutes(10))) struct RestartTests {
  /// The clocks of the machine, which go when they are told to.
  private final class Machine: Sendable {
    private let readings = Mutex((steady: Int64(0), wall: Int64(1_767_225_600_000_000)))

    func pass(seconds: Int64) {
      readings.withLock { $0 = ($0.steady + seconds * 1_000_000, $0.wall + seconds * 1_000_000) }
    }
    func setWall(by seconds: Int64) { readings.withLock { $0.wall += seconds * 1_000_000 } }
    func time() -> SteadyTime {
      SteadyTime(log: { _ in }, readings: { self.readings.withLock { $0 } })
    }
  }

  private struct Server {
    let store = KeyValueStore()
    let time: SteadyTime
    let proposer: JournalingProposer

    init(in directory: String, on machine: Machine, snapshotEvery entries: Int) throws {
      time = machine.time()
      var policy = SnapshotPolicy()
      policy.entries = entries
      proposer = try JournalingProposer.open(
        PosixDisk(path: directory), store: store,
        registry: CommandRegistry([Put.self, Delete.self, Expire.self]), time: time,
        snapshots: policy
      ) { _ in }.proposer
    }

    func put(_ key: String, ttl: Int64? = nil) async throws {
      let command = Put(try Path(Array(key.utf8)), [], timeToLive: ttl)
      _ = try await proposer.propose(command).result.get()
    }

    /// The keys that are left once what is due has gone.
    func keys() async throws -> [String] {
      try await Expirer(store, proposer, time: time, clock: ContinuousClock()).expireDue()
      return store.snapshot().entries.map(\.path.description)
    }
  }

  @Test(arguments: [-3_600, -86_400 * 365, 3_600] as [Int64], [3, 100_000])
  func `a key lives as long as it should, whatever was done to the clock in between`(
    _ correction: Int64, _ snapshotEvery: Int
  ) async throws {
    let directory = NSTemporaryDirectory() + "restart-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: directory) }
    let machine = Machine()
    if correction > 0 { machine.setWall(by: -correction) }
    let first = try Server(in: directory, on: machine, snapshotEvery: snapshotEvery)
    try await first.put("old", ttl: 100)
    machine.pass(seconds: 50)
    try await first.put("new", ttl: 100)
    for number in 0..<10 { try await first.put("never", ttl: number == 0 ? 7 : nil) }
    await first.proposer.close()

    machine.setWall(by: correction)
    let second = try Server(in: directory, on: machine, snapshotEvery: snapshotEvery)
    if correction > 0 {
      // The log cannot tell this from an hour in which the server was down.
      #expect(try await second.keys() == ["/never"])
      return await second.proposer.close()
    }
    #expect(try await second.keys() == ["/never", "/new", "/old"])
    try await second.put("newest", ttl: 100)
    // On its way back to the clock the time goes slower by a hundredth.
    machine.pass(seconds: 49)
    #expect(try await second.keys() == ["/never", "/new", "/newest", "/old"])
    machine.pass(seconds: 2)
    #expect(try await second.keys() == ["/never", "/new", "/newest"])
    machine.pass(seconds: 48)
    #expect(try await second.keys() == ["/never", "/new", "/newest"])
    machine.pass(seconds: 3)
    #expect(try await second.keys() == ["/never"])
    await second.proposer.close()
  }
}
