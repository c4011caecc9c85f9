import Raft
import Store
import Synchronization

// Reads. The leader asks a majority whether it still leads (ReadIndex); a follower asks the leader
// how far it must have applied: see ``ReadsInProgress``.

extension Replica {
  /// Asks for the reads that have arrived, if there is a leader.
  func submitReads() {
    if reads.arrived.isEmpty { return }
    if board.isAlone.load(ordering: .relaxed) {
      for read in reads.takeArrived() { answers.add(read) }
      return noteUpToDate()
    }
    if isLeader {
      let number = reads.nextNumber()
      do throws(Refusal) { try node.read(ReadID(number)) } catch { return }
      reads.confirmArrived(number)
    } else if let leader = node.core.leader, !reads.isAsking {
      let number = reads.nextNumber()
      reads.askForArrived(number, at: now)
      write(to: leader) { $0.appendRead(number) }
    }
  }

  /// Another node has reads waiting.
  func beginRead(_ question: UInt64, from peer: NodeID) {
    let number = reads.nextNumber()
    do throws(Refusal) { try node.read(ReadID(number)) } catch {
      return write(to: peer) { $0.appendReadable(question, nil) }
    }
    reads.confirm(number, for: peer, question)
  }

  /// This node's own Raft has answered: everything such a read must see has been applied.
  func confirm(_ confirmed: ConfirmedRead) {
    switch reads.takeConfirming(confirmed.id.rawValue) {
    case nil: break
    case .own(let list):
      for read in list { answers.add(read) }
      noteUpToDate()
    case .peer(let peer, let question):
      write(to: peer) { $0.appendReadable(question, confirmed.index) }
    }
  }

  /// This node's own Raft can no longer answer.
  func lose(_ read: ReadID) {
    switch reads.takeConfirming(read.rawValue) {
    case nil: break
    case .own(let list): reads.askAgain(list)
    case .peer(let peer, let question):
      write(to: peer) { $0.appendReadable(question, nil) }
    }
  }

  /// Answers the reads for which enough has been applied by now.
  func answerAppliedReads() {
    let ready = reads.takeApplied(store.appliedIndex)
    if ready.isEmpty { return }
    for read in ready { answers.add(read) }
    noteUpToDate()
  }
}
