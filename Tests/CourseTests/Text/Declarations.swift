/// The names that Swift files declare, found by their keywords: good enough to notice that a page
/// speaks of what is no longer there.
struct Declarations {
  /// Types, functions, properties, cases.
  private(set) var names: Set<String> = []
  /// Functions and initializers with their labels: `apply(_:at:)`.
  private(set) var signatures: Set<String> = []

  private static let keywords: Set<Substring> = [
    "class", "struct", "enum", "protocol", "actor", "typealias", "associatedtype", "func", "var",
    "let", "case", "target",
  ]

  mutating func read(_ source: String) {
    var bytes = Array(source.utf8)[...]
    var previous: Substring = ""
    while let byte = bytes.first {
      if Declarations.isNameByte(byte) {
        let word = bytes.prefix(while: Declarations.isNameByte)
        bytes = bytes.dropFirst(word.count)
        let name = Substring(decoding: word, as: UTF8.self)
        if Declarations.keywords.contains(previous) { names.insert(String(name)) }
        if previous == "func" || name == "init" || previous == "case",
          let labels = Declarations.labels(bytes)
        {
          signatures.insert("\(name)(\(labels.map { $0 + ":" }.joined()))")
        }
        previous = name
      } else {
        if byte == UInt8(ascii: "\n") { previous = "" }
        if byte == UInt8(ascii: "/"), bytes.dropFirst().first == UInt8(ascii: "/") {
          bytes = bytes.drop { $0 != UInt8(ascii: "\n") }
          continue
        }
        bytes.removeFirst()
      }
    }
    // `case a, b(Int), c` declares after each comma.
    for line in source.split(separator: "\n") {
      let words = line.drop { $0 == " " }
      guard words.hasPrefix("case ") else { continue }
      for part in words.dropFirst(5).split(separator: ",") {
        let name = part.drop { $0 == " " }.prefix { $0.isLetter || $0.isNumber }
        if !name.isEmpty { names.insert(String(name)) }
      }
    }
  }

  private static func isNameByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), 0x80...:
      true
    default: false
    }
  }

  /// The labels of the parameters that follow a function's name; nil when none follow.
  private static func labels(_ bytes: ArraySlice<UInt8>) -> [String]? {
    var depth = 0
    var labels: [String] = []
    var expectsLabel = false
    var hasBegun = false
    for place in bytes.indices {
      switch bytes[place] {
      case UInt8(ascii: "<"), UInt8(ascii: "["): depth += 1
      case UInt8(ascii: ">") where bytes[..<place].last != UInt8(ascii: "-"): depth -= 1
      case UInt8(ascii: "]"): depth -= 1
      case UInt8(ascii: "("):
        if depth == 0 { (hasBegun, expectsLabel) = (true, true) }
        depth += 1
      case UInt8(ascii: ")"):
        depth -= 1
        if depth == 0, hasBegun { return labels }
      case UInt8(ascii: ",") where depth == 1: expectsLabel = true
      case let byte where isNameByte(byte):
        if depth == 1, expectsLabel {
          labels.append(String(decoding: bytes[place...].prefix(while: isNameByte), as: UTF8.self))
          expectsLabel = false
        }
      case UInt8(ascii: " "), UInt8(ascii: "\n"), UInt8(ascii: "?"): break
      default: if !hasBegun && depth == 0 { return nil }
      }
    }
    return nil
  }

  /// Everything declared in the repository's Swift.
  static let ofRepository: Declarations = {
    var all = Declarations()
    for path in Repository.files where path.hasSuffix(".swift") {
      if let text = try? Repository.text(of: path) { all.read(text) }
    }
    return all
  }()
}
