internal import Options

#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

extension Conversation.Streams {
  /// The program's own.
  static let standard = Conversation.Streams(
    output: { StandardOutput.write($0) },
    note: { line in
      var standardError = StandardError()
      print("mini-etcdctl: \(line)", to: &standardError)
    },
    input: readStandardInput)
}

/// All of standard input; nil if it is a terminal.
@Sendable private func readStandardInput() -> [UInt8]? {
  if isatty(STDIN_FILENO) == 1 { return nil }
  var bytes: [UInt8] = []
  var piece = [UInt8](repeating: 0, count: 65_536)
  while true {
    let count = read(STDIN_FILENO, &piece, piece.count)
    if count < 0 && errno == EINTR { continue }
    guard count > 0 else { return bytes }
    bytes += piece[..<count]
  }
}
