import CostSupport
import HTTP
import RunSupport
import ServingSupport
import Store
import Testing

@Suite(.inTurn, .timeLimit(.minutes(10))) struct KeyLimitTests {
  @Test(arguments: LimitKeys.taken)
  func `every method takes a key at the limits`(key: String) async throws {
    try await withEtcd { serving, _ async throws in
      #expect(try await serving.ask("PUT /\(key) value=1").status == .created)
      #expect(try await serving.body("GET /\(key)").contains(#""key":"/\#(key)","value":"1""#))
      #expect(try await serving.ask("GET /\(key)?wait=true&waitIndex=4").status == .ok)
      #expect(try await serving.ask("DELETE /\(key)").status == .ok)
    }
  }

  @Test(arguments: LimitKeys.refused)
  func `every method refuses a key past a limit`(key: String, reason: String) async throws {
    try await withEtcd { serving, ours async throws in
      let before = ours.store.appliedIndex
      let body =
        #"{"errorCode":209,"message":"Invalid field","cause":"\#(reason)","index":0}"# + "\n"
      for line in [
        "GET /\(key)", "GET /\(key)?wait=true", "GET /\(key)?quorum=true", "PUT /\(key) value=1",
        "PUT /\(key) dir=true", "PUT /\(key) value=1 prevExist=true",
        "PUT /\(key) value=1 prevValue=0", "DELETE /\(key)", "DELETE /\(key)?recursive=true",
        "DELETE /\(key)?prevIndex=1",
      ] {
        let answer = try await serving.ask(line)
        #expect(answer.status == .badRequest && answer.text == body, "\(line.prefix(20))")
        #expect(answer.text(of: "x-etcd-index") == "0")
      }
      #expect(try await serving.ask("HEAD /\(key)").status == .badRequest)
      #expect(ours.store.appliedIndex == before, "nothing was proposed")
    }
  }

  @Test func `with POST the name that is made counts`() async throws {
    try await withEtcd { serving, _ async throws in
      let long = String(repeating: "k", count: 4_096 - 21)
      for (taken, refused) in [(long, long + "k"), (LimitKeys.nested(255), LimitKeys.deep)] {
        #expect(try await serving.ask("POST /\(taken) value=1").status == .created)
        #expect(try await serving.ask("POST /\(refused) value=1").status == .badRequest)
        #expect(try await serving.ask("GET /\(refused)").status == .notFound)
      }
    }
  }
}
