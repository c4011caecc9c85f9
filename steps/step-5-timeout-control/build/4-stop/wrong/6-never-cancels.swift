// A request that never ends keeps the server for ever.
// says: invariant 4: with the last connection it ends, and does not wait for the grace
// says: expected: a timer for the grace
// says: seen:     run() goes on, 0 timers
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
    }
    await group.waitForAll()
  }
}
