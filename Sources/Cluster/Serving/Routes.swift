public import HTTP
public import Store
public import Watch

extension Router {
  /// Adds what can be seen of a node.
  ///
  /// | request | handler |
  /// | --- | --- |
  /// | `GET /stats` | ``StatsHandler`` |
  /// | `GET /metrics` | ``MetricsHandler`` |
  /// | `POST /snapshot` | ``BackupHandler`` |
  ///
  /// - Parameter meter: what has measured the requests.
  public mutating func addStatusRoutes(
    of node: ClusterNode, over store: KeyValueStore, watchedBy hub: WatchHub,
    measuredBy meter: RequestMeter
  ) {
    add("/snapshot", .post, answer: BackupHandler(of: node).respond)
    add("/stats", .get, answer: StatsHandler(node: node, store: store).respond)
    add(
      "/metrics", .get,
      answer: MetricsHandler(node: node, store: store, hub: hub, meter: meter).respond)
  }
}
