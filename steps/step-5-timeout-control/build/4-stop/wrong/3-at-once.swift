// It cancels what is in progress.
// says: invariant 2: no new connection is taken, and a request in progress is answered
// says: input:    the signal, while /slow is in progress
// says: expected: /slow is in progress
// says: seen:     it ended: 503
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
      await self.cancel()
    }
    await group.waitForAll()
  }
}
