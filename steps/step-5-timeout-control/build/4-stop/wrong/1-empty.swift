// It does not serve.
// says: invariant 1: it serves until the signal, however long that takes
// says: input:    a request, and no signal
// says: expected: 200 done
// says: seen:     no answer within 5.0 seconds; run() has returned
public func run(
  until signal: @escaping @Sendable () async -> Void,
  beginStop: @escaping @Sendable () -> Void,
  grace: Duration = Server.grace, clock: some Clock<Duration> = ContinuousClock()
) async {
}
