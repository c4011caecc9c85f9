internal import HTTP

/// A request and the answer that is right for it, for one key at a time.
struct CheckedRequest: Sendable {
  private(set) var request: ClientRequest
  private var answer: [UInt8]
  /// Nothing but a line end may follow.
  private let isWhole: Bool
  private let minimumBytes: Int
  private let status: Status

  private let targetTemplate: KeyTemplate
  private let bodyTemplate: KeyTemplate
  private let answerTemplate: KeyTemplate

  /// - Parameters:
  ///   - status: of the right answer; etcd's 201 for a key it did not have is as good as 200.
  ///   - answer: how the right answer begins.
  ///   - minimumBytes: how long it is at least.
  init(
    _ request: ClientRequest, status: Status = .ok, answer: String, isWhole: Bool,
    minimumBytes: Int = 0
  ) {
    self.request = request
    self.status = status
    self.minimumBytes = max(minimumBytes, answer.utf8.count)
    self.answer = Array(answer.utf8)
    self.isWhole = isWhole
    targetTemplate = KeyTemplate(request.target)
    bodyTemplate = KeyTemplate(request.body)
    answerTemplate = KeyTemplate(self.answer)
  }

  /// Makes this the exchange about another key.
  mutating func turn(to key: Int) {
    targetTemplate.write(key, into: &request.target)
    bodyTemplate.write(key, into: &request.body)
    answerTemplate.write(key, into: &answer)
  }

  /// Whether the answer is the one expected.
  func accepts(_ status: Status, _ body: ArraySlice<UInt8>) -> Bool {
    guard status == self.status || status == .created && self.status == .ok else { return false }
    guard body.count >= minimumBytes else { return false }
    guard body.starts(with: answer) else { return false }
    return !isWhole || body.dropFirst(answer.count).allSatisfy { $0 == UInt8(ascii: "\n") }
  }
}
