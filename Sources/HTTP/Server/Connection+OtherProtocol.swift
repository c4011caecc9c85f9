extension Connection {
  /// Serves a client of another protocol to its end; false if it is none.
  func speakOtherProtocol(after error: WireError) async -> Bool {
    guard error == .unsupportedVersion, place == .usual, var other = share.otherProtocol?() else {
      return false
    }
    var received = 0
    do {
      // Answers to earlier requests; from here on what is there is said in the other protocol.
      try await exchange?.response.output.flush()
      var isBegun = false
      while received <= type(of: other).bytes {
        if let exchange {
          guard let used = exchange.request.answer(by: &other, exchange.response.output) else {
            return isBegun || !exchange.response.output.isEmpty
          }
          if used > 0 { isBegun = true }
          try await exchange.response.output.flush()
          if exchange.request.isEmpty { giveBackExchange() }
        }
        if isIdle && share.isStopping { break }
        let count = try await read()
        if count == 0 { break }
        received += count
      }
    } catch {
      // It is gone, or has said nothing for too long.
    }
    return true
  }
}
