import Bytes
import HTTP
import JSON
import Raft
import Replication
import Store

/// `GET /stats`: this node's own view, as JSON, for people.
struct StatsHandler: Handler {
  /// More keys than this are counted and not named.
  static let keyLimit = 100
  /// Nor is it looked further than through so many files and directories: a loop serves others,
  /// too.
  static let entryLimit = 10_000

  let node: ClusterNode
  let store: KeyValueStore

  func respond(to request: Request, with response: Response) async throws {
    let status = node.status
    var body: [UInt8] = []
    body.append("{\"id\":")
    body.append(jsonString: Array(status.name.utf8))
    body.append(",\"role\":\"")
    body.append(status.role.name)
    body.append("\",\"leader\":")
    body.append(jsonString: Array((status.leader.map(status.roster.name(of:)) ?? "").utf8))
    let numbers: [(StaticString, UInt64)] = [
      (",\"term\":", status.term.rawValue), (",\"last_index\":", status.lastIndex.rawValue),
      (",\"commit_index\":", status.commitIndex.rawValue),
      (",\"applied_index\":", status.appliedIndex.rawValue),
      (",\"store_index\":", store.storeIndex.rawValue),
      (",\"store_size\":", UInt64(store.fileCount)),
    ]
    for (name, number) in numbers {
      body.append(name)
      body.append(decimal: number)
    }
    body.append(",\"members\":")
    body.append(list: status.roster.members) { bytes, member in
      bytes.append("{\"name\":")
      bytes.append(jsonString: Array(member.name.utf8))
      bytes.append(",\"urls\":")
      bytes.append(list: member.urls) { $0.append(jsonString: Array($1.utf8)) }
      bytes.append(status.membership.isVoter(member.id) ? ",\"voter\":true}" : ",\"voter\":false}")
    }
    body.append(",\"keys\":")
    body.append(list: keys) { $0.append(jsonString: $1) }
    body.append("}\n")
    response.contentType = .json
    response.body = body
  }

  private var keys: [[UInt8]] {
    var keys: [[UInt8]] = []
    for entry in store.snapshot().entries.prefix(Self.entryLimit)
    where !entry.info.isDirectory {
      if keys.count == Self.keyLimit { break }
      keys.append(Array(entry.path.bytes.dropFirst()))
    }
    return keys
  }
}

extension Role {
  /// The field's word.
  var name: StaticString {
    switch self {
    case .follower: "follower"
    case .preCandidate, .candidate: "candidate"
    case .leader: "leader"
    }
  }
}
