public import HTTP

extension Server {
  /// How long requests in progress may take once the server stops.
  public static var grace: Duration { .seconds(5) }

  /// Serves until `signal` returns, then shuts down gracefully: it takes no new connections;
  /// `beginStop` ends the requests that wait; requests in progress are answered, or cancelled when
  /// `grace` is over. When this returns, no client is being served.
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
        // Cancelled as soon as the last connection has ended.
        if (try? await clock.sleep(for: grace)) != nil { await self.cancel() }
      }
      await group.next()
      group.cancelAll()
    }
  }
}
