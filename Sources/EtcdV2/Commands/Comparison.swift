internal import Store

/// The condition of a compare-and-swap or a compare-and-delete.
struct Comparison: Hashable, Sendable {
  /// The value the file must have; nil, or no bytes, for any.
  var value: [UInt8]?
  /// The modifiedIndex it must have; 0 for any, since etcd treats `prevIndex=0` as absent.
  var index: UInt64

  /// Whether there is nothing to compare.
  var isEmpty: Bool { index == 0 && (value ?? []).isEmpty }

  /// - Throws: `compareFailed` with the part that does not hold, in etcd's words:
  ///   `[wanted != found]`, the value's before the index's.
  func check(_ file: File) throws(StoreError) {
    var cause: [UInt8] = []
    if let value, !value.isEmpty, value != file.value { Self.append(value, file.value, to: &cause) }
    if index != 0, index != file.modifiedIndex.rawValue {
      if !cause.isEmpty { cause.append(UInt8(ascii: " ")) }
      Self.append(Array("\(index)".utf8), Array("\(file.modifiedIndex)".utf8), to: &cause)
    }
    if !cause.isEmpty { throw .compareFailed(cause) }
  }

  private static func append(_ wanted: [UInt8], _ found: [UInt8], to cause: inout [UInt8]) {
    cause += Array("[".utf8) + wanted + Array(" != ".utf8) + found + Array("]".utf8)
  }

  func encode(to fields: inout some FieldWriter) {
    if let value { fields.write("prevValue", value) }
    if index != 0 { fields.write("prevIndex", Int64(bitPattern: index)) }
  }

  init(value: [UInt8]?, index: UInt64) {
    self.value = value
    self.index = index
  }

  init(from fields: some FieldReader) throws(FieldError) {
    value = try fields.bytes("prevValue")
    index = UInt64(bitPattern: try fields.integer("prevIndex") ?? 0)
  }
}
