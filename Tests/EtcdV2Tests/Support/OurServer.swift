import EtcdSupport
import EtcdV2
import HTTP
import HTTPAPI
import Store
import Timeout
import Watch

/// A store with etcd's routes, for the time of a test.
struct OurServer: Sendable {
  let store = KeyValueStore()
  let hub: WatchHub
  let services: EtcdServices
  let handler: EntryHandler
  let expirer: Expirer<ContinuousClock>

  /// A fresh etcd stands at index 3; so does this, and both then give the same indexes.
  ///
  /// - Parameter clientURL: where its only member says that clients reach it.
  init(time: any TimeSource, clientURL: String = "http://127.0.0.1:2379") throws {
    for _ in 0..<2 { _ = store.applyNext(Put(try path("/start"), [])) }
    _ = store.applyNext(Delete(try path("/start")))
    hub = WatchHub(observing: store)
    let proposer = DirectProposer(store, time: time)
    services = EtcdServices(
      store: store, proposer: proposer, hub: hub,
      cluster: LoneNode(
        clusterID: 0xc0ff_ee00,
        member: Member(
          id: 0x8e9e_05c5_2164_694d, name: "default", peerURLs: ["http://127.0.0.1:2380"],
          clientURLs: [clientURL]),
        store: store, startTime: time.now),
      time: time)
    var router = Router()
    router.add("/health", .get, answer: HealthHandler(time: time).respond)
    router.addEtcdRoutes(services)
    handler = EntryHandler(router)
    expirer = Expirer(store, proposer, time: time, clock: ContinuousClock())
  }
}

func path(_ text: String) throws -> Path { try Path(Array(text.utf8)) }
