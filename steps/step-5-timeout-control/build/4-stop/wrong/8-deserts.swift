// It returns when the grace is over, whether or not the handlers have ended.
// says: invariant 6: when it returns, no client is being served
// says: expected: the handler has ended, run() has returned
// says: seen:     the handler is at work, run() has returned
public func run(
  until signal: @escaping @Sendable () async -> Void,
  beginStop: @escaping @Sendable () -> Void,
  grace: Duration = Server.grace, clock: some Clock<Duration> = ContinuousClock()
) async {
  let (ends, end) = AsyncStream.makeStream(of: Void.self)
  Task {
    await self.run()
    end.yield()
  }
  let timer = Task {
    await signal()
    await self.stop()
    beginStop()
    guard (try? await clock.sleep(for: grace)) != nil else { return }
    await self.cancel()
    end.yield()
  }
  for await _ in ends { break }
  timer.cancel()
}
