// Those who wait are not told, and hold the server up until the grace is over.
// says: invariant 3: those who wait are told that the server stops, once
// says: expected: 503 the server stops
// says: seen:     no answer within 5.0 seconds; run() goes on, 1 timer
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
      if (try? await clock.sleep(for: grace)) != nil { await self.cancel() }
    }
    await group.next()
    group.cancelAll()
  }
}
