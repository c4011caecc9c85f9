internal import Bytes
internal import HTTP
internal import JSON
internal import Store
internal import Synchronization
internal import Watch

// `/v2/stats`: what etcd's clients and dashboards read.

extension Router {
  mutating func addStatistics(_ services: EtcdServices, of keys: KeyStatistics) {
    mountStatistics("/v2/stats/self") { response in
      response.contentType = .json
      response.body.append(services.cluster.nodeStatistics, at: services.time.now)
    }
    mountStatistics("/v2/stats/leader") { response in
      guard let followers = services.cluster.followers, let leader = services.cluster.leader else {
        return response.refuse(.forbidden, message: "not current leader")
      }
      response.contentType = .json
      response.body.append(followers, of: leader.id)
    }
    mountStatistics("/v2/stats/store") { response in
      response.contentType = .json
      response.body.append(keys, watchers: services.hub.count)
    }
  }

  private mutating func mountStatistics(
    _ path: StaticString, answer: @escaping @Sendable (Response) -> Void
  ) {
    mount(path, Endpoint(path, [.get], allow: "GET", answer: answer))
  }
}

extension [UInt8] {
  fileprivate mutating func append(_ node: NodeStatistics, at now: Timestamp) {
    append("{\"name\":")
    append(jsonString: Array(node.name.utf8))
    append(",\"id\":\"")
    append(hex: node.id)
    append("\",\"state\":\"")
    append(contentsOf: node.role.rawValue.utf8)
    append("\",\"startTime\":\"")
    append(rfc3339: node.startTime.microseconds)
    append("\",\"leaderInfo\":{\"leader\":\"")
    if let leader = node.leader { append(hex: leader) }
    append("\",\"uptime\":\"")
    let uptime = Duration.microseconds(now.microseconds - node.leaderSince.microseconds)
    append(contentsOf: uptime.text.utf8)
    append("\",\"startTime\":\"")
    append(rfc3339: node.leaderSince.microseconds)
    append("\"},\"recvAppendRequestCnt\":")
    append(decimal: node.receivedAppends)
    append(",\"sendAppendRequestCnt\":")
    append(decimal: node.sentAppends)
    append("}")
  }

  fileprivate mutating func append(_ followers: [FollowerStatistics], of leader: UInt64) {
    append("{\"leader\":\"")
    append(hex: leader)
    append("\",\"followers\":{")
    for (i, follower) in followers.enumerated() {
      append(i == 0 ? "\"" : ",\"")
      append(hex: follower.id)
      append("\":{\"latency\":{\"current\":")
      let latency = follower.latency
      append(latency.current)
      append(",\"average\":")
      append(latency.average)
      append(",\"standardDeviation\":")
      append(latency.standardDeviation)
      append(",\"minimum\":")
      append(latency.minimum)
      append(",\"maximum\":")
      append(latency.maximum)
      append("},\"counts\":{\"fail\":")
      append(decimal: follower.failures)
      append(",\"success\":")
      append(decimal: follower.successes)
      append("}}")
    }
    append("}}")
  }

  private mutating func append(_ milliseconds: Double) {
    append(contentsOf: "\(milliseconds)".utf8)
  }

  fileprivate mutating func append(_ keys: borrowing KeyStatistics, watchers: Int) {
    append(count: "{\"getsSuccess\":", keys.getSuccesses)
    append(count: ",\"getsFail\":", keys.getFailures)
    append(count: ",\"setsSuccess\":", keys.setSuccesses)
    append(count: ",\"setsFail\":", keys.setFailures)
    append(count: ",\"deleteSuccess\":", keys.deleteSuccesses)
    append(count: ",\"deleteFail\":", keys.deleteFailures)
    append(count: ",\"updateSuccess\":", keys.updateSuccesses)
    append(count: ",\"updateFail\":", keys.updateFailures)
    append(count: ",\"createSuccess\":", keys.createSuccesses)
    append(count: ",\"createFail\":", keys.createFailures)
    append(count: ",\"compareAndSwapSuccess\":", keys.compareAndSwapSuccesses)
    append(count: ",\"compareAndSwapFail\":", keys.compareAndSwapFailures)
    append(count: ",\"compareAndDeleteSuccess\":", keys.compareAndDeleteSuccesses)
    append(count: ",\"compareAndDeleteFail\":", keys.compareAndDeleteFailures)
    append(count: ",\"expireCount\":", keys.expirations)
    append(",\"watchers\":")
    append(decimal: watchers)
    append("}")
  }

  private mutating func append(count name: StaticString, _ count: borrowing Atomic<Int>) {
    append(name)
    append(decimal: count.load(ordering: .relaxed))
  }
}
