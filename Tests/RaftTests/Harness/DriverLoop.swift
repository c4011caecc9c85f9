import Raft

func drive(_ core: inout RaftCore, with host: some RaftHost) {
  while let input = host.next() {
    switch input {
    case .tick: core.tick()
    case .message(let message): core.step(message)
    case .persisted(let batch): core.persisted(through: batch)
    case .command(let payload):
      do throws(Refusal) {
        host.taken(try core.propose([payload]))
      } catch { host.refused(error) }
    case .read(let id):
      do throws(Refusal) { try core.read(id) } catch { host.refused(error) }
    case .snapshotTaken(let snapshot): core.compact(behind: snapshot, keeping: 1_000)
    case .snapshotSent(let node, let arrived): core.snapshotSent(to: node, succeeded: arrived)
    }
    let effects = core.takeEffects()
    // It must not go on, nor start again with this disk.
    if let violation = core.violation { return host.stop(violation) }

    // To the disk, in this order; once all of it is synced, `persisted(batch)` is an input.
    if effects.mustPersist {
      host.write(effects.batch, effects.snapshot, effects.hardState, effects.entries)
    }
    // To the network: some at once, some only when this batch and all before it are synced.
    for message in effects.messages { host.send(message) }
    for message in effects.messagesAfterPersisting { host.send(message, after: effects.batch) }

    // To the state machine. This disk may be behind it: others have what is committed.
    if let snapshot = effects.snapshot { host.install(snapshot) }
    for entry in effects.committed { host.apply(entry) }
    // To the clients, from a state that has everything up to `read.index`.
    for read in effects.confirmedReads { host.answer(read) }
    for id in effects.lostReads { host.lost(id) }
    for report in effects.reports { host.log(report) }
  }
}
