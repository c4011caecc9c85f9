import JSON
package import Store

/// A snapshot of the store, line by line:
///
///     {"storeIndex":7}                                                        first
///     {"depth":1,"name":"a","created":3,"modified":3}                         /a, a directory
///     {"depth":2,"name":"b","created":3,"modified":7,"expires":1767225600000000,"value":"x"}
///
/// An entry at depth d is in the last directory at depth d - 1: the second is `/a/b`. So a line is as
/// long as what is new in it, and a snapshot as long as what it holds: with whole paths, one key of
/// 4,096 bytes in 256 directories would take half a megabyte.
extension StoreSnapshot {
  /// Writes all of it, or only a part of it once `isCalledOff`.
  package func write<D: Disk>(
    to writer: inout SnapshotWriter<D>, until isCalledOff: () -> Bool
  ) throws(JournalError) {
    try writer.append { bytes in
      bytes.append(#"{"storeIndex":"#)
      bytes.append(decimal: storeIndex.rawValue)
      bytes.append("}")
    }
    for entry in root.descendants(of: .root) {
      if isCalledOff() { return }
      try writer.append(entry.encode)
    }
  }
}

extension Directory.Descendant {
  fileprivate func encode(into bytes: inout [UInt8]) {
    let info = node.info
    bytes.append(#"{"depth":"#)
    bytes.append(decimal: depth)
    bytes.append(#","name":"#)
    bytes.append(jsonBytes: name)
    bytes.append(#","created":"#)
    bytes.append(decimal: info.createdIndex.rawValue)
    bytes.append(#","modified":"#)
    bytes.append(decimal: info.modifiedIndex.rawValue)
    if let expiration = info.expiration {
      bytes.append(#","expires":"#)
      bytes.append(decimal: expiration.microseconds)
    }
    if let value = info.value {
      bytes.append(#","value":"#)
      bytes.append(jsonBytes: value)
    }
    bytes.append("}")
  }
}

extension NodeInfo {
  fileprivate init?(_ value: JSONValue) {
    guard let created = value["created"]?.uint64, let modified = value["modified"]?.uint64 else {
      return nil
    }
    var content: [UInt8]?
    if let member = value["value"] {
      guard let bytes = member.blob else { return nil }
      content = bytes
    }
    var expiration: Timestamp?
    if let member = value["expires"] {
      guard let microseconds = member.int64 else { return nil }
      expiration = Timestamp(microseconds: microseconds)
    }
    self.init(
      value: content, createdIndex: StoreIndex(created), modifiedIndex: StoreIndex(modified),
      expiration: expiration)
  }
}

/// Builds a store out of a snapshot's lines.
package struct SnapshotLoader: ~Copyable {
  private var loader = KeySpaceLoader()
  private var storeIndex: StoreIndex?
  private var document = JSONDocument()

  package init() {}

  /// Takes the next line.
  package mutating func load(_ line: UnsafeRawBufferPointer) throws(JournalError) {
    guard (try? document.parse(Array(line)[...])) != nil else { throw unknown(line) }
    let value = document.root
    guard storeIndex != nil else {
      guard let index = value["storeIndex"]?.uint64, index < LineFrame.readableNumberLimit else {
        throw unknown(line)
      }
      storeIndex = StoreIndex(index)
      return
    }
    guard let info = NodeInfo(value), (try? place(info, by: value)) != nil else {
      throw unknown(line)
    }
  }

  private mutating func place(_ info: NodeInfo, by value: JSONValue) throws(MisplacedEntry) {
    if let depth = value["depth"]?.uint64, let name = value["name"]?.blob {
      return try loader.load(name, depth: Int(clamping: depth), info)
    }
    // As snapshots were written before they had depths.
    guard let key = value["key"]?.blob, let path = try? Path(logged: key[...]) else {
      throw MisplacedEntry()
    }
    try loader.load(path, info)
  }

  /// The lines are whole, as their checksums say: so somebody else wrote them.
  private func unknown(_ line: UnsafeRawBufferPointer) -> JournalError {
    .writtenByLaterStep(
      "unknown line \(String(decoding: line.prefix(80), as: UTF8.self))")
  }

  /// The store's content, once all lines are there.
  package consuming func finish() -> KeySpace {
    loader.finish(at: storeIndex ?? .zero)
  }
}
