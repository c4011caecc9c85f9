internal import Loop

/// Other requests have kept all the room for as long as one may wait for it.
struct NoRoom: Error {}

// A request's part of the loop's ``ByteBudget``.
extension Connection {
  /// Raises what the request has of the budget to `total`; waits while there is no room.
  func takeBudget(_ total: Int) async throws {
    let more = total - budgetBytes
    let isLarge = total > ByteBudget.largeBytes && !hasPriority
    if !share.budget.take(more, isLarge: isLarge) {
      // Earlier answers must not wait as well.
      try await exchange?.response.output.flush()
      // Meanwhile all may have been given back, and then nothing would wake this request.
      if !share.budget.take(more, isLarge: isLarge) {
        try await waitForBudget(more, isLarge: isLarge, total: total)
      }
    }
    budgetBytes = total
  }

  /// Whether the request is one that has places kept for it; not before its head is there.
  private var hasPriority: Bool {
    guard let request = exchange?.request, request.hasHead else { return false }
    return share.priority?(request) == true
  }

  private func waitForBudget(_ more: Int, isLarge: Bool, total: Int) async throws {
    let start = share.loop.time.uptime
    defer { requestStart += share.loop.time.uptime - start }
    let waiter = share.budget.wait(for: more, isLarge: isLarge) { [socket] in socket.resumeWait() }
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
