import JSON
package import Store

/// A snapshot of the store, line by line:
///
///     {"storeIndex":7}                                                        first
///     {"key":"/a","created":3,"modified":3}                                   a directory
///     {"key":"/a/b","created":3,"modified":7,"expires":1767225600000000,"value":"x"}   a file
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
    for entry in entries {
      if isCalledOff() { return }
      try writer.append(entry.encode)
    }
  }
}

extension StoreSnapshot.Entry {
  fileprivate func encode(into bytes: inout [UInt8]) {
    bytes.append(#"{"key":"#)
    bytes.append(jsonBytes: path.bytes)
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

  fileprivate init?(_ value: JSONValue) {
    guard let key = value["key"]?.blob, let path = try? Path(key),
      let created = value["created"]?.uint64, let modified = value["modified"]?.uint64
    else { return nil }
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
      path: path,
      info: NodeInfo(
        value: content, createdIndex: StoreIndex(created), modifiedIndex: StoreIndex(modified),
        expiration: expiration))
  }
}

/// Builds a store out of a snapshot's lines.
package struct SnapshotLoader: ~Copyable {
  private var space = KeySpace()
  private var storeIndex: StoreIndex?
  private var document = JSONDocument()

  package init() {}

  /// Takes the next line.
  package mutating func load(_ line: UnsafeRawBufferPointer) throws(JournalError) {
    guard (try? document.parse(Array(line)[...])) != nil else { throw unknown(line) }
    let value = document.root
    guard storeIndex != nil else {
      guard let index = value["storeIndex"]?.uint64 else { throw unknown(line) }
      storeIndex = StoreIndex(index)
      return
    }
    guard let entry = StoreSnapshot.Entry(value), (try? space.load(entry)) != nil else {
      throw unknown(line)
    }
  }

  /// The lines are whole, as their checksums say: so somebody else wrote them.
  private func unknown(_ line: UnsafeRawBufferPointer) -> JournalError {
    .writtenByLaterStep(
      "snapshot: unknown line \(String(decoding: line.prefix(80), as: UTF8.self))")
  }

  /// The store's content, once all lines are there.
  package consuming func finish() -> KeySpace {
    if let storeIndex { space.finishLoading(at: storeIndex) }
    return space
  }
}
