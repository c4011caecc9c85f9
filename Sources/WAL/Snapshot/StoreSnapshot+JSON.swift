import Bytes
package import JSON
package import Store

/// A snapshot of the store, line by line:
///
///     {"storeIndex":7,"at":1767225540000000}                                  first
///     {"depth":1,"name":"a","created":3,"modified":3}                         /a, a directory
///     {"depth":2,"name":"b","created":3,"modified":7,"expires":1767225600000000,"value":"x"}
///
/// `at` is the newest stamp of a command; there is none if no command had one.
///
/// An entry at depth d is in the last directory at depth d - 1: the second is `/a/b`. So a line is as
/// long as what is new in it, and a snapshot as long as what it holds: with whole paths, one key of
/// 4,096 bytes in 256 directories would take half a megabyte.
extension StoreSnapshot {
  /// Writes all of it, or only a part of it once `isCalledOff`.
  package func write(
    to writer: inout SnapshotWriter, until isCalledOff: () -> Bool
  ) throws(JournalError) {
    try writer.append { bytes in
      bytes.append(#"{"storeIndex":"#)
      bytes.append(decimal: storeIndex.rawValue)
      if let latestStamp {
        bytes.append(#","at":"#)
        bytes.append(decimal: latestStamp.microseconds)
      }
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
    bytes.append(#"{"depth":"#)
    bytes.append(decimal: depth)
    bytes.append(#","name":"#)
    bytes.append(jsonBytes: name)
    bytes.append(",")
    node.info.encodeMembers(into: &bytes)
    bytes.append("}")
  }
}

extension KeyInfo {
  /// Appends its members to an object that is begun.
  package func encodeMembers(into bytes: inout [UInt8]) {
    bytes.append(#""created":"#)
    bytes.append(decimal: createdIndex.rawValue)
    bytes.append(#","modified":"#)
    bytes.append(decimal: modifiedIndex.rawValue)
    if let expiration {
      bytes.append(#","expires":"#)
      bytes.append(decimal: expiration.microseconds)
    }
    if let value {
      bytes.append(#","value":"#)
      bytes.append(jsonBytes: value)
    }
  }

  /// Reads what ``encodeMembers(into:)`` wrote; nil if `value` has no such members.
  package init?(_ value: JSONValue) {
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

/// Builds a store, and what the sections beside it hold, out of a snapshot's lines.
package struct SnapshotLoader: ~Copyable {
  private var loader = KeySpaceLoader()
  private var storeIndex: StoreIndex?
  private var latestStamp: Timestamp?
  private var document = JSONDocument()
  private let sections: [any SnapshotSection]
  /// One for each of them; nil before its first line.
  private var readers: [(any SnapshotSectionReader)?]

  /// - Parameter sections: those that a snapshot may have.
  package init(_ sections: [any SnapshotSection] = []) {
    self.sections = sections
    readers = Array(repeating: nil, count: sections.count)
  }

  /// Takes the next line.
  package mutating func load(_ line: UnsafeRawBufferPointer) throws(JournalError) {
    guard (try? document.parse(Array(line)[...])) != nil else { throw unknown(line) }
    let value = document.root
    guard let storeIndex else {
      guard let index = value["storeIndex"]?.uint64, index < LineFrame.readableNumberLimit else {
        throw unknown(line)
      }
      storeIndex = StoreIndex(index)
      latestStamp = value["at"]?.int64.map(Timestamp.init(microseconds:))
      return
    }
    if let info = KeyInfo(value) {
      guard (try? place(info, by: value)) != nil else { throw unknown(line) }
    } else {
      guard readSection(value, storeIndex) else { throw unknown(line) }
    }
  }

  /// Reads a line of a section; false if no section that is known has such a line.
  private mutating func readSection(_ line: JSONValue, _ index: StoreIndex) -> Bool {
    for (place, section) in sections.enumerated() {
      guard let value = line[section.name] else { continue }
      var reader = readers[place] ?? section.makeReader(at: index)
      defer { readers[place] = reader }
      return reader.read(value)
    }
    return false
  }

  private mutating func place(_ info: KeyInfo, by value: JSONValue) throws(MisplacedEntry) {
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

  /// Returns what the snapshot holds, once all lines are there.
  package consuming func finish() -> LoadedState {
    let readers = readers.compactMap { $0 }
    return LoadedState(loader.finish(at: storeIndex ?? .zero, latestStamp: latestStamp), readers)
  }
}
