extension PosixDisk {
  /// What other users of the machine may do with the data, in a line; nil if nothing.
  ///
  /// What this program makes is its own user's alone. A directory that was there before may not be,
  /// and its modes may be meant: so they are left as they are, and told. That others may see the
  /// names of files which they cannot open is no harm.
  public var exposure: String? {
    guard let ofDirectory = mode(of: ".") else { return nil }
    if ofDirectory & 0o022 != 0 { return "other users may write in \(path): chmod go-w \(path)" }
    guard ofDirectory & 0o011 != 0, let names = try? list() else { return nil }
    for name in names.sorted() {
      if case .other = FileName(name), name != Self.lockName { continue }
      if let ofFile = mode(of: name), ofFile & 0o077 != 0 {
        return "other users may open \(path)/\(name): chmod -R go= \(path)"
      }
    }
    return nil
  }
}
