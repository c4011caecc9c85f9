import JSON
import RandomSupport
import RunSupport
import Store
import Testing
import WAL

@testable import EtcdV2

/// The log's fields, in memory.
private struct Fields: FieldWriter, FieldReader, Equatable {
  enum Field: Equatable {
    case bytes([UInt8])
    case integer(Int64)
    case bool(Bool)
  }
  var all: [String: Field] = [:]
  var areLogged = true

  mutating func write(_ name: StaticString, _ value: [UInt8]) { all["\(name)"] = .bytes(value) }
  mutating func write(_ name: StaticString, _ value: Int64) { all["\(name)"] = .integer(value) }
  mutating func write(_ name: StaticString, _ value: Bool) { all["\(name)"] = .bool(value) }

  func bytes(_ name: StaticString) throws(FieldError) -> [UInt8]? {
    guard let field = all["\(name)"] else { return nil }
    guard case .bytes(let bytes) = field else { throw .malformed("\(name)") }
    return bytes
  }
  func integer(_ name: StaticString) throws(FieldError) -> Int64? {
    guard let field = all["\(name)"] else { return nil }
    guard case .integer(let integer) = field else { throw .malformed("\(name)") }
    return integer
  }
  func bool(_ name: StaticString) throws(FieldError) -> Bool? {
    guard let field = all["\(name)"] else { return nil }
    guard case .bool(let bool) = field else { throw .malformed("\(name)") }
    return bool
  }
}

@Suite(.inTurn, .timeLimit(.minutes(10))) struct CommandTests {
  private static let lifetimes = [Lifetime.forever, Lifetime(seconds: 5), Lifetime(seconds: .max)]

  /// Each command with every field given and not.
  private static func commands() throws -> [any Command] {
    let key = try Path([0x2f, 0x61, 0xff])
    var commands: [any Command] = []
    for lifetime in lifetimes {
      for flag in [false, true] {
        for content in [KeySpace.Content.file([]), .file([1, 0xff]), .directory] {
          commands.append(SetKey(key, content, lifetime: lifetime, isRefresh: flag))
          commands.append(CreateKey(key, content, lifetime: lifetime, isInOrder: flag))
        }
        commands.append(UpdateKey(key, [0x31], lifetime: lifetime, isRefresh: flag))
        for comparison in [
          Comparison(value: nil, index: .max), Comparison(value: [0xff], index: 0),
          Comparison(value: [0x31], index: 7),
        ] {
          commands.append(
            CompareAndSwap(key, if: comparison, [0x31], lifetime: lifetime, isRefresh: flag))
          commands.append(CompareAndDelete(key, if: comparison))
        }
        commands.append(RemoveKey(key, allowsDirectory: flag, isRecursive: false))
        commands.append(RemoveKey(key, allowsDirectory: false, isRecursive: flag))
      }
    }
    return commands
  }

  private static func fields(of command: some Command) -> Fields {
    var fields = Fields()
    command.encode(to: &fields)
    return fields
  }

  @Test func `what the log holds of a command is all of it, stamped or not`() throws {
    let registry = CommandRegistry(EtcdCommands.all)
    for var command in try Self.commands() {
      for _ in 0..<2 {
        let fields = Self.fields(of: command)
        let name = Array("\(type(of: command).name)".utf8)
        let read = try registry.decode(name.span, from: fields)
        #expect("\(read)" == "\(command)")
        #expect(Self.fields(of: read) == fields)
        command.stamp(by: ManualTime())
      }
    }
  }

  @Test func `a command comes back from the log's JSON, whatever its bytes and numbers`() throws {
    let registry = CommandRegistry(EtcdCommands.all)
    for command in try Self.commands() {
      var line: [UInt8] = []
      command.encode(into: &line)
      let read = try registry.decode(try JSONDocument(line).root, isLogged: true)
      #expect("\(read)" == "\(command)")
    }
  }

  @Test func `a time to live becomes a moment once, and is then left alone`() throws {
    let time = ManualTime()
    var command = SetKey(try path("/a"), .directory, lifetime: Lifetime(seconds: 5))
    #expect(Self.fields(of: command).all["ttl"] == .integer(5))
    command.stamp(by: time)
    let stamped = Self.fields(of: command)
    #expect(stamped.all["ttl"] == nil)
    #expect(stamped.all["expires"] == .integer(ManualTime.start + 5_000_000))
    time.advance(seconds: 3)
    command.stamp(by: time)
    #expect(Self.fields(of: command) == stamped)
  }

  @Test func `the log's names are these for ever`() {
    #expect(
      EtcdCommands.all.map { "\($0.name)" } == [
        "set", "create", "update", "compareAndSwap", "compareAndDelete", "remove",
      ])
  }

  @Test(arguments: ["key", "value", "ttl", "dir", "refresh"])
  func `a field of the wrong kind is refused`(name: String) throws {
    var fields = Self.fields(
      of: SetKey(try path("/a"), .file([]), lifetime: Lifetime(seconds: 5), isRefresh: true))
    fields.all[name] = name == "ttl" ? .bool(true) : .integer(1)
    #expect(throws: FieldError.malformed(name)) { try SetKey(from: fields) }
  }

  /// Seeded: random commands on a small tree; whatever is refused leaves everything as it was.
  @Test(arguments: [1, 2, UInt64.random(in: 3...UInt64(UInt32.max))])
  func `a command that is refused changes nothing`(seed: UInt64) throws {
    var random = SeededRandom(seed)
    let store = KeyValueStore()
    let paths = try ["/", "/a", "/a/b", "/a/b/c", "/d", "/d/x"].map(path)
    var refused = 0
    for _ in 0..<3_000 {
      let command = Self.command(at: random.pick(paths), by: &random)
      let before = store.snapshot()
      let outcome = store.applyNext(command)
      switch outcome.result {
      case .success(let events):
        #expect(events.map(\.index) == [before.storeIndex.next])
      case .failure:
        refused += 1
        let after = store.snapshot()
        #expect(Array(after.entries) == Array(before.entries))
        #expect(after.storeIndex == before.storeIndex)
        #expect(outcome.storeIndex == before.storeIndex)
      }
    }
    #expect(refused > 500)
  }

  private static func command(at path: Path, by random: inout SeededRandom) -> any Command {
    let value: [UInt8] = random.pick([[], [0x31], [0x32]])
    let content = random.oneIn(4) ? KeySpace.Content.directory : .file(value)
    let comparison = Comparison(
      value: random.oneIn(2) ? value : nil, index: UInt64.random(in: 0...9, using: &random))
    let flag = random.oneIn(2)
    return switch Int.random(in: 0..<6, using: &random) {
    case 0: SetKey(path, content, isRefresh: random.oneIn(4))
    case 1: CreateKey(path, content, isInOrder: random.oneIn(4))
    case 2: UpdateKey(path, value, isRefresh: random.oneIn(4))
    case 3: CompareAndSwap(path, if: comparison, value)
    case 4: CompareAndDelete(path, if: comparison)
    default: RemoveKey(path, allowsDirectory: flag, isRecursive: random.oneIn(3))
    }
  }
}
