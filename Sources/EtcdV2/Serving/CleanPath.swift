internal import Bytes

// Paths as Go's net/http and net/url treat them.

extension ArraySlice<UInt8> {
  /// Whether this path, as sent, needs a closer look: it has escapes, or may not be clean. Most
  /// paths do not.
  var mayNeedCleaning: Bool {
    let path = span
    if path.isEmpty || path[0] != UInt8(ascii: "/") { return !path.equals("*") }
    for i in 0..<path.count {
      switch path[i] {
      case UInt8(ascii: "%"): return true
      case UInt8(ascii: "/"):
        guard i + 1 < path.count else { return false }
        if path[i + 1] == UInt8(ascii: "/") || path[i + 1] == UInt8(ascii: ".") { return true }
      default: continue
      }
    }
    return false
  }

  /// The path that this one means, if it differs: without segments `.`, `..` or empty ones, but
  /// with a slash at its end if there was one.
  var pathIfNotClean: [UInt8]? {
    let slash = UInt8(ascii: "/")
    var clean: [UInt8] = []
    for segment in split(separator: slash) {
      if segment.elementsEqual(".".utf8) { continue }
      if segment.elementsEqual("..".utf8) {
        clean.removeSubrange((clean.lastIndex(of: slash) ?? 0)...)
        continue
      }
      clean.append(slash)
      clean.append(contentsOf: segment)
    }
    if clean.isEmpty || last == slash { clean.append(slash) }
    return elementsEqual(clean) ? nil : clean
  }
}

extension [UInt8] {
  /// Appends a path as it may stand in a URL, escaped as Go's `net/url` does.
  mutating func append(urlPath path: [UInt8]) {
    for byte in path {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"):
        append(byte)
      case _ where "-_.~$&+,/:;=@".utf8.contains(byte): append(byte)
      default: append(escape: byte)
      }
    }
  }

  mutating func append(escapingNonASCII byte: UInt8) {
    if byte < 0x80 { append(byte) } else { append(escape: byte) }
  }

  private mutating func append(escape byte: UInt8) {
    let digits: StaticString = "0123456789ABCDEF"
    append(UInt8(ascii: "%"))
    append(digits.utf8Start[Int(byte >> 4)])
    append(digits.utf8Start[Int(byte & 0xf)])
  }

  /// Appends text, escaped for HTML.
  mutating func append(html text: [UInt8]) {
    for byte in text {
      switch byte {
      case UInt8(ascii: "&"): append("&amp;")
      case UInt8(ascii: "<"): append("&lt;")
      case UInt8(ascii: ">"): append("&gt;")
      case UInt8(ascii: "\""): append("&#34;")
      case UInt8(ascii: "'"): append("&#39;")
      default: append(byte)
      }
    }
  }
}
