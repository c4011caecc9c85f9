import EtcdV2
import JSON
import Raft
import RandomSupport
import RunSupport
import Store
import Testing

@testable import Replication

/// Members in JSON: what is written is read as it was, and what was damaged is refused or means
/// what it says.
@Suite(.inTurn, .timeLimit(.minutes(10))) struct RosterFuzzTests {
  private static let registry = CommandRegistry([Put.self, Delete.self] + EtcdCommands.all)

  @Test(arguments: seeds) func `every roster is read as it was written`(seed: UInt64) throws {
    var random = SeededRandom(seed)
    for _ in 0..<rounds(300) {
      let roster = Roster.random(using: &random)
      #expect(Roster(try JSONDocument(roster.bytes).root) == roster)
    }
  }

  @Test(arguments: seeds)
  func `every operation on members is read as it was written`(seed: UInt64) throws {
    var random = SeededRandom(seed)
    for _ in 0..<rounds(300) {
      let operation = Operation.random(using: &random)
      let again = try Operation(JSONDocument(operation.bytes).root, Self.registry, isLogged: true)
      #expect(again.bytes == operation.bytes)
    }
  }

  @Test(arguments: seeds)
  func `a damaged operation is refused, or written as it is read`(seed: UInt64) throws {
    var random = SeededRandom(seed)
    var taken = 0
    for _ in 0..<rounds(2_000) {
      var bytes = Operation.random(using: &random).bytes
      for _ in 0..<Int.random(in: 1...3, using: &random) { bytes.damage(using: &random) }
      guard let value = try? JSONDocument(bytes).root,
        let operation = try? Operation(value, Self.registry, isLogged: true)
      else { continue }
      taken += 1
      let again = try Operation(JSONDocument(operation.bytes).root, Self.registry, isLogged: true)
      #expect(again.bytes == operation.bytes)
    }
    // Damage to a name, for example, is none that could be seen.
    #expect(taken > 0)
  }
}

extension Roster {
  fileprivate static func random(using random: inout SeededRandom) -> Roster {
    let ids = Set((0..<Int.random(in: 0...6, using: &random)).map { _ in NodeID.random(&random) })
    return Roster(
      cluster: random.oneIn(4) ? nil : .random(in: 1 ... .max, using: &random),
      members: ids.sorted().map { MemberRecord.random($0, using: &random) },
      removed: (0..<Int.random(in: 0...3, using: &random)).map { _ in NodeID.random(&random) })
  }

  fileprivate var bytes: [UInt8] {
    var bytes: [UInt8] = Array("{".utf8)
    bytes.appendFields(of: self)
    return bytes + "}".utf8
  }
}

extension MemberRecord {
  fileprivate static func random(_ id: NodeID, using random: inout SeededRandom) -> MemberRecord {
    func texts() -> [String] {
      (0..<Int.random(in: 0...3, using: &random)).map { _ in String.random(using: &random) }
    }
    return MemberRecord(
      id: id, name: .random(using: &random), urls: texts(), clientURLs: texts(),
      incarnation: random.oneIn(3) ? nil : .random(in: 1 ... .max, using: &random))
  }
}

extension Replication.Operation {
  fileprivate static func random(using random: inout SeededRandom) -> Self {
    let id = NodeID.random(&random)
    return switch Int.random(in: 0..<4, using: &random) {
    case 0: .bootstrap(.random(using: &random))
    case 1:
      .describe(
        .random(id, using: &random),
        known: random.oneIn(2) ? nil : MemberRecord.random(id, using: &random).urls)
    case 2: .add(.random(id, using: &random))
    default: .remove(id)
    }
  }

  fileprivate var bytes: [UInt8] {
    var bytes: [UInt8] = []
    encode(into: &bytes)
    return bytes
  }
}

extension NodeID {
  fileprivate static func random(_ random: inout SeededRandom) -> NodeID {
    NodeID(.random(in: 1...(random.oneIn(2) ? 9 : .max), using: &random))
  }
}

extension String {
  /// With all that JSON has to escape.
  fileprivate static func random(using random: inout SeededRandom) -> String {
    let characters: [Character] = [
      "a", "1", "/", ":", "\"", "\\", "\n", "\u{0}", "é", "节", "😀", " ",
    ]
    return String(
      (0..<Int.random(in: 0...12, using: &random)).map { _ in
        characters.randomElement(using: &random) ?? "x"
      })
  }
}

extension [UInt8] {
  /// Changes, removes, doubles or cuts something.
  fileprivate mutating func damage(using random: inout SeededRandom) {
    guard let place = indices.randomElement(using: &random) else { return }
    switch Int.random(in: 0..<5, using: &random) {
    case 0: self[place] = .random(in: 0...255, using: &random)
    case 1: self[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
    case 2: remove(at: place)
    case 3: insert(self[place], at: place)
    default: removeSubrange(place..<Swift.min(count, place + Int.random(in: 1...9, using: &random)))
    }
  }
}
