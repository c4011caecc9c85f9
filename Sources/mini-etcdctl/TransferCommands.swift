internal import Bytes
internal import HTTP
internal import JSON

// A directory as JSON lines, out and in:
//
//     {"key":"/d","dir":true}
//     {"key":"/d/a","value":"1","ttl":60}
//     {"key":{"b64":"L2T/"},"value":{"b64":"AP8="}}
//
// Bytes that are not UTF-8 are written as the log writes them.

extension Subcommand {
  static let transferCommands = [
    Subcommand(
      "export", "[DIR]", takes: 0...1,
      """
      Prints what is in DIR, or in all, as JSON lines that import reads. A name that begins with _
      is hidden and left out. More than 256 MiB must be taken directory by directory.
      """
    ) { (arguments, conversation) async throws(CommandFailure) in
      let answer = try await conversation.quiet.ask(
        .get, key: key(arguments),
        [("recursive", yes), ("sorted", yes), ("quorum", yes), ("b64", yes)])
      guard let root = answer["node"] else { return }
      var inexact = 0
      for node in (root["key"] == nil ? [] : [root]) + nodes(beneath: root) {
        let line = ExportLine(node)
        if line.mayBeInexact { inexact += 1 }
        conversation.print(line.text)
      }
      if inexact > 0 {
        conversation.note(
          "\(inexact) of the lines contain U+FFFD, which stands for bytes that are not UTF-8 if the "
            + "server is an etcd")
      }
    },
    Subcommand(
      "import", "", takes: 0...0,
      """
      Reads lines of export from standard input, and writes what they say: again does no harm.
      Prints how many there were. Ends at the first line that cannot be followed.
      """
    ) { (arguments, conversation) async throws(CommandFailure) in
      guard let input = conversation.input() else {
        throw CommandFailure.usage("the lines must come from standard input, which is a terminal")
      }
      var count = 0
      let lines = input.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
      for (place, line) in lines.enumerated() where !line.isEmpty {
        let entry: ExportLine
        do throws(ExportLine.Invalid) { entry = try ExportLine(reading: line) } catch {
          throw .usage("line \(place + 1): \(error.reason)")
        }
        try await write(entry, conversation.quiet)
        count += 1
      }
      conversation.say("\(count)")
    },
  ]

  private static func write(
    _ line: ExportLine, _ conversation: Conversation
  ) async throws(CommandFailure) {
    // Empty: for ever, also what had a time to live before.
    let ttl = ("ttl", text(line.timeToLive.map { "\($0)" } ?? ""))
    guard let value = line.value else { return try await makeDirectory(line, ttl, conversation) }
    _ = try await conversation.ask(.put, key: line.key, [("value", value), ttl])
  }

  /// Makes a directory, or gives the one that is there its time to live.
  private static func makeDirectory(
    _ line: ExportLine, _ ttl: (String, [UInt8]), _ conversation: Conversation
  ) async throws(CommandFailure) {
    do throws(CommandFailure) {
      let answer = try await conversation.ask(.get, key: line.key, [("quorum", yes)])
      guard answer["node"]?["dir"]?.bool == true else {
        throw .refused("\(String(decoding: line.key, as: UTF8.self)) is not a directory")
      }
      if answer["node"]?["ttl"] == nil && line.timeToLive == nil { return }
      _ = try await conversation.ask(
        .put, key: line.key, [("dir", yes), ("prevExist", yes), ttl])
    } catch {
      guard case .notFound = error else { throw error }
      _ = try await conversation.ask(
        .put, key: line.key, [("dir", yes), ("prevExist", no), ttl])
    }
  }
}

/// One line of an export.
struct ExportLine: Equatable {
  var key: [UInt8]
  /// nil for a directory.
  var value: [UInt8]?
  /// In seconds; nil for ever.
  var timeToLive: Int64?

  struct Invalid: Error { let reason: String }

  init(_ node: JSONValue) {
    key = node["key"]?.blob ?? []
    value = node["dir"]?.bool == true ? nil : node["value"]?.blob ?? []
    // What has run out and is still there has no time left: etcd leaves out a "ttl" of 0.
    let rest = node["ttl"]?.int64 ?? (node["expiration"] == nil ? nil : 0)
    timeToLive = rest.map { max($0, 1) }
  }

  /// Reads a line.
  init(reading line: ArraySlice<UInt8>) throws(Invalid) {
    let root: JSONValue
    do { root = try JSONDocument(line).root } catch { throw Invalid(reason: "\(error)") }
    guard root.isObject else { throw Invalid(reason: "must be a JSON object") }
    guard let key = root["key"]?.blob, key.first == UInt8(ascii: "/"), key.count > 1 else {
      throw Invalid(reason: #""key" must be a key that begins with a slash"#)
    }
    self.key = key
    if let ttl = root["ttl"] {
      guard let seconds = ttl.int64, seconds > 0 else {
        throw Invalid(reason: #""ttl" must be a positive whole number of seconds"#)
      }
      timeToLive = seconds
    }
    if let flag = root["dir"] {
      guard flag.bool == true, root["value"] == nil else {
        throw Invalid(reason: #""dir" must be true, and without a "value""#)
      }
      return
    }
    guard let value = root["value"]?.blob else {
      throw Invalid(reason: #""value" must be a string, or {"b64":"..."}"#)
    }
    self.value = value
  }

  var text: [UInt8] {
    var text = Array(#"{"key":"#.utf8)
    text.append(jsonBytes: key)
    if let value {
      text.append(",\"value\":")
      text.append(jsonBytes: value)
    } else {
      text.append(",\"dir\":true")
    }
    if let timeToLive {
      text.append(",\"ttl\":")
      text.append(decimal: timeToLive)
    }
    text.append("}")
    return text
  }

  /// Whether a server may have written U+FFFD in place of bytes that are not UTF-8.
  var mayBeInexact: Bool {
    [key, value ?? []].contains { $0.contains("\u{FFFD}".utf8) }
  }
}
