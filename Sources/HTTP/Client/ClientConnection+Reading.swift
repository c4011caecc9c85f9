internal import Bytes
internal import Loop

// What a connection does with bytes: requests go into the output, answers come out of the input.
extension ClientConnection {
  func write(_ request: ClientRequest) async throws {
    if !isOpen { throw ClientError.notSent }
    unanswered.append(Question(method: request.method, answerBytes: request.answerBytes))
    output.append { request.write(to: &$0, hostLine: hostLine) }
    try await output.flush()
  }

  /// Reads a whole answer. One whose length was announced stays where it came in.
  func read() async throws -> ClientResponse {
    let headLength = try await readHead()
    let most = unanswered[0].answerBytes
    guard case .length(let count) = parser.head.framing else {
      let head = takeHead(headLength, bodyBytes: most)
      var body: [UInt8] = []
      while let piece = try await readPiece() {
        if piece.count > most - body.count { throw WireError.bodyTooLarge }
        body.append(contentsOf: piece)
      }
      return ClientResponse(parser.head, headBytes: head, body: body[...])
    }
    // Before anything is added to it: a length may be as large as an Int can be.
    if count > most { throw WireError.bodyTooLarge }
    while input.count - headLength < count {
      if try await fill() == 0 { throw ClientError.closed }
    }
    let whole = input.storage[input.range].prefix(headLength + count)
    input.drop(headLength + count)
    input.normalize(keeping: Request.keptBytes)
    endAnswer()
    return ClientResponse(
      parser.head, headBytes: whole.prefix(headLength), body: whole.dropFirst(headLength))
  }

  /// Reads up to the end of a head that is not an interim one; returns its length.
  func readHead() async throws -> Int {
    guard let question = unanswered.first else { preconditionFailure("nothing was asked") }
    var interimHeads = 0
    while true {
      let length = try input.withBytes { bytes throws(WireError) in
        try parser.parse(bytes, answering: question.method)
      }
      if let length {
        if !parser.head.isInterim { return length }
        interimHeads += 1
        if interimHeads > Limits().interimHeads { throw WireError.tooManyInterimHeads }
        input.drop(length)
      } else if try await fill() == 0 {
        throw ClientError.closed
      }
    }
  }

  /// Uses up a head; its body begins at the next byte.
  func takeHead(_ length: Int, bodyBytes: Int) -> ArraySlice<UInt8> {
    let head = input.storage[input.range].prefix(length)
    input.drop(length)
    var limits = Limits()
    limits.bodyBytes = bodyBytes
    chunks = ChunkedDecoder(limits: limits)
    rest = parser.head.framing
    if rest == .none { endAnswer() }
    return head
  }

  func readPiece() async throws -> [UInt8]? {
    while true {
      switch rest {
      case .none:
        return nil
      case .length(let count):
        let piece = takeInput(atMost: count)
        rest = .length(count - piece.count)
        if count == 0 { endAnswer() }
        if !piece.isEmpty { return piece }
      case .chunked:
        let piece = try takeChunks()
        if piece.isEmpty && chunks.isComplete { endAnswer() }
        if !piece.isEmpty { return piece }
      case .untilClose:
        let piece = takeInput(atMost: .max)
        if !piece.isEmpty { return piece }
      }
      if rest == .none { return nil }
      let isAtEnd = try await fill() == 0
      if isAtEnd && rest != .untilClose { throw ClientError.closed }
      if isAtEnd { endAnswer() }
    }
  }

  private func takeInput(atMost count: Int) -> [UInt8] {
    let piece = Array(input.storage[input.range].prefix(count))
    input.drop(piece.count)
    return piece
  }

  private func takeChunks() throws -> [UInt8] {
    var piece: [UInt8] = []
    let used = try input.withBytes { bytes throws(WireError) in
      try chunks.decode(bytes, appendingTo: &piece)
    }
    input.drop(used)
    return piece
  }

  /// The answer is complete: the next one follows, or nothing.
  private func endAnswer() {
    rest = .none
    unanswered.removeFirst()
    if !parser.head.keepsAlive { close() }
  }

  /// Waits for bytes; 0 at the end of the stream.
  private func fill() async throws(SocketError) -> Int {
    while true {
      try await socket.readable()
      if let count = try input.receive(from: socket) { return count }
    }
  }
}
