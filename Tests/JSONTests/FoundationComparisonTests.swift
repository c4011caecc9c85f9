import Foundation
import RandomSupport
import RunSupport
import Testing

@testable import JSON

/// Foundation's own parser as a second opinion, on texts nobody chose.
@Suite(.inTurn, .timeLimit(.minutes(10)))
struct `Foundation and we` {
  @Test(arguments: seeds)
  func `read the same values out of random texts`(seed: UInt64) throws {
    var random = SeededRandom(seed)
    for _ in 0..<rounds(300) {
      let text = RandomText.make(&random)
      let ours = Tree(try JSONDocument(text).root)
      guard !ours.isDisputed else { continue }
      #expect(ours == foundation(text), "\(String(decoding: text, as: UTF8.self).debugDescription)")
    }
  }

  @Test(arguments: seeds)
  func `agree on what texts with a few bytes changed are worth`(seed: UInt64) throws {
    var random = SeededRandom(seed)
    var taken = 0
    for _ in 0..<rounds(3_000) {
      var text = RandomText.make(&random)
      for _ in 0...Int.random(in: 0..<3, using: &random) { mutate(&text, &random) }
      // Foundation guesses UTF-16 and UTF-32 from NULs and byte order marks; we take neither.
      guard !text.contains(0), !text.starts(with: [0xef, 0xbb, 0xbf]) else { continue }
      let ours = (try? JSONDocument(text)).map { Tree($0.root) }
      let theirs = foundation(text)
      if ours != nil { taken += 1 }
      if ours?.isDisputed == true { continue }
      if ours == nil, hasTrailingComma(text) { continue }
      #expect(ours == theirs, "\(String(decoding: text, as: UTF8.self).debugDescription)")
    }
    #expect(taken > 0, "some mutations must leave a text sound, or nothing was compared")
  }

  @Test(arguments: seeds)
  func `we refuse every text that is cut short`(seed: UInt64) throws {
    var random = SeededRandom(seed)
    for _ in 0..<20 {
      let text = [UInt8(ascii: "[")] + RandomText.make(&random) + [UInt8(ascii: "]")]
      _ = try JSONDocument(text)
      for cut in 0..<text.count {
        #expect(throws: JSONError.self) { try JSONDocument(Array(text[..<cut])) }
      }
    }
  }

  /// Whether we refuse the text for what Foundation takes: a comma before the end of an array or
  /// object.
  private func hasTrailingComma(_ text: [UInt8]) -> Bool {
    do throws(JSONError) {
      _ = try JSONDocument(text)
      return false
    } catch {
      guard error.reason == .unexpectedByte, [0x5d, 0x7d].contains(text[error.offset]) else {
        return false
      }
      return text[..<error.offset].last { ![0x20, 0x0a, 0x0d, 0x09].contains($0) } == 0x2c
    }
  }

  private func foundation(_ text: [UInt8]) -> Tree? {
    try? JSONDecoder().decode(Tree.self, from: Data(text))
  }

  private func mutate(_ text: inout [UInt8], _ random: inout SeededRandom) {
    let interesting =
      Array("{}[]\",:\\u0eE+-.1 \n\ttfn/".utf8) + [0x1f, 0x7f, 0x80, 0xc3, 0xe2, 0xff]
    let place = Int.random(in: 0..<text.count, using: &random)
    let byte = interesting.randomElement(using: &random) ?? 0
    switch Int.random(in: 0..<4, using: &random) {
    case 0: text[place] = byte
    case 1: text.insert(byte, at: place)
    case 2 where text.count > 1: text.remove(at: place)
    default: text.swapAt(place, Int.random(in: 0..<text.count, using: &random))
    }
  }
}

/// A value with nothing left of how it was written.
private indirect enum Tree: Equatable, Decodable {
  case null
  case bool(Bool)
  case number(Double)
  /// Sound JSON that Foundation refuses, or takes in its own way: a number past the largest or
  /// below the smallest double, a lone zero before an exponent (`0e7`), a name repeated in an
  /// object.
  case disputed
  case string(String)
  case array([Tree])
  case object([String: Tree])

  var isDisputed: Bool {
    switch self {
    case .disputed: true
    case .array(let elements): elements.contains(where: \.isDisputed)
    case .object(let members): members.values.contains(where: \.isDisputed)
    default: false
    }
  }

  init(_ value: JSONValue) {
    if let bool = value.bool {
      self = .bool(bool)
    } else if value.isNumber {
      let hasPlainZero = value.text.allSatisfy { [0x2b, 0x2d, 0x2e, 0x30].contains($0) }
      if let double = value.double, double.isNormal || hasPlainZero {
        self = .number(double)
      } else {
        self = .disputed
      }
    } else if let string = value.string {
      self = .string(string)
    } else if value.isArray {
      self = .array(value.elements.map { Tree($0) })
    } else if value.isObject {
      let members = value.members.map { ($0.name.string ?? "", Tree($0.value)) }
      self = .object(Dictionary(members) { _, _ in .disputed })
    } else {
      self = .null
    }
  }

  init(from decoder: any Decoder) throws {
    let single = try decoder.singleValueContainer()
    if single.decodeNil() {
      self = .null
    } else if let bool = try? single.decode(Bool.self) {
      self = .bool(bool)
    } else if let number = try? single.decode(Double.self) {
      self = .number(number)
    } else if let string = try? single.decode(String.self) {
      self = .string(string)
    } else if let elements = try? single.decode([Tree].self) {
      self = .array(elements)
    } else {
      self = .object(try single.decode([String: Tree].self))
    }
  }
}

/// Texts that are sound, of every kind of value and every way to write it. Names in an object
/// differ, for readers differ in what a repeated name means.
private enum RandomText {
  static func make(_ random: inout SeededRandom) -> [UInt8] {
    Array(value(&random, depth: 0).utf8)
  }

  private static func value(_ random: inout SeededRandom, depth: Int) -> String {
    switch Int.random(in: 0..<(depth < 4 ? 9 : 6), using: &random) {
    case 0: return ["null", "true", "false"].randomElement(using: &random) ?? ""
    case 1, 2: return number(&random)
    case 3, 4, 5: return string(&random)
    case 6:
      let elements = (0..<Int.random(in: 0..<4, using: &random)).map { _ in
        space(&random) + value(&random, depth: depth + 1) + space(&random)
      }
      return "[" + (elements.isEmpty ? space(&random) : elements.joined(separator: ",")) + "]"
    default:
      let members = (0..<Int.random(in: 0..<4, using: &random)).map { index in
        "\(space(&random))\"\(index)\(string(&random).dropFirst())\(space(&random)):"
          + space(&random) + value(&random, depth: depth + 1) + space(&random)
      }
      return "{" + (members.isEmpty ? space(&random) : members.joined(separator: ",")) + "}"
    }
  }

  private static func space(_ random: inout SeededRandom) -> String {
    random.oneIn(3) ? ["", " ", "\n", "\t", "\r\n"].randomElement(using: &random) ?? "" : ""
  }

  private static func number(_ random: inout SeededRandom) -> String {
    let shift = UInt64.random(in: 0..<64, using: &random)
    let whole = UInt64.random(in: 0...(.max), using: &random) >> shift
    let sign = random.oneIn(3) ? "-" : ""
    let fraction = random.oneIn(3) ? ".\(UInt32.random(in: 0...99_999, using: &random))" : ""
    let exponent =
      random.oneIn(4)
      ? ["e", "E", "e+", "E-"].randomElement(using: &random).map {
        $0 + String(Int.random(in: 0..<30, using: &random))
      } ?? "" : ""
    return sign + String(whole) + fraction + exponent
  }

  private static func string(_ random: inout SeededRandom) -> String {
    let pieces = [
      "a", "key", " ", "/", "\\/", "\\\"", "\\\\", "\\n", "\\r", "\\t", "\\b", "\\f", "\\u0041",
      "\\u00e9",
      "\\uD83D\\uDE00", "\\u2028", "é", "漢", "😀", "\u{7f}", "<", "&", "0123456789abcdef", "'",
    ]
    let count = Int.random(in: 0..<8, using: &random)
    return "\""
      + (0..<count).map { _ in pieces.randomElement(using: &random) ?? "" }.joined() + "\""
  }
}
