import HTTP
import JSON
import Raft
import Store
import Watch

/// `GET /metrics`: the node's figures in Prometheus' text format.
struct MetricsHandler: Handler {
  let node: ClusterNode
  let store: KeyValueStore
  let hub: WatchHub
  let meter: RequestMeter

  func respond(to request: Request, with response: Response) async throws {
    let status = node.status
    var text = MetricsText()
    text.gauge("raft_term", "The present term.", status.term.rawValue)
    text.gauge("raft_is_leader", "Whether this node leads.", status.role == .leader ? 1 : 0)
    text.gauge("raft_has_leader", "Whether a leader is known.", status.leader == nil ? 0 : 1)
    text.gauge("raft_last_index", "The log's last index.", status.lastIndex.rawValue)
    text.gauge("raft_commit_index", "Committed up to here.", status.commitIndex.rawValue)
    text.gauge("raft_applied_index", "Applied up to here.", status.appliedIndex.rawValue)
    text.gauge("raft_members", "Voters.", UInt64(status.membership.voters.count))
    text.counter("raft_leader_changes_total", "Leaders recognised.", status.leaderChanges)
    text.counter("proposals_total", "Operations clients asked for.", status.counts.proposals)
    text.counter("proposals_failed_total", "Of those, not ordered.", status.counts.failedProposals)
    text.gauge("proposals_waiting", "Not answered yet.", UInt64(status.waitingProposals))
    text.counter("appends_sent_total", "AppendEntries sent.", status.counts.appendsSent)
    text.counter("appends_received_total", "And received.", status.counts.appendsReceived)
    text.counter("snapshots_written_total", "Of this node's own.", status.counts.snapshotsWritten)
    text.counter(
      "snapshots_installed_total", "From a leader.", status.counts.snapshotsInstalled)
    text.gauge("store_index", "The last event's index.", store.storeIndex.rawValue)
    text.gauge("store_keys", "Files in the store.", UInt64(store.fileCount))
    text.gauge("watchers", "Waiting watchers.", UInt64(hub.count))
    if let counts = meter.counts {
      text.gauge("http_connections", "Open, idle ones too.", UInt64(counts.connections))
      text.gauge("http_requests_running", "Not answered yet.", UInt64(counts.runningRequests))
    }
    text.histogram(
      "http_request_seconds", "Answering a request; watchers wait as long as they like.",
      meter.times)
    text.histogram("wal_sync_seconds", "Writing and syncing a batch.", node.syncTimes)
    response.body = text.bytes
  }
}

/// Prometheus' text format, version 0.0.4: for each figure what it is, of which kind, and the value.
struct MetricsText {
  private(set) var bytes: [UInt8] = []

  mutating func gauge(_ name: StaticString, _ help: StaticString, _ value: UInt64) {
    head(name, help, "gauge")
    sample(name, "", value)
  }

  mutating func counter(_ name: StaticString, _ help: StaticString, _ value: Int) {
    head(name, help, "counter")
    sample(name, "", UInt64(value))
  }

  mutating func histogram(_ name: StaticString, _ help: StaticString, _ histogram: Histogram) {
    head(name, help, "histogram")
    let totals = histogram.totals
    for (bound, count) in zip(Histogram.bounds, totals.upTo) {
      let seconds = Double(bound) / 1_000_000
      sample(name, "_bucket{le=\"\(seconds)\"}", count)
    }
    sample(name, "_bucket{le=\"+Inf\"}", totals.count)
    let (seconds, attoseconds) = totals.sum.components
    line(name, "_sum", "\(Double(seconds) + Double(attoseconds) / 1e18)")
    sample(name, "_count", totals.count)
  }

  private mutating func head(_ name: StaticString, _ help: StaticString, _ kind: StaticString) {
    bytes.append(contentsOf: "# HELP mini_etcd_\(name) \(help)\n".utf8)
    bytes.append(contentsOf: "# TYPE mini_etcd_\(name) \(kind)\n".utf8)
  }

  private mutating func sample(_ name: StaticString, _ suffix: String, _ value: UInt64) {
    line(name, suffix, "\(value)")
  }

  private mutating func line(_ name: StaticString, _ suffix: String, _ value: String) {
    bytes.append(contentsOf: "mini_etcd_\(name)\(suffix) \(value)\n".utf8)
  }
}
