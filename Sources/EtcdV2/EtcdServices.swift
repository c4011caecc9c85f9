public import Store
public import Watch

/// What etcd's routes are made over: the same store, order of writes, watchers and clock that the
/// course's routes use.
public struct EtcdServices: Sendable {
  public var store: KeyValueStore
  public var proposer: any Proposer
  public var hub: WatchHub
  public var cluster: any ClusterView
  /// What deadlines are compared with; the proposer's own.
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
