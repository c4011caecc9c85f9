internal import Options
internal import Platform

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
  if Platform.isTerminal(Platform.standardInput) { return nil }
  var bytes: [UInt8] = []
  var piece = [UInt8](repeating: 0, count: 65_536)
  while true {
    let count = piece.withUnsafeMutableBytes { bytes in
      (try? Platform.read(Platform.standardInput, into: bytes)) ?? 0
    }
    guard count > 0 else { return bytes }
    bytes += piece[..<count]
  }
}
