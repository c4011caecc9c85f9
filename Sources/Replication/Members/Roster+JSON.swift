import Bytes
package import JSON
package import Raft

// Members in the log, in a snapshot and on the wire. Ids are 64 bits and therefore hexadecimal.
//
//     {"id":"8e9e05c52164694d","name":"node1","urls":["http://10.0.0.1:8081"],"incarnation":"..."}
//
// and, before the incarnation, "clientURLs":[...] if clients reach the member elsewhere.

extension [UInt8] {
  /// Appends an id as sixteen digits in quotation marks.
  package mutating func append(id: UInt64) {
    append("\"")
    append(hex: id, digits: 16)
    append("\"")
  }

  /// Appends an array of ids.
  package mutating func append(ids: [NodeID]) {
    append(list: ids) { $0.append(id: $1.rawValue) }
  }

  /// Appends `[`, each element, and `]`.
  package mutating func append<Item>(
    list elements: [Item], _ write: (inout [UInt8], Item) -> Void
  ) {
    append("[")
    for (place, element) in elements.enumerated() {
      if place > 0 { append(",") }
      write(&self, element)
    }
    append("]")
  }

  /// Appends the object that stands for a member in the roster.
  package mutating func append(_ member: MemberRecord) {
    append("{\"id\":")
    append(id: member.id.rawValue)
    append(",\"name\":")
    append(jsonString: Array(member.name.utf8))
    append(",\"urls\":")
    append(list: member.urls) { $0.append(jsonString: Array($1.utf8)) }
    if !member.clientURLs.isEmpty {
      append(",\"clientURLs\":")
      append(list: member.clientURLs) { $0.append(jsonString: Array($1.utf8)) }
    }
    if let incarnation = member.incarnation {
      append(",\"incarnation\":")
      append(id: incarnation)
    }
    append("}")
  }

  /// Appends the members of a roster as members of an object that is begun.
  package mutating func appendFields(of roster: Roster) {
    append("\"cluster\":")
    if let cluster = roster.cluster { append(id: cluster) } else { append("null") }
    append(",\"members\":")
    append(list: roster.members) { $0.append($1) }
    append(",\"removed\":")
    append(ids: roster.removed)
  }
}

extension JSONValue {
  /// An id: up to sixteen hexadecimal digits in a string, and not zero.
  package var id: UInt64? {
    guard let text = bytes, let id = UInt64(hex: text), id > 0 else { return nil }
    return id
  }

  /// An array of ids.
  var ids: [NodeID]? {
    list { $0.id.map { NodeID($0) } }
  }

  /// The elements of an array, if each of them can be read.
  package func list<Element>(_ read: (JSONValue) -> Element?) -> [Element]? {
    guard isArray else { return nil }
    var result: [Element] = []
    for element in elements {
      guard let value = read(element) else { return nil }
      result.append(value)
    }
    return result
  }
}

extension MemberRecord {
  package init?(_ value: JSONValue) {
    guard let id = value["id"]?.id, let name = value["name"]?.string,
      let urls = value["urls"]?.list({ $0.string })
    else { return nil }
    self.init(id: NodeID(id), name: name, urls: urls)
    if let member = value["clientURLs"] {
      guard let urls = member.list({ $0.string }) else { return nil }
      clientURLs = urls
    }
    if let member = value["incarnation"] {
      guard let incarnation = member.id else { return nil }
      self.incarnation = incarnation
    }
  }
}

extension Roster {
  package init?(_ value: JSONValue) {
    guard let cluster = value["cluster"], let members = value["members"]?.list(MemberRecord.init),
      let removed = value["removed"]?.ids, cluster.isNull || cluster.id != nil
    else { return nil }
    self.init(cluster: cluster.id, members: members, removed: removed)
  }
}

extension Membership {
  /// Nil unless there is a voter and each node is named once.
  package init?(_ value: JSONValue) {
    guard let voters = value["voters"]?.ids, let learners = value["learners"]?.ids,
      !voters.isEmpty, Set(voters + learners).count == voters.count + learners.count
    else { return nil }
    self.init(voters: voters, learners: learners)
  }
}

extension [UInt8] {
  mutating func appendFields(of membership: Membership) {
    append("\"voters\":")
    append(ids: membership.voters)
    append(",\"learners\":")
    append(ids: membership.learners)
  }
}
