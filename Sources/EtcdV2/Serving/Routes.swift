public import HTTP
internal import JSON
internal import Store

extension Router {
  /// Adds etcd's v2 API. To be complete it must be served through an ``EntryHandler``:
  ///
  /// ```swift
  /// var router = Router()
  /// router.addKeyRoutes(store, changedBy: proposer)
  /// router.addEtcdRoutes(services)
  /// let server = try Server(..., handler: EntryHandler(router))
  /// ```
  ///
  /// | path | what |
  /// | --- | --- |
  /// | `/v2/keys` and below | ``KeysHandler`` |
  /// | `/v2/members` and below | ``MembersHandler`` |
  /// | `/v2/machines` | where clients may go |
  /// | `/members` | the members, as etcd lists them at its peer URL |
  /// | `/v2/stats/self`, `leader`, `store` | ``StatisticsRoutes`` |
  /// | `/v2/auth` and below | ``AuthHandler`` |
  /// | `/version` | which etcd this behaves like |
  /// | everything else | 404 |
  public mutating func addEtcdRoutes(_ services: EtcdServices) {
    let statistics = KeyStatistics()
    let eventTimes = EventTimes(services.time)
    services.store.observe(statistics)
    services.store.observe(eventTimes)
    mount("/v2/keys", KeysHandler(services, counting: statistics, eventTimes: eventTimes))
    mount("/v2/members", MembersHandler(services.cluster))
    mount("/v2/auth", AuthHandler(services.cluster))
    addMachines(services.cluster)
    addPeerMembers(services.cluster)
    addStatistics(services, of: statistics)
    addVersion()
    mount("", UnknownPathHandler())
  }

  private mutating func addMachines(_ cluster: any ClusterView) {
    mount(
      "/v2/machines",
      Endpoint("/v2/machines", [.get, .head], allow: "GET,HEAD") { response in
        let urls = cluster.members.flatMap(\.clientURLs).sorted()
        response.body.append(contentsOf: urls.joined(separator: ", ").utf8)
      })
  }

  /// See ``EtcdVersion``.
  private mutating func addVersion() {
    mount(
      "/version",
      Endpoint("/version", [.get], allow: "GET") { response in
        response.contentType = .json
        let (server, cluster) = (EtcdVersion.server, EtcdVersion.cluster)
        response.body.append(
          contentsOf: "{\"etcdserver\":\"\(server)\",\"etcdcluster\":\"\(cluster)\"}".utf8)
      })
  }
}

/// Answers every request without a route.
private struct UnknownPathHandler: Handler {
  func respond(to request: Request, with response: Response) async throws {
    response.refuse(.notFound, "404 page not found")
  }
}
