import CostSupport
import HTTP
import RunSupport
import ServingSupport
import Store
import Testing

/// What an event may cost that many wait for.
@Suite(.inTurn, .timeLimit(.minutes(10))) struct CostTests {
  // 830 MB, when each watcher had a line of its own.
  @Test(arguments: ["", "&stream=true"])
  func `a large event is encoded once for all its watchers`(mode: String) async {
    await #expect(processExitsWith: .success) { [mode] in
      showErrors()
      try await withEtcd { serving, ours async throws in
        try await withThrowingTaskGroup(of: Void.self) { group in
          group.addTask(executorPreference: serving.loop) {
            var watchers: [ClientConnection] = []
            for _ in 0..<200 {
              let watcher = try await serving.connect()
              try await watcher.send(Question("GET /big?wait=true\(mode)").request(in: ""))
              _ = try await watcher.receiveHead()
              watchers.append(watcher)
            }
            let before = try Memory.peak
            _ = ours.store.applyNext(Put(try path("/big"), Array(repeating: 0x76, count: 4 << 20)))
            // Who has had a piece of it has been told, and the rest waits for it.
            for watcher in watchers { #expect(try await watcher.nextPiece() != nil) }
            #expect(try Memory.peak - before < 200 << 20)
            for watcher in watchers { watcher.close() }
          }
          try await group.waitForAll()
        }
      }
    }
  }
}
