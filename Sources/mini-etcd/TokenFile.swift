#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Reads the secret that all members share: the file's first line, of up to 1,024 visible characters.
func readToken(from path: String) throws(Contradiction) -> [UInt8] {
  guard let file = fopen(path, "r") else {
    throw Contradiction("-cluster-token-file \(path): \(String(cString: strerror(errno)))")
  }
  defer { fclose(file) }
  var bytes = [UInt8](repeating: 0, count: 1_025)
  let count = fread(&bytes, 1, bytes.count, file)
  let token = Array(bytes[..<count].prefix { $0 != UInt8(ascii: "\n") && $0 != UInt8(ascii: "\r") })
  guard (1...1_024).contains(token.count), token.allSatisfy({ (0x21...0x7e).contains($0) }) else {
    throw Contradiction("-cluster-token-file \(path): its first line is no visible characters")
  }
  return token
}
