/// What clients ask of the simulated store: a few registers.
///
/// A command is a line of JSON, as a real one is: `[kind, key, value, expected]`. The value is the
/// number of the operation that writes it, so no two writes write the same.
struct RegisterCommand: Equatable {
  enum Kind: UInt32 {
    case write = 1
    /// Writes if the register holds what is expected; 0 stands for nothing.
    case compareAndSwap = 2
  }

  var kind: Kind
  var key: Int
  /// The operation's number, from 1.
  var operation: UInt32
  var expected: UInt32

  func encoded() -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(24)
    bytes.append(UInt8(ascii: "["))
    RegisterCommand.append(kind.rawValue, &bytes)
    for number in [UInt32(key), operation, expected] {
      bytes.append(UInt8(ascii: ","))
      RegisterCommand.append(number, &bytes)
    }
    bytes.append(UInt8(ascii: "]"))
    return bytes
  }

  private static func append(_ number: UInt32, _ bytes: inout [UInt8]) {
    if number >= 10 { append(number / 10, &bytes) }
    bytes.append(UInt8(ascii: "0") + UInt8(number % 10))
  }

  init(kind: Kind, key: Int, operation: UInt32, expected: UInt32 = 0) {
    self.kind = kind
    self.key = key
    self.operation = operation
    self.expected = expected
  }

  /// Nil if these are not the bytes of a command: something was damaged on its way.
  init?(_ bytes: [UInt8]) {
    var numbers: (UInt32, UInt32, UInt32, UInt32) = (0, 0, 0, 0)
    var place = 0
    for byte in bytes {
      switch byte {
      case UInt8(ascii: "["), UInt8(ascii: "]"): continue
      case UInt8(ascii: ","): place += 1
      case UInt8(ascii: "0")...UInt8(ascii: "9"):
        let digit = UInt32(byte - UInt8(ascii: "0"))
        switch place {
        case 0: numbers.0 = numbers.0 &* 10 &+ digit
        case 1: numbers.1 = numbers.1 &* 10 &+ digit
        case 2: numbers.2 = numbers.2 &* 10 &+ digit
        default: numbers.3 = numbers.3 &* 10 &+ digit
        }
      default: return nil
      }
    }
    guard place == 3, let kind = Kind(rawValue: numbers.0) else { return nil }
    self.init(kind: kind, key: Int(numbers.1), operation: numbers.2, expected: numbers.3)
  }
}

/// The simulated store: the same on every node that has applied the same entries.
struct RegisterMachine: Equatable {
  /// What each key holds; 0 stands for nothing.
  var registers: [UInt32]
  /// Over all that was applied, in order: equal for equal histories.
  var digest = Digest()

  init(keyCount: Int) { registers = [UInt32](repeating: 0, count: keyCount) }

  /// Whether the command took effect.
  mutating func apply(_ command: RegisterCommand) -> Bool {
    switch command.kind {
    case .write: break
    case .compareAndSwap:
      guard registers[command.key] == command.expected else { return false }
    }
    registers[command.key] = command.operation
    return true
  }
}

/// FNV-1a over 64-bit words: small, and the same on every machine.
struct Digest: Equatable {
  private(set) var value: UInt64

  init(value: UInt64 = 0xCBF2_9CE4_8422_2325) { self.value = value }

  mutating func add(_ word: UInt64) { value = (value ^ word) &* 0x0000_0100_0000_01B3 }

  static func of(_ bytes: [UInt8]) -> UInt64 {
    var digest = Digest()
    for byte in bytes { digest.add(UInt64(byte)) }
    return digest.value
  }
}
