// It tells those who wait while new ones may still come.
// says: invariant 3: those who wait are told that the server stops, once
// says: input:    /quick is asked over a new connection when beginStop is called
// says: expected: refused
// says: seen:     200 done
public func run(
  until signal: @escaping @Sendable () async -> Void,
  beginStop: @escaping @Sendable () -> Void,
  grace: Duration = Server.grace, clock: some Clock<Duration> = ContinuousClock()
) async {
  await withTaskGroup { group in
    group.addTask { await self.run() }
    group.addTask {
      await signal()
      beginStop()
      await self.stop()
      if (try? await clock.sleep(for: grace)) != nil { await self.cancel() }
    }
    await group.next()
    group.cancelAll()
  }
}
