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
  public mutating func addStatusRoutes(
    of node: ClusterNode, over store: KeyValueStore, watchedBy hub: WatchHub
  ) {
    add("/stats", .get, answer: StatsHandler(node: node, store: store).respond)
    add("/metrics", .get, answer: MetricsHandler(node: node, store: store, hub: hub).respond)
  }
}
