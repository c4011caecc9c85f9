// It waits for the whole grace each time.
// says: invariant 1: it serves until the signal, however long that takes
// says: input:    the signal, and no request
// says: expected: run() returns
// says: seen:     it has not within 5.0 seconds; run() goes on, 1 timer
public func run(
  until signal: @escaping @Sendable () async -> Void,
  beginStop: @escaping @Sendable () -> Void,
  grace: Duration = Server.grace, clock: some Clock<Duration> = ContinuousClock()
) async {
  await withTaskGroup { group in
    group.addTask { await self.run() }
    group.addTask {
      await signal()
      await self.stop()
      beginStop()
      try? await clock.sleep(for: grace)
      await self.cancel()
    }
    await group.waitForAll()
  }
}
