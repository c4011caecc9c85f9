internal import Bytes
internal import Options
internal import Platform

/// Headers to send with every request: `Name: value`, or `@FILE` with one per line, so that a
/// secret does not appear among the processes' arguments.
struct Headers: FlagValue, Equatable {
  struct Header: Equatable {
    let name: [UInt8]
    let value: [UInt8]
  }

  var all: [Header] = []

  init() {}

  init(flagText text: String) throws(InvalidText) {
    guard text.hasPrefix("@") else {
      all = [try Header(text)]
      return
    }
    let path = String(text.dropFirst())
    let bytes: [UInt8]
    do throws(SystemError) {
      bytes = try Platform.contents(of: path, atMost: Self.longestFile + 1)
    } catch {
      throw InvalidText(error.reason)
    }
    if bytes.count > Self.longestFile {
      throw InvalidText("must be a file of at most \(Self.longestFile) bytes")
    }
    for line in String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline) {
      all.append(try Header(String(line)))
    }
  }

  /// Whether one is called `name`, which is in lower case.
  func has(_ name: String) -> Bool {
    all.contains { String(decoding: $0.name, as: UTF8.self).lowercased() == name }
  }

  private static let longestFile = 16_384

  var flagText: String { "" }
  static var flagPlaceholder: String { "header" }
}

extension Headers.Header {
  fileprivate init(_ line: String) throws(InvalidText) {
    let name = line.utf8.prefix { $0 != UInt8(ascii: ":") }
    let value = line.utf8.dropFirst(name.count + 1).drop { $0 == UInt8(ascii: " ") }
    guard name.count < line.utf8.count, !name.isEmpty, name.allSatisfy(Self.isNameByte),
      value.allSatisfy({ $0 >= 0x20 && $0 != 0x7f || $0 == UInt8(ascii: "\t") })
    else {
      throw InvalidText("must be 'Name: value', or @FILE with such lines")
    }
    let own = ["host", "content-length", "content-type", "transfer-encoding", "connection"]
    if own.contains(line.prefix { $0 != ":" }.lowercased()) {
      throw InvalidText("must be a header that mini-etcdctl does not write itself")
    }
    self.init(name: Array(name), value: Array(value))
  }

  /// RFC 9110, section 5.6.2: a token.
  private static func isNameByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"):
      true
    default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
    }
  }
}
