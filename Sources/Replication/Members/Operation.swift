import Bytes
package import JSON
package import Raft
package import Store
import WAL

/// What may be asked of the log: a command for the store, or something about the members.
///
/// It is JSON in the log and on the way to the leader:
///
///     {"do":"put","key":"/cloud","value":"native"}      a command; the store's registry knows them
///     {"do":"bootstrap","cluster":"...","members":[...],"removed":[]}
///     {"do":"describe","member":{...},"known":["http://..."]}
///     {"do":"addMember","member":{...}}                 only on the way: in the log it is an entry
///     {"do":"removeMember","id":"..."}                  of Raft's own, which names all members
///
/// No command of the store may have one of these names.
package enum Operation: Sendable {
  case command(any Command)
  case bootstrap(Roster)
  /// See ``Roster/describe(_:knownAt:)``.
  case describe(MemberRecord, known: [String]? = nil)
  case add(MemberRecord)
  case remove(NodeID)

  func encode(into bytes: inout [UInt8]) {
    switch self {
    case .command(let command): return command.encode(into: &bytes)
    case .bootstrap(let roster):
      bytes.append("{\"do\":\"bootstrap\",")
      bytes.appendFields(of: roster)
    case .describe(let member, let known):
      bytes.append("{\"do\":\"describe\",\"member\":")
      bytes.append(member)
      if let known {
        bytes.append(",\"known\":")
        bytes.append(list: known) { $0.append(jsonString: Array($1.utf8)) }
      }
    case .add(let member):
      bytes.append("{\"do\":\"addMember\",\"member\":")
      bytes.append(member)
    case .remove(let id):
      bytes.append("{\"do\":\"removeMember\",\"id\":")
      bytes.append(id: id.rawValue)
    }
    bytes.append("}")
  }

  /// What an entry of the log says, which is a command to Raft.
  package init(_ entry: Entry, _ registry: CommandRegistry) throws {
    self = try Operation(try JSONDocument(entry.payload).root, registry, isLogged: true)
  }

  /// What `value` says: an entry's payload, or what another node would like to be one.
  package init(
    _ value: JSONValue, _ registry: CommandRegistry, isLogged: Bool
  ) throws(FieldError) {
    guard let name = value["do"] else { throw .missing("do") }
    if name.equals("bootstrap") {
      guard let roster = Roster(value) else { throw .malformed("bootstrap") }
      self = .bootstrap(roster)
    } else if name.equals("describe") || name.equals("addMember") {
      guard let member = value["member"].flatMap(MemberRecord.init) else {
        throw .malformed("member")
      }
      if !isLogged, member.excess != nil { throw .malformed("member") }
      let known = value.known ?? []
      if !isLogged, MemberRecord(id: member.id, name: "", urls: known).excess != nil {
        throw .malformed("known")
      }
      self = name.equals("addMember") ? .add(member) : .describe(member, known: value.known)
    } else if name.equals("removeMember") {
      guard let id = value["id"]?.id else { throw .malformed("id") }
      self = .remove(NodeID(id))
    } else {
      self = .command(try registry.decode(value, isLogged: isLogged))
    }
  }

  /// Turns what is relative to now into moments; the node that orders the log does this.
  mutating func stamp(by time: any TimeSource) {
    guard case .command(var command) = self else { return }
    command.stamp(by: time)
    self = .command(command)
  }
}

extension JSONValue {
  /// Of a description, the addresses at which its writer knew the member.
  var known: [String]? { self["known"]?.list { $0.string } }
}

/// Reads what the entries of a log say, one after the other, in the same memory.
struct OperationReader {
  private let registry: CommandRegistry
  private var document = JSONDocument()

  init(_ registry: CommandRegistry) { self.registry = registry }

  /// As ``Operation/init(_:_:)``.
  mutating func read(_ entry: Entry) throws -> Operation {
    if let command = registry.plainCommand(in: entry.payload) { return .command(command) }
    try document.parse(entry.payload[...])
    return try Operation(document.root, registry, isLogged: true)
  }
}
