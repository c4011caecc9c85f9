// Every key is the root.
// says: is broken
// says: input:    Path(logged: "cloud")
// says: expected: /cloud
// says: seen:     /
init(logged key: ArraySlice<UInt8>) throws(InvalidPath) {
  self.bytes = Path.root.bytes
}
