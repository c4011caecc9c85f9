internal import Bytes
internal import HTTP
internal import JSON
internal import Store

// Events and nodes as etcd's v2 API writes them, with what is empty or 0 left out:
//
//     {"action":"set","node":{...},"prevNode":{...}}
//     {"key":"/a","value":"v","dir":true,"expiration":"...","ttl":9,"nodes":[...],
//      "modifiedIndex":7,"createdIndex":7}

extension [UInt8] {
  /// Appends `event` and a line end; times to live are counted from `now`.
  /// - Parameter showsPast: whether the node's may be negative, as etcd tells of a write with a
  ///   time to live that lies in the past. Everywhere else one that is over is not shown, while
  ///   etcd counts on until its next sweep.
  mutating func append(_ event: Event, at now: Timestamp, showsPast: Bool) {
    append("{\"action\":\"")
    append(event.action.word)
    append("\",\"node\":")
    if let node = event.node {
      append(
        node, key: event.path.bytes.span, modifiedIndex: event.index, at: now, showsPast: showsPast)
    } else {
      appendRemovedNode(of: event)
    }
    if let previous = event.previous {
      append(",\"prevNode\":")
      append(
        previous, key: event.path.bytes.span, modifiedIndex: previous.modifiedIndex, at: now)
    }
    append("}\n")
  }

  /// Appends only the action of an event (`noValueOnSuccess`).
  mutating func append(actionOf event: Event) {
    append("{\"action\":\"")
    append(event.action.word)
    append("\"}\n")
  }

  /// A removed node has neither value nor time to live, but the index of its removal.
  private mutating func appendRemovedNode(of event: Event) {
    append("{\"key\":")
    append(jsonString: event.path.bytes)
    if event.previous?.isDirectory == true { append(",\"dir\":true") }
    appendIndexes(event.index, event.previous?.createdIndex ?? event.index)
    append("}")
  }

  /// Appends a node without its content.
  mutating func append(
    _ node: KeyInfo, key: Span<UInt8>, exact: Bool = false, modifiedIndex: StoreIndex,
    at now: Timestamp, showsPast: Bool = false
  ) {
    appendBeginning(of: node, key: key, exact: exact, at: now, showsPast: showsPast)
    appendIndexes(modifiedIndex, node.createdIndex)
    append("}")
  }

  /// Appends a file without copying it.
  mutating func append(_ file: File, key: Span<UInt8>, exact: Bool, at now: Timestamp) {
    appendBeginning(key: key, value: file.value, exact: exact)
    if let expiration = file.expiration { append(expiration, at: now) }
    appendIndexes(file.modifiedIndex, file.createdIndex)
    append("}")
  }

  /// Appends a node up to where its `nodes` would stand. The root's key is empty.
  mutating func appendBeginning(
    of node: KeyInfo, key: Span<UInt8>, exact: Bool, at now: Timestamp, showsPast: Bool = false
  ) {
    appendBeginning(key: key, value: node.value, exact: exact)
    if let expiration = node.expiration { append(expiration, at: now, showsPast: showsPast) }
  }

  /// - Parameter exact: whether bytes that are not UTF-8 are kept, as `{"b64":"..."}`; in etcd's
  ///   own answers U+FFFD stands for them.
  private mutating func appendBeginning(key: Span<UInt8>, value: [UInt8]?, exact: Bool) {
    // Only the root's name is empty.
    if key.isEmpty { return append("{\"dir\":true") }
    append("{\"key\":")
    if exact { append(jsonBytes: [UInt8](copying: key)) } else { append(jsonString: key) }
    guard let value else { return append(",\"dir\":true") }
    append(",\"value\":")
    if exact { append(jsonBytes: value) } else { append(jsonString: value) }
  }

  private mutating func append(
    _ expiration: Timestamp, at now: Timestamp, showsPast: Bool = false
  ) {
    append(",\"expiration\":\"")
    append(rfc3339: expiration.microseconds)
    append("\"")
    let ttl = expiration.wholeSeconds(after: now)
    if ttl == 0 || ttl < 0 && !showsPast { return }
    append(",\"ttl\":")
    append(decimal: ttl)
  }

  /// Appends a node's last fields; the root has none.
  mutating func appendIndexes(_ modifiedIndex: StoreIndex, _ createdIndex: StoreIndex) {
    if createdIndex == .zero { return }
    append(",\"modifiedIndex\":")
    append(decimal: modifiedIndex.rawValue)
    append(",\"createdIndex\":")
    append(decimal: createdIndex.rawValue)
  }
}

extension Action {
  /// The word for it, without making a `String`.
  var word: StaticString {
    switch self {
    case .set: "set"
    case .create: "create"
    case .update: "update"
    case .compareAndSwap: "compareAndSwap"
    case .delete: "delete"
    case .compareAndDelete: "compareAndDelete"
    case .expire: "expire"
    }
  }
}

extension Timestamp {
  /// The seconds from `now` to this moment, a begun one counted whole; negative once it is past,
  /// and then only whole ones are counted.
  fileprivate func wholeSeconds(after now: Timestamp) -> Int64 {
    let (left, overflow) = microseconds.subtractingReportingOverflow(now.microseconds)
    guard !overflow else { return microseconds < 0 ? .min : .max }
    return left / 1_000_000 + (left % 1_000_000 > 0 ? 1 : 0)
  }
}
