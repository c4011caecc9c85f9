/// Other requests have kept all the room for as long as one may wait for it.
struct NoRoom: Error {}

// A request's part of the loop's ``ByteBudget``.
extension Connection {
  /// Raises what the request has of the budget to `total`; waits while there is no room.
  func takeBudget(_ total: Int) async throws {
    let more = total - budgetBytes
    if !share.budget.take(more, total: total) {
      // Earlier answers must not wait as well.
      try await exchange?.response.output.flush()
      try await waitForBudget(more, total: total)
    }
    budgetBytes = total
  }

  private func waitForBudget(_ more: Int, total: Int) async throws {
    let waiter = share.budget.wait(for: more, total: total) { [socket] in socket.resumeWait() }
    socket.expire(at: share.loop.time.uptime + share.timeouts.room)
    do throws(SocketError) {
      while !waiter.isGranted {
        if socket.isBroken { throw .interrupted }
        try await socket.waitForResumption()
      }
    } catch {
      // Granted and ended at once: what was set aside for it is its own, to be given back.
      if waiter.isGranted { budgetBytes = total } else { share.budget.cancel(waiter) }
      if error == .timedOut { throw NoRoom() }
      throw error
    }
  }

  /// Gives back what the request has of the budget.
  func releaseBudget() {
    if budgetBytes == 0 { return }
    share.budget.giveBack(budgetBytes)
    budgetBytes = 0
  }
}
