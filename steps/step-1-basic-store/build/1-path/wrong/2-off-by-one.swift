// It begins the next name at the slash, not behind it, and so never gets past the first.
// says: is broken: invariant 1
// says: input:    Path(logged: "a/b")
// says: seen:     the code does not come to an end
init(logged key: ArraySlice<UInt8>) throws(InvalidPath) {
  var bytes: [UInt8] = []
  var start = key.startIndex
  while start < key.endIndex {
    let end = key[start...].firstIndex(of: UInt8(ascii: "/")) ?? key.endIndex
    if start < end {
      bytes.append(UInt8(ascii: "/"))
      bytes.append(contentsOf: key[start..<end])
    }
    start = end
  }
  self.bytes = bytes.isEmpty ? Path.root.bytes : bytes
}
