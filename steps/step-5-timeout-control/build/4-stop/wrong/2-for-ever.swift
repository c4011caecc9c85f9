// It does not hear the signal.
// says: invariant 1: it serves until the signal, however long that takes
// says: input:    the signal, and no request
// says: expected: run() returns
// says: seen:     it has not within 5.0 seconds; run() goes on
public func run(
  until signal: @escaping @Sendable () async -> Void,
  beginStop: @escaping @Sendable () -> Void,
  grace: Duration = Server.grace, clock: some Clock<Duration> = ContinuousClock()
) async {
  await self.run()
}
