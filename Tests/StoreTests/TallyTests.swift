import RandomSupport
import RunSupport
import Testing

@testable import Store

/// What every directory says that it holds, against what is found in it.
@Suite(.inTurn, .timeLimit(.minutes(10))) struct TallyTests {
  /// Counts all that is in a directory, and records each one in it that counts differently.
  private static func count(_ directory: Directory) -> Tally {
    var tally = Tally()
    for entry in directory.children {
      if entry.node.expiration != nil { tally.deadlines += 1 }
      switch entry.node {
      case .file: tally.files += 1
      case .directory(let child): tally += count(child)
      }
    }
    #expect(directory.tally == tally)
    return tally
  }

  private static func randomPath(_ random: inout SeededRandom) throws -> Path {
    let depth = Int.random(in: 1...4, using: &random)
    let names = (0..<depth).map { _ in ["a", "b", "c"].randomElement(using: &random) ?? "a" }
    return try path(names.joined(separator: "/"))
  }

  /// One random command: a file or a directory is put, updated or removed, with what is in it.
  private static func randomChange(_ random: inout SeededRandom) throws -> AdHoc {
    let path = try randomPath(&random)
    let time = Int64.random(in: 0..<8, using: &random)
    let expiration = time < 4 ? nil : Timestamp(microseconds: time)
    let kind = Int.random(in: 0..<10, using: &random)
    return AdHoc { space throws(StoreError) in
      switch kind {
      case 0..<5:
        [try space.put(kind < 4 ? .file([1]) : .directory, at: path, expires: expiration, as: .set)]
      case 5..<8: [try space.update(path, value: nil, expires: expiration, as: .update)]
      default: [try space.remove(path, as: .delete)]
      }
    }
  }

  @Test(arguments: UInt64(1)...6)
  func `every directory knows what it holds`(seed: UInt64) throws {
    var random = SeededRandom(seed)
    var store = KeyValueStore()
    for step in 1...1_200 {
      _ = store.applyNext(try Self.randomChange(&random))
      guard step.isMultiple(of: 40) else { continue }
      let snapshot = store.snapshot()
      #expect(Self.count(snapshot.root).files == store.fileCount)
      guard step.isMultiple(of: 200) else { continue }
      var loader = KeySpaceLoader()
      for entry in snapshot.root.descendants(of: .root) {
        try loader.load(entry.name, depth: entry.depth, entry.node.info)
      }
      store = KeyValueStore()
      store.restore(
        loader.finish(at: snapshot.storeIndex), applied: snapshot.appliedIndex)
      #expect(Self.count(store.snapshot().root) == snapshot.root.tally)
    }
    // All that can expire does, in the end.
    while let time = store.nextExpiration {
      let expire = AdHoc { space throws(StoreError) in
        guard let path = space.nextDue(at: time) else { return [] }
        return [try space.remove(path, as: .expire)]
      }
      _ = try store.applyNext(expire).result.get()
    }
    #expect(Self.count(store.snapshot().root).deadlines == 0)
  }
}
