import Bytes
import JSON
import Replication
import Store

/// The keys and the latest events as the page at `/ui` shows them: bounded, however much there is.
enum LiveKeys {
  /// How many files and directories are listed.
  static let entryLimit = 200
  static let eventLimit = 40
  /// How much of a value is sent.
  static let valueBytes = 200

  /// `{"files":1234,"shown":150,"keys":[{"k":"/a","m":7,"v":"text"},...]}`
  ///
  /// `n` is the value's length if it is cut, `x` when the key expires, in milliseconds, `d` says
  /// that it is a directory.
  static func json(of snapshot: StoreSnapshot, fileCount: Int) -> [UInt8] {
    let entries = Array(snapshot.entries.prefix(entryLimit))
    var json: [UInt8] = []
    json.append("{\"files\":")
    json.append(decimal: fileCount)
    json.append(",\"shown\":")
    json.append(decimal: entries.count { !$0.info.isDirectory })
    json.append(",\"keys\":")
    json.append(list: entries) { json, entry in
      json.append("{\"k\":")
      json.append(jsonString: entry.path.bytes)
      json.append(",\"m\":")
      json.append(decimal: entry.info.modifiedIndex.rawValue)
      json.append(entry.info)
      json.append("}")
    }
    json.append("}")
    return json
  }

  /// `[{"i":7,"a":"set","k":"/a","v":"text"},...]`, oldest first.
  static func json(of events: [Event]) -> [UInt8] {
    var json: [UInt8] = []
    json.append(list: events) { json, event in
      json.append("{\"i\":")
      json.append(decimal: event.index.rawValue)
      json.append(",\"a\":")
      json.append(jsonString: Array(event.action.rawValue.utf8))
      json.append(",\"k\":")
      json.append(jsonString: event.path.bytes)
      if let node = event.node { json.append(node) }
      json.append("}")
    }
    return json
  }
}

extension [UInt8] {
  fileprivate mutating func append(_ info: KeyInfo) {
    if let value = info.value {
      append(",\"v\":")
      append(jsonString: value.beginning)
      if value.count > LiveKeys.valueBytes {
        append(",\"n\":")
        append(decimal: value.count)
      }
    } else {
      append(",\"d\":true")
    }
    if let expiration = info.expiration {
      append(",\"x\":")
      append(decimal: expiration.microseconds / 1_000)
    }
  }

  /// As much as is shown, without a part of a character at the end.
  private var beginning: [UInt8] {
    if count <= LiveKeys.valueBytes { return self }
    var end = LiveKeys.valueBytes
    while end > LiveKeys.valueBytes - 3, self[end] & 0xC0 == 0x80 { end -= 1 }
    return Array(self[..<end])
  }
}
