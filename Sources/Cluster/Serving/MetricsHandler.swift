import EtcdV2
import HTTP
import Raft
import Replication
import Store
import Watch

/// `GET /metrics`: the node's figures in Prometheus' text format.
///
/// What has the meaning of one of etcd's figures has its name, so that etcd's alert rules and
/// dashboards work: `etcd_…`. What etcd does not have, or only under `etcd_debugging_…`, is called
/// `mini_etcd_…`.
struct MetricsHandler: Handler {
  let node: ClusterNode
  let store: KeyValueStore
  let hub: WatchHub
  let meter: RequestMeter
  private let process: ProcessReader

  init(node: ClusterNode, store: KeyValueStore, hub: WatchHub, meter: RequestMeter) {
    (self.node, self.store, self.hub, self.meter) = (node, store, hub, meter)
    process = ProcessReader(in: node.directory)
  }

  func respond(to request: Request, with response: Response) async throws {
    var text = MetricsText()
    let status = node.status
    appendRaft(status, to: &text)
    appendPeers(status, to: &text)
    appendOwn(status, to: &text)
    let figures = await process.figures()
    appendSpace(figures, to: &text)
    text.append(figures, since: Double(status.startTime.microseconds) / 1_000_000)
    response.contentType = MetricsText.contentType
    response.body = text.bytes
  }

  private func appendSpace(_ figures: ProcessFigures, to text: inout MetricsText) {
    guard let bytes = figures.availableBytes else { return }
    text.gauge(
      "mini_etcd_disk_available_bytes", "Space where the log and the snapshots are.", bytes)
    text.gauge(
      "mini_etcd_disk_needed_bytes", "What the log needs until the next snapshot, and that one.",
      node.neededDiskBytes)
  }

  private func appendRaft(_ status: NodeStatus, to text: inout MetricsText) {
    let id = status.id
    text.gauge(
      "etcd_server_has_leader", "Whether a leader is known.", status.leader == nil ? 0 : 1)
    text.gauge("etcd_server_is_leader", "Whether this node leads.", status.role == .leader ? 1 : 0)
    text.gauge(
      "etcd_server_is_learner", "Whether this node has no vote yet.",
      status.membership.learners.contains(id) ? 1 : 0)
    text.gauge(
      "etcd_server_id", "1 for this member's id.", 1, label: ("server_id", status.id.hex))
    text.gauge(
      "etcd_server_version", "1 for the version of etcd that this server behaves like.", 1,
      label: ("server_version", EtcdVersion.server))
    text.gauge(
      "etcd_cluster_version", "1 for the version of etcd that the cluster behaves like.", 1,
      label: ("cluster_version", EtcdVersion.cluster))
    text.counter(
      "etcd_server_leader_changes_seen_total", "Leaders recognised.",
      UInt64(status.leaderChanges))
    text.counter(
      "etcd_server_proposals_committed_total", "The log is committed up to this index.",
      status.commitIndex.rawValue)
    text.counter(
      "etcd_server_proposals_applied_total", "The log is applied up to this index.",
      status.appliedIndex.rawValue)
    text.gauge(
      "etcd_server_proposals_pending", "Operations of clients that are not answered yet.",
      UInt64(status.waitingProposals))
    text.counter(
      "etcd_server_proposals_failed_total", "Operations of clients that were refused or lost.",
      UInt64(status.counts.failedProposals))
    text.histogram(
      "etcd_disk_wal_fsync_duration_seconds", "Writing a batch to the log and syncing it.",
      node.syncTimes)
  }

  private func appendPeers(_ status: NodeStatus, to text: inout MetricsText) {
    let peers = status.roster.members.compactMap { member in
      node.transport.roundTrips(to: member.id).map { (member.id.hex, $0) }
    }
    if peers.isEmpty { return }
    text.histograms(
      "etcd_network_peer_round_trip_time_seconds", "From a short message to a peer to its answer.",
      label: "To", peers.map { ($0, $1.times) })
    text.counters(
      "etcd_network_peer_sent_failures_total", "Requests to a peer that failed or were refused.",
      label: "To", peers.map { ($0, UInt64($1.figures.failures)) })
  }

  private func appendOwn(_ status: NodeStatus, to text: inout MetricsText) {
    let counts = status.counts
    text.gauge("mini_etcd_raft_term", "The current term.", status.term.rawValue)
    text.gauge("mini_etcd_raft_last_index", "The log's last index.", status.lastIndex.rawValue)
    text.gauge("mini_etcd_raft_members", "Voters.", UInt64(status.membership.voters.count))
    text.counter(
      "mini_etcd_proposals_total", "Operations clients asked for.", UInt64(counts.proposals))
    text.counter("mini_etcd_appends_sent_total", "AppendEntries sent.", UInt64(counts.appendsSent))
    text.counter(
      "mini_etcd_appends_received_total", "AppendEntries received.", UInt64(counts.appendsReceived))
    text.counter(
      "mini_etcd_snapshots_written_total", "Snapshots of this node's own.",
      UInt64(counts.snapshotsWritten))
    text.counter(
      "mini_etcd_snapshots_installed_total", "Snapshots taken over from a leader.",
      UInt64(counts.snapshotsInstalled))
    text.gauge(
      "mini_etcd_disk_full", "Whether there is no space for the log, so that no writes are taken.",
      status.isDiskFull ? 1 : 0)
    text.gauge("mini_etcd_store_index", "The last event's index.", store.storeIndex.rawValue)
    text.gauge("mini_etcd_store_keys", "Files in the store.", UInt64(store.fileCount))
    text.gauge("mini_etcd_watchers", "Waiting watchers.", UInt64(hub.count))
    text.gauge(
      "mini_etcd_clock_difference_seconds",
      "Greatest difference from another member's clock, in whole seconds.",
      UInt64(node.clocks.greatest / .seconds(1)))
    if let counts = meter.counts {
      text.gauge(
        "mini_etcd_http_connections", "Open connections, idle ones too.",
        UInt64(counts.connections))
      text.gauge(
        "mini_etcd_http_requests_running", "Requests not answered yet.",
        UInt64(counts.runningRequests))
    }
    text.histogram(
      "mini_etcd_http_request_seconds",
      "Answering a request; watchers wait as long as they like.", meter.times)
  }
}
