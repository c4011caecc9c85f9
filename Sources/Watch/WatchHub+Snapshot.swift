internal import Bytes
internal import JSON
public import Store
public import WAL

/// The event history in a snapshot, so that a watcher goes on where it was after a restart:
///
///     {"history":{"from":5}}                  every event from 5 on is known, unless it was silent
///     {"history":{"index":6,"action":"set","key":"/a","node":{...},"previous":{...}}}
///
/// `node` and `previous` have the members of a line of the tree. There are at most
/// ``EventHistory/capacity`` events of ``EventHistory/byteLimit`` bytes, as in memory.
extension WatchHub: SnapshotSection {
  public var name: StaticString { "history" }

  public func capture() -> [LineEncoder] {
    let history = history
    let from = history.knownFrom
    let first: LineEncoder = { bytes in
      bytes.append("{\"from\":")
      bytes.append(decimal: from.rawValue)
      bytes.append("}")
    }
    let events = history.events.map { event -> LineEncoder in
      { bytes in event.encode(into: &bytes) }
    }
    return [first] + events
  }

  public func makeReader(at index: StoreIndex) -> any SectionReader {
    HistoryReader(hub: self, storeIndex: index)
  }
}

private struct HistoryReader: SectionReader {
  let hub: WatchHub
  let storeIndex: StoreIndex
  private var history: EventHistory?
  private var last = StoreIndex.zero

  init(hub: WatchHub, storeIndex: StoreIndex) {
    self.hub = hub
    self.storeIndex = storeIndex
  }

  mutating func read(_ value: JSONValue) -> Bool {
    guard history != nil else {
      guard let from = value["from"]?.uint64, from > 0, from - 1 <= storeIndex.rawValue else {
        return false
      }
      last = StoreIndex(from - 1)
      history = EventHistory(after: last)
      return true
    }
    guard let event = Event(value), event.index > last, event.index <= storeIndex else {
      return false
    }
    last = event.index
    history?.append(event)
    return true
  }

  func restore() {
    if let history { hub.restoreNext(history) }
  }
}

extension Event {
  fileprivate func encode(into bytes: inout [UInt8]) {
    bytes.append(#"{"index":"#)
    bytes.append(decimal: index.rawValue)
    bytes.append(#","action":""#)
    bytes.append(contentsOf: action.rawValue.utf8)
    bytes.append(#"","key":"#)
    bytes.append(jsonBytes: path.bytes)
    encode(node, as: "node", into: &bytes)
    encode(previous, as: "previous", into: &bytes)
    bytes.append("}")
  }

  private func encode(_ info: KeyInfo?, as name: StaticString, into bytes: inout [UInt8]) {
    guard let info else { return }
    bytes.append(",\"")
    bytes.append(name)
    bytes.append("\":{")
    info.encodeMembers(into: &bytes)
    bytes.append("}")
  }

  fileprivate init?(_ value: JSONValue) {
    guard let index = value["index"]?.uint64,
      let action = value["action"]?.string.flatMap(Action.init(rawValue:)),
      let key = value["key"]?.blob, let path = try? Path(logged: key[...])
    else { return nil }
    var infos: [KeyInfo?] = []
    for member in [value["node"], value["previous"]] {
      let info = member.flatMap { KeyInfo($0) }
      guard (info == nil) == (member == nil) else { return nil }
      infos.append(info)
    }
    self.init(
      index: StoreIndex(index), action: action, path: path, node: infos[0], previous: infos[1],
      isSilent: false)
  }
}
