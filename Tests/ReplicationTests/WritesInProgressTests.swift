import Raft
import RandomSupport
import RunSupport
import Store
import Synchronization
import Testing

@testable import Replication

@Suite(.inTurn, .timeLimit(.minutes(10)))
struct WritesInProgressTests {
  /// What the clients were answered, by the numbers of their writes.
  private final class Client: Sendable {
    let answers = Mutex<[Int: [ProposalError?]]>([:])

    func write(_ number: Int, _ operation: Operation, deadline: UInt64 = 10) -> PendingWrite {
      let reply = WriteReply.call { [self] result in
        let error: ProposalError? = if case .failure(let error) = result { error } else { nil }
        answers.withLock { $0[number, default: []].append(error) }
      }
      return PendingWrite(operation, reply, deadline: deadline)
    }
  }

  private let client = Client()
  private var writes = WritesInProgress(lastNumber: 41, bytesPerTick: 100)

  private func put(_ number: Int, deadline: UInt64 = 10) throws -> PendingWrite {
    let path = try Path(Array("/\(number)".utf8))
    return client.write(number, .command(Put(path, [])), deadline: deadline)
  }

  @Test mutating func `a change of membership goes alone, in its place`() throws {
    let list = [
      try put(1), try put(2), client.write(3, .remove(NodeID(1))), try put(4),
      client.write(5, .remove(NodeID(2))), client.write(6, .remove(NodeID(3))),
    ]
    for write in list { writes.add(write) }
    #expect(writes.takeRuns(answersExpected: 0, now: nil).map(\.count) == [2, 1, 1, 1, 1])
    #expect(writes.takeRuns(answersExpected: 0, now: nil).isEmpty)
    // A change that was kept back goes alone too.
    writes.hold([list[2]])
    writes.add(list[0])
    #expect(writes.takeRuns(answersExpected: 0, now: nil).map(\.count) == [1])
    writes.add(list[0])
    writes.releaseHeld()
    #expect(writes.takeRuns(answersExpected: 0, now: nil).map(\.count) == [1, 1])
  }

  @Test mutating func `a write waits for its deadline, and longer if those before it are large`()
    throws
  {
    writes.number(try put(1), bytes: 250)
    writes.number(try put(2, deadline: 12), bytes: 50)
    writes.add(try put(3, deadline: 11))
    func late(_ now: UInt64, hasLeader: Bool) -> [String] {
      writes.takeLate(at: now, hasLeader: hasLeader, reason: nil).map { write, error in
        "\(write.deadline) \(error)"
      }
    }
    #expect(late(11, hasLeader: true).isEmpty)
    #expect(
      late(12, hasLeader: true) == ["11 the leader takes no more writes for now"])
    // Three ticks and a half of bytes: two ticks' grace for the first, three for the second.
    #expect(
      late(13, hasLeader: true)
        == ["10 no majority answered in time; the write may yet take place"])
    #expect(late(15, hasLeader: true).isEmpty)
    #expect(
      late(13, hasLeader: false)
        == ["12 no majority answered in time; the write may yet take place"])
    #expect(writes.count == 0)
  }

  @Test mutating func `what was forwarded is given up a tick after another node leads`() throws {
    let (old, new) = (
      LeaderTerm(leader: NodeID(1), term: Term(1)), LeaderTerm(leader: NodeID(2), term: Term(2))
    )
    for (number, leader) in [old, new, nil].enumerated() {
      let write = try put(number, deadline: 100 + UInt64(number))
      write.forwardedTo = leader
      writes.number(write, bytes: 1)
    }
    writes.leaderChanged(to: new, at: 7)
    // Once more: the time does not begin anew.
    writes.leaderChanged(to: new, at: 8)
    #expect(writes.takeLate(at: 8, hasLeader: true, reason: nil).isEmpty)
    let late = writes.takeLate(at: 9, hasLeader: true, reason: nil)
    #expect(late.map(\.0.deadline) == [100])
    #expect(writes.count == 2)
  }

  @Test func `numbers are as in a dictionary`() throws {
    for seed in 0..<100 {
      var random = SeededRandom(UInt64(seed))
      var writes = NumberedWrites(lastNumber: 1000)
      var model: [UInt64: PendingWrite] = [:]
      for _ in 0..<200 {
        if Bool.random(using: &random) {
          let isOwn = Bool.random(using: &random)
          let write =
            isOwn
            ? client.write(0, .remove(NodeID(1)))
            : PendingWrite(.remove(NodeID(1)), nil, deadline: 0)
          writes.append(write, bytes: Int.random(in: 0...9, using: &random))
          model[writes.lastNumber] = write
        } else {
          // Often the first, as when entries are applied in their order.
          let number =
            Bool.random(using: &random)
            ? model.keys.min() ?? 0 : UInt64.random(in: 990...1110, using: &random)
          #expect(writes[number] === model[number], "seed \(seed)")
          #expect(writes.take(number) === model.removeValue(forKey: number), "seed \(seed)")
        }
        #expect(writes.count == model.count, "seed \(seed)")
        #expect(writes.bytes == model.values.reduce(0) { $0 + $1.bytes }, "seed \(seed)")
        #expect(writes.ownCount == model.values.count { $0.reply != nil }, "seed \(seed)")
        #expect(writes.all.map(\.number) == model.keys.sorted(), "seed \(seed)")
        // Another member may name any numbers: what is looked at is at most what there is.
        let first = UInt64.random(in: 990...1110, using: &random)
        let range = first..<first + UInt64.random(in: 0...1 << 16, using: &random)
        let numbers = writes.numbers(in: range)
        #expect(numbers.filter { model[$0] != nil } == model.keys.filter(range.contains).sorted())
        #expect(numbers.count <= 200, "seed \(seed)")
      }
      writes.removeAll()
      #expect(writes.count == 0 && writes.bytes == 0 && writes.ownCount == 0)
      #expect(writes.all.isEmpty && writes[writes.lastNumber] == nil)
    }
  }

  @Test func `every write is answered once, whatever becomes of it`() throws {
    for seed in 0..<300 {
      var random = SeededRandom(UInt64(seed))
      let client = Client()
      var writes = WritesInProgress(lastNumber: 7, bytesPerTick: 10)
      var answers = Answers()
      var (now, added) = (UInt64(0), 0)
      var instant = ContinuousClock.now
      for _ in 0..<120 {
        instant += .microseconds(Int.random(in: 0...900, using: &random))
        switch Int.random(in: 0...9, using: &random) {
        case 0...3:
          added += 1
          let operation: Operation =
            Int.random(in: 0...4, using: &random) == 0
            ? .remove(NodeID(1)) : .command(Put(try Path(Array("/a".utf8)), []))
          writes.add(client.write(added, operation, deadline: now + 3))
        case 4...5:
          let runs = writes.takeRuns(
            answersExpected: Int.random(in: 0...3, using: &random),
            now: Bool.random(using: &random) ? instant : nil)
          for run in runs {
            #expect(run.count == 1 || !run.contains { $0.operation.isChange }, "seed \(seed)")
            if Bool.random(using: &random) {
              writes.hold(run)
            } else {
              for write in run {
                write.forwardedTo =
                  Bool.random(using: &random)
                  ? LeaderTerm(leader: NodeID(1), term: Term(now)) : nil
                writes.number(write, bytes: Int.random(in: 0...20, using: &random))
              }
            }
          }
        case 6:
          for (number, _) in writes.underWay.all where Bool.random(using: &random) {
            guard let write = writes.take(number) else { continue }
            if Bool.random(using: &random) {
              answers.add(write, .failure(.notAccepted("settled")))
            } else {
              writes.add(write)
            }
          }
        case 7:
          writes.leaderChanged(to: LeaderTerm(leader: NodeID(1), term: Term(now)), at: now)
        default:
          now += 1
          writes.releaseHeld()
          for (write, error) in writes.takeLate(at: now, hasLeader: true, reason: nil) {
            answers.add(write, .failure(error))
          }
        }
      }
      for (write, error) in writes.takeAll(because: "the end") {
        answers.add(write, .failure(error))
      }
      #expect(writes.count == 0, "seed \(seed)")
      answers.giveAll()
      answers.giveAll()
      let given = client.answers.withLock { $0 }
      #expect(given.keys.sorted() == Array(1..<added + 1), "seed \(seed)")
      #expect(given.values.allSatisfy { $0.count == 1 }, "seed \(seed)")
    }
  }
}
