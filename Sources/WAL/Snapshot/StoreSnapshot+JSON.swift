import Bytes
package import JSON
package import Store

/// A snapshot of the store, line by line:
///
///     {"storeIndex":7,"at":1767225540000000}                                  first
///     {"depth":1,"name":"a","created":3,"modified":3}                         /a, a directory
///     {"depth":2,"name":"b","created":3,"modified":7,"expires":1767225600000000,"value":"x"}
///
/// `at` is the newest stamp of a command; there is none if no command had one.
///
/// An entry at depth d is in the last directory at depth d - 1: the second is `/a/b`. So a line is
/// as long as what is new in it, and a snapshot as long as what it holds: with whole paths, one key
/// of 4,096 bytes in 256 directories would take half a megabyte.
extension StoreSnapshot {
  /// Writes all of it, or only a part of it once `isCalledOff`.
  package func write(
    to writer: inout SnapshotWriter, until isCalledOff: () -> Bool
  ) throws(JournalError) {
    try writer.append { bytes in
      bytes.append(#"{"storeIndex":"#)
      bytes.append(decimal: storeIndex.rawValue)
      if let latestStamp {
        bytes.append(#","at":"#)
        bytes.append(decimal: latestStamp.microseconds)
      }
      bytes.append("}")
    }
    for entry in root.descendants(of: .root) {
      if isCalledOff() { return }
      try writer.append(entry.encode)
    }
  }
}

extension Directory.Descendant {
  fileprivate func encode(into bytes: inout [UInt8]) {
    bytes.append(#"{"depth":"#)
    bytes.append(decimal: depth)
    bytes.append(#","name":"#)
    bytes.append(jsonBytes: name.bytes)
    bytes.append(",")
    node.info.encodeMembers(into: &bytes)
    bytes.append("}")
  }
}

extension KeyInfo {
  /// Appends its members to an object that is begun.
  package func encodeMembers(into bytes: inout [UInt8]) {
    bytes.append(#""created":"#)
    bytes.append(decimal: createdIndex.rawValue)
    bytes.append(#","modified":"#)
    bytes.append(decimal: modifiedIndex.rawValue)
    if let expiration {
      bytes.append(#","expires":"#)
      bytes.append(decimal: expiration.microseconds)
    }
    if let value {
      bytes.append(#","value":"#)
      bytes.append(jsonBytes: value)
    }
  }

  /// Reads what ``encodeMembers(into:)`` wrote; nil if `value` has no such members.
  package init?(_ value: JSONValue) {
    guard let created = value["created"]?.uint64, let modified = value["modified"]?.uint64 else {
      return nil
    }
    var content: [UInt8]?
    if let member = value["value"] {
      guard let bytes = member.blob else { return nil }
      content = bytes
    }
    var expiration: Timestamp?
    if let member = value["expires"] {
      guard let microseconds = member.int64 else { return nil }
      expiration = Timestamp(microseconds: microseconds)
    }
    self.init(
      value: content, createdIndex: StoreIndex(created), modifiedIndex: StoreIndex(modified),
      expiration: expiration)
  }
}
