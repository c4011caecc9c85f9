public import Store
public import Watch

/// What etcd's routes need: the same store, proposer, watchers and clock as the course's routes.
public struct EtcdServices: Sendable {
  public var store: KeyValueStore
  public var proposer: any Proposer
  public var hub: WatchHub
  public var cluster: any ClusterView
  /// The clock that deadlines are compared with; the proposer's.
  public var time: any TimeSource

  public init(
    store: KeyValueStore, proposer: any Proposer, hub: WatchHub, cluster: any ClusterView,
    time: any TimeSource
  ) {
    self.store = store
    self.proposer = proposer
    self.hub = hub
    self.cluster = cluster
    self.time = time
  }
}
