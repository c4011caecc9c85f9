import HTTP
import RunSupport
import ServingSupport
import Testing

@Suite(.inTurn, .timeLimit(.minutes(10))) struct KeyStatisticsTests {
  /// What each request counts, oddities included (fact 57).
  @Test(arguments: [
    ("GET /a", "getsSuccess"), ("HEAD /a", "getsSuccess"), ("GET /none", "getsFail"),
    ("PUT /a value=2", "setsSuccess"), ("PUT /d value=2", "setsFail"),
    ("PUT @/v2/keys value=1", "setsFail"), ("PUT /a/x value=1", "setsFail"),
    ("DELETE /a", "deleteSuccess"), ("DELETE /none", "deleteFail"), ("DELETE /d", "deleteFail"),
    ("DELETE @/v2/keys?dir=true", "deleteSuccess"),
    ("PUT /a value=2 prevExist=true", "updateSuccess"),
    ("PUT /none prevExist=true", "updateFail"), ("PUT /d value=1 prevExist=true", "updateSuccess"),
    ("PUT @/v2/keys prevExist=true", "updateSuccess"),
    ("PUT /b prevExist=false", "createSuccess"), ("POST /q", "createSuccess"),
    ("PUT /a prevExist=false", "createFail"),
    ("PUT /a/x prevExist=false", "setsFail createFail"), ("POST /a", "setsFail createFail"),
    ("PUT /a prevValue=1", "compareAndSwapSuccess"), ("PUT /a prevValue=2", "compareAndSwapFail"),
    ("PUT /d prevValue=2", "compareAndSwapFail"), ("PUT /none prevValue=2", "compareAndSwapFail"),
    ("PUT @/v2/keys prevValue=1", "compareAndSwapSuccess"),
    ("DELETE /a?prevValue=1", "compareAndDeleteSuccess"),
    ("DELETE /a?prevValue=2", "compareAndDeleteSuccess"),
    ("DELETE /d?prevValue=2", "compareAndDeleteSuccess"),
    ("DELETE /none?prevValue=2", "compareAndDeleteFail"), ("PUT /a ttl=x", ""),
  ])
  func `fact 57: each request counts as in etcd`(line: String, counted: String) async throws {
    try await withEtcd { serving, _ async throws in
      _ = try await serving.ask("PUT /a value=1")
      _ = try await serving.ask("PUT /d/k value=1")
      let before = try await counts(serving)
      _ = try await serving.ask(line)
      let after = try await counts(serving)
      let changed = zip(before, after).filter { $0.1 != $1.1 }
      #expect(changed.map(\.1.0).joined(separator: " ") == counted)
    }
  }

  @Test func `fact 57: the counts have etcd's names and order`() async throws {
    try await withEtcd { serving, _ async throws in
      let names = try await counts(serving).map(\.0)
      #expect(
        names == [
          "getsSuccess", "getsFail", "setsSuccess", "setsFail", "deleteSuccess", "deleteFail",
          "updateSuccess", "updateFail", "createSuccess", "createFail", "compareAndSwapSuccess",
          "compareAndSwapFail", "compareAndDeleteSuccess", "compareAndDeleteFail", "expireCount",
          "watchers",
        ])
    }
  }

  private func counts(_ serving: Serving) async throws -> [(String, String)] {
    let body = try await serving.body("GET @/v2/stats/store")
    return body.matches(of: #/"(\w+)":(\d+)/#).map { (String($0.1), String($0.2)) }
  }
}
