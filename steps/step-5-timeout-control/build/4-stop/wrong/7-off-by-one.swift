// The grace counts from the start, and not from the signal.
// says: invariant 1: it serves until the signal, however long that takes
// says: input:    a request after an hour, and no signal
// says: expected: 200 done
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
    group.addTask {
      if (try? await clock.sleep(for: grace)) != nil { await self.cancel() }
    }
    await group.next()
    group.cancelAll()
  }
}
