import Raft
import Store

// Who counted, and under which membership: for each election, commit and confirmed read. The core
// is not asked. Votes are those that left the voters, entries those on the disks, and what a read
// must see is what was committed anywhere when it was asked. So a node that counts wrongly is found
// when it does, even if no harm comes of it in this schedule.

extension Schedule {
  func certifyElection(_ host: Int) {
    let core = hosts[host].node.core
    let ballots = referee.ballots(for: hosts[host], in: core.term, under: core.membership)
    referee.elected(core, by: ballots)
    tellCertificate(host) {
      "certificate: term \(core.term), votes of \(Story.words(ballots)), of "
        + Story.words(core.membership)
    }
  }

  /// An entry is committed for the first time. That it is on enough disks is judged beside this.
  func certify(_ entry: Entry, _ host: Int) {
    tellCertificate(host) {
      let members = hosts[host].countedBy
      let holders = members.voters.filter { hosts[Int($0.rawValue) - 1].disk.holds(entry.position) }
      return "certificate: entry \(entry.position), on the disks of \(Story.words(holders)), of "
        + Story.words(members)
    }
  }

  /// A read arrives at a node: it must see whatever is committed by now.
  func noteRead(_ operation: Int) {
    while readFloors.count <= operation { readFloors.append(.zero) }
    readFloors[operation] = referee.lastCommitted
  }

  func certify(_ read: ConfirmedRead, _ host: Int) {
    let floor = readFloors[Int(read.id.rawValue)]
    if read.index < floor {
      referee.fail(
        .linearizable,
        "\(hosts[host].id) confirms a read at \(read.index); \(floor) was committed before it")
    }
    tellCertificate(host) {
      "certificate: read \(read.id.rawValue) at \(read.index), committed before it: \(floor)"
    }
  }

  private func tellCertificate(_ host: Int, _ what: () -> String) {
    if story?.showsCertificates == true { tell(host, what()) }
  }
}
