import HTTP

/// A waiting request, at both servers.
struct Wait {
  let question: Question
  private let etcd: ClientConnection
  private let ours: ClientConnection

  /// Whether a sweep on a busy machine may come so late that the time left is less than nothing,
  /// and so is shown, at one of them alone.
  private let isRacing: Bool

  init(question: Question, etcd: ClientConnection, ours: ClientConnection, isRacing: Bool) {
    self.question = question
    self.isRacing = isRacing
    self.etcd = etcd
    self.ours = ours
  }

  /// Reads on at both, to the end of the answer or to the line that contains `last`, and compares.
  @discardableResult
  func finish(at last: String? = nil) async throws -> String {
    let (told, toldByUs) = (
      try await lines(of: etcd, until: last), try await lines(of: ours, until: last)
    )
    guard told.count == toldByUs.count, zip(told, toldByUs).allSatisfy({ $0 == $1 }) else {
      throw Duel.Difference(
        question: question, etcd: Answer(line: told.map(\.body).joined(separator: "\n    ")),
        ours: Answer(line: toldByUs.map(\.body).joined(separator: "\n    ")))
    }
    return told.map(\.body).joined(separator: "\n")
  }

  /// A stream on a key itself is told of the key's end twice by etcd; that is its mistake, not
  /// ours.
  private func lines(of connection: ClientConnection, until last: String?) async throws -> [Answer]
  {
    defer { connection.close() }
    var text = ""
    while let piece = try await connection.nextPiece() {
      text += String(decoding: piece, as: UTF8.self)
      if let last, text.contains(last), text.hasSuffix("\n") { break }
    }
    var lines: [Answer] = []
    for line in text.split(separator: "\n").map(String.init) {
      let told = Answer(line: line)
      let answer =
        isRacing ? Answer(line: told.body.replacing(#","ttl":"*""#, with: "")) : told
      if lines.last != answer { lines.append(answer) }
    }
    return lines
  }
}
