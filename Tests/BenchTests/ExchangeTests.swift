import HTTP
import RunSupport
import Testing

@testable import mini_etcd_bench

/// What is sent for a key, and which answers count as right.
@Suite(.inTurn, .timeLimit(.minutes(10))) struct ExchangeTests {
  @Test func `the course's write is a POST of JSON`() {
    var put = API.course.put(valueBytes: 10)
    put.turn(to: 42)
    #expect(put.request.method == .post)
    #expect(text(put.request.target) == "/put")
    #expect(text(put.request.body) == #"{"key":"bench/00000042","value":"00000042vv"}"#)
    #expect(accepts(put, 200, "OK"))
    #expect(accepts(put, 200, "OK\n"))
    #expect(!accepts(put, 200, "OK, but"))
    #expect(!accepts(put, 503, "OK"))
  }

  @Test func `etcd's write is a form`() {
    var put = API.v2.put(valueBytes: 3)
    put.turn(to: 99_999_999)
    #expect(put.request.method == .put)
    #expect(text(put.request.target) == "/v2/keys/bench/99999999")
    #expect(text(put.request.body) == "value=vvv")
    let answer =
      #"{"action":"set","node":{"key":"/bench/99999999","value":"vvv","modifiedIndex":4}}"#
    #expect(accepts(put, 200, answer))
    #expect(accepts(put, 201, answer))
    #expect(!accepts(put, 500, answer))
  }

  @Test(arguments: [
    (API.course, #"{"key":"bench/00000007","value":"00000007","found":true}"#),
    (API.v2, #"{"action":"get","node":{"key":"/bench/00000007","value":"00000007","modified"#),
  ])
  func `a read is right only with the key's own value`(_ api: API, _ answer: String) {
    var get = api.get(valueBytes: 8)
    get.turn(to: 7)
    #expect(accepts(get, 200, answer))
    #expect(!accepts(get, 404, answer))
    #expect(!accepts(get, 200, String(answer.dropLast(10))))
    get.turn(to: 8)
    #expect(!accepts(get, 200, answer))
    get.turn(to: 7)
    #expect(accepts(get, 200, answer))
  }

  @Test func `a quorum is asked for in etcd's words alone`() {
    #expect(text(API.v2.get(valueBytes: 1, quorum: true).request.target).hasSuffix("?quorum=true"))
    #expect(!text(API.course.get(valueBytes: 1, quorum: true).request.target).contains("quorum"))
  }

  @Test func `a listing is right only with all of the children`() {
    let listing = ListingLoad(children: 2, valueBytes: 3)
    #expect(text(listing.get.request.target) == "/v2/keys/bench-list?recursive=true")
    let beginning = #"{"action":"get","node":{"key":"/bench-list","dir":true,"nodes":["#
    let child = #"{"key":"/bench-list/00000001","value":"vvv","modifiedIndex":4,"createdIndex":4}"#
    #expect(accepts(listing.get, 200, beginning + child + "," + child + "]}}"))
    #expect(!accepts(listing.get, 200, beginning + child + "]}}"))
    #expect(!accepts(listing.get, 404, beginning + child + "," + child + "]}}"))
    var put = listing.put
    put.turn(to: 1)
    #expect(text(put.request.target) == "/v2/keys/bench-list/00000001")
    #expect(accepts(put, 201, #"{"action":"set","node":"# + child))
  }

  @Test(arguments: [
    (API.course, "/watch?key=bench/00000000"), (API.v2, "/v2/keys/bench/00000000?wait=true"),
  ])
  func `a watch asks for one key`(_ api: API, _ target: String) {
    var watch = api.watch(valueBytes: 8)
    watch.turn(to: 0)
    #expect(text(watch.request.target) == target)
  }

  @Test func `a fixed answer may say anything`() {
    let get = API.fixed.get(valueBytes: 8)
    #expect(accepts(get, 200, ""))
    #expect(accepts(get, 200, "welcome"))
    #expect(!accepts(get, 404, "welcome"))
  }

  private func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

  private func accepts(_ exchange: CheckedRequest, _ status: Int, _ body: String) -> Bool {
    exchange.accepts(Status(status), Array(body.utf8)[...])
  }
}
