import Raft
import RandomSupport
import RunSupport
import Store
import Synchronization
import Testing

@testable import Replication

@Suite(.inTurn, .timeLimit(.minutes(10)))
struct ReadsInProgressTests {
  private var reads = ReadsInProgress(lastNumber: 10)

  private func read(_ deadline: UInt64) -> PendingRead {
    PendingRead(reply: nil, deadline: deadline)
  }

  @Test mutating func `all that have arrived share a question`() {
    for deadline in 1...3 { reads.add(read(UInt64(deadline))) }
    let number = reads.nextNumber()
    #expect(number == 11)
    reads.askForArrived(number, at: 5)
    #expect(reads.arrived.isEmpty && reads.isAsking && !reads.isEmpty)
    reads.settle(number, LogIndex(7))
    #expect(!reads.isAsking)
    #expect(reads.takeApplied(LogIndex(6)).isEmpty)
    #expect(reads.takeApplied(LogIndex(7)).map(\.deadline) == [1, 2, 3])
    #expect(reads.isEmpty)
  }

  @Test mutating func `an answer to another question counts for nothing`() {
    reads.add(read(1))
    reads.askForArrived(reads.nextNumber(), at: 5)
    reads.settle(10, LogIndex(1))
    reads.settle(12, LogIndex(1))
    #expect(reads.isAsking)
    #expect(reads.takeApplied(LogIndex(9)).isEmpty)
    #expect(reads.takeConfirming(11) == nil)
  }

  @Test mutating func `what the leader cannot tell is asked again at the next tick`() {
    reads.add(read(9))
    reads.askForArrived(reads.nextNumber(), at: 5)
    reads.settle(11, nil)
    #expect(reads.isAsking && reads.arrived.isEmpty)
    reads.retryLate(at: 6, after: 5)
    #expect(!reads.isAsking && reads.arrived.count == 1)
  }

  @Test mutating func `what was not answered for an election timeout is asked again`() {
    reads.add(read(9))
    reads.askForArrived(reads.nextNumber(), at: 5)
    reads.retryLate(at: 15, after: 10)
    #expect(reads.isAsking)
    reads.retryLate(at: 16, after: 10)
    #expect(!reads.isAsking && reads.arrived.count == 1)
  }

  @Test mutating func `another leader is asked what the one before was asked`() {
    reads.add(read(9))
    reads.askForArrived(reads.nextNumber(), at: 5)
    reads.add(read(8))
    reads.leaderChanged()
    #expect(!reads.isAsking && reads.arrived.map(\.deadline) == [8, 9])
  }

  @Test mutating func `a question of another node is no read of this one's`() {
    reads.confirm(reads.nextNumber(), for: NodeID(2), 77)
    #expect(reads.isEmpty)
    #expect(reads.takeAll().isEmpty)
    #expect(reads.takeLate(at: 100).isEmpty)
    guard case .peer(let peer, let question)? = reads.takeConfirming(11) else {
      Issue.record("the question is gone")
      return
    }
    #expect(peer == NodeID(2) && question == 77)
  }

  @Test func `every read comes out once, and late ones at their deadline`() {
    for seed in 0..<300 {
      var random = SeededRandom(UInt64(seed))
      var reads = ReadsInProgress(lastNumber: UInt64.random(in: 0...5, using: &random))
      var (now, added, out) = (UInt64(0), 0, 0)
      var numbers: [UInt64] = []
      for _ in 0..<150 {
        let number = numbers.randomElement(using: &random) ?? 0
        switch Int.random(in: 0...9, using: &random) {
        case 0...2:
          added += 1
          reads.add(read(now + UInt64.random(in: 0...4, using: &random)))
        case 3:
          numbers.append(reads.nextNumber())
          reads.confirmArrived(numbers[numbers.count - 1])
        case 4:
          numbers.append(reads.nextNumber())
          reads.askForArrived(numbers[numbers.count - 1], at: now)
        case 5: reads.settle(number, Bool.random(using: &random) ? LogIndex(now) : nil)
        case 6:
          if case .own(let list)? = reads.takeConfirming(number) {
            if Bool.random(using: &random) { out += list.count } else { reads.askAgain(list) }
          }
        case 7: out += reads.takeApplied(LogIndex(UInt64.random(in: 0...9, using: &random))).count
        case 8: reads.leaderChanged()
        default:
          now += 1
          reads.retryLate(at: now, after: 2)
          let late = reads.takeLate(at: now)
          #expect(late.allSatisfy { $0.deadline < now }, "seed \(seed)")
          out += late.count
          #expect(reads.takeLate(at: now).isEmpty, "seed \(seed)")
        }
      }
      let rest = reads.takeAll()
      #expect(rest.allSatisfy { $0.deadline >= now || now == 0 }, "seed \(seed)")
      #expect(out + rest.count == added, "seed \(seed)")
      #expect(reads.isEmpty, "seed \(seed)")
    }
  }
}
