import Bytes
import JSON
package import Store

/// Builds a store, and what the sections beside it hold, out of a snapshot's lines.
package struct StateLoader: ~Copyable {
  private var loader = KeySpaceLoader()
  private var storeIndex: StoreIndex?
  private var latestStamp: Timestamp?
  private var document = JSONDocument()
  private let sections: [any SnapshotSection]
  /// One for each of them; nil before its first line.
  private var readers: [(any SectionReader)?]

  /// - Parameter sections: those that a snapshot may have.
  package init(_ sections: [any SnapshotSection] = []) {
    self.sections = sections
    readers = Array(repeating: nil, count: sections.count)
  }

  /// Takes the next line.
  package mutating func load(_ line: UnsafeRawBufferPointer) throws(JournalError) {
    if storeIndex != nil, let entry = PlainEntry(line) {
      do throws(MisplacedEntry) {
        return try loader.load(entry.name, depth: entry.depth, entry.info)
      } catch { throw unknown(line) }
    }
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
      if readers[place] == nil { readers[place] = section.makeReader(at: index) }
      // In its place: of a copy, all that was read before would have to be copied too.
      return readers[place]?.read(value) == true
    }
    return false
  }

  private mutating func place(_ info: KeyInfo, by value: JSONValue) throws(MisplacedEntry) {
    if let depth = value["depth"]?.uint64, let name = value["name"]?.blob {
      return try loader.load(Name(name.span), depth: Int(clamping: depth), info)
    }
    // As snapshots were written before they had depths.
    guard let key = value["key"]?.blob, let path = try? Path(logged: key[...]) else {
      throw MisplacedEntry()
    }
    try loader.load(path, info)
  }

  /// The lines are whole, as their checksums prove: so another program wrote them.
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

/// The state a snapshot holds, loaded and not in force yet.
package struct LoadedState: ~Copyable {
  private let space: KeySpace
  private let sections: [any SectionReader]

  init(_ space: consuming KeySpace, _ sections: [any SectionReader]) {
    self.space = space
    self.sections = sections
  }

  /// Has `store` hold the tree, which reflects the log up to `applied`, and each section what was
  /// read. Only the thread that applies commands may do so.
  package consuming func restore(_ store: KeyValueStore, applied: LogIndex) {
    for section in sections { section.restore() }
    store.restore(space, applied: applied)
  }
}
