import HTTP
import Loop
import RunSupport
import ServingSupport
import Store
import Testing

@testable import EtcdV2

/// Listings of many megabytes: nobody waits for them, and they are never in memory as a whole.
@Suite(.inTurn, .timeLimit(.minutes(10))) struct LongListingTests {
  /// Keys with so many bytes of values in all, in directories of a hundred.
  private func fill(_ store: KeyValueStore, bytes: Int) throws {
    for number in 0..<bytes / 1_000 {
      let key = try path("/big/\(number / 100)/\(number)")
      _ = store.applyNext(Put(key, [UInt8](repeating: UInt8(ascii: "v"), count: 1_000)))
    }
  }

  private func listing(_ store: KeyValueStore) throws -> Listing {
    let root = try path("/")
    return Listing(
      try store.get(root).node, at: root, recursive: true, now: Timestamp(microseconds: 0))
  }

  @Test func `the pieces of a listing, whatever their size, are the listing`() throws {
    let store = KeyValueStore()
    try fill(store, bytes: 20_000)
    for key in ["/a", "/_hidden/x", "/b/c/d/e", "/b/_x", "/f"] {
      _ = store.applyNext(Put(try path(key), Array("1".utf8)))
    }
    var whole: [UInt8] = []
    var listing = try listing(store)
    #expect(listing.write(to: &whole, upTo: .max))
    for size in [1, 7, 100, 1_001, 5_000, whole.count - 1, whole.count, whole.count + 1] {
      var listing = try self.listing(store)
      var bytes: [UInt8] = []
      var isComplete = false
      while !isComplete {
        var piece: [UInt8] = []
        isComplete = listing.write(to: &piece, upTo: size)
        // Exceeded by an entry of a thousand bytes and what stands around it.
        #expect(piece.count < size + 1_200)
        bytes += piece
      }
      #expect(bytes == whole, "in pieces of \(size)")
    }
  }

  @Test func `a long listing comes in chunks, a short one with its length`() async throws {
    try await withEtcd { serving, ours async throws in
      let short = try await serving.ask("GET ?recursive=true")
      #expect(short.text(of: "content-length") == "\(short.body.count)")
      try fill(ours.store, bytes: 400_000)
      let long = try await serving.ask("GET ?recursive=true")
      #expect(long.text(of: "transfer-encoding") == "chunked")
      #expect(long.text(of: "content-length") == nil)
      #expect(long.text(of: "x-etcd-index") == "403")
      #expect(long.body.count > 400_000 && long.text.hasSuffix("]}}\n"))
      let head = try await serving.ask("HEAD ?recursive=true")
      #expect(head.text(of: "content-length") == nil)
      #expect(head.text(of: "x-etcd-index") == "403" && head.body.isEmpty)
      // The connection goes on.
      #expect(try await serving.ask("GET /big/0/0").status == .ok)
    }
  }

  @Test func `what is written and removed while a listing is read does not show in it`()
    async throws
  {
    try await withEtcd { serving, ours async throws in
      try fill(ours.store, bytes: 8_000_000)
      let before = try await serving.body("GET ?recursive=true")
      try await serving.loop.run {
        let reader = try await serving.connect()
        defer { reader.close() }
        reader.expire(after: Serving.patience)
        try await reader.send(Question("GET ?recursive=true").request(in: ""))
        #expect(try await reader.receiveHead().status == .ok)
        // Most of it is still to come: the system keeps less for a reader that does not read.
        _ = try await serving.ask("DELETE /big?recursive=true")
        _ = try await serving.ask("PUT /a value=1")
        var body: [UInt8] = []
        while let piece = try await reader.nextPiece() { body += piece }
        #expect(String(decoding: body, as: UTF8.self) == before)
      }
      #expect(try await !serving.body("GET ?recursive=true").contains("/big"))
    }
  }
}
