import Foundation
import HTTP
import RunSupport
import ServingSupport
import Store
import Testing

@testable import WAL

/// `snapshot save` and `snapshot status`, against servers that fail in one way or another.
@Suite(.inTurn, .timeLimit(.minutes(10))) struct BackupCommandTests {
  /// Answers with a stream, which it may leave unfinished.
  private struct Giving: Handler {
    let bytes: [UInt8]
    var isFinished = true

    func respond(to request: Request, with response: Response) async throws {
      let stream = try await response.stream()
      for start in stride(from: 0, to: bytes.count, by: 100) {
        try await stream.write(Array(bytes[start..<min(start + 100, bytes.count)]))
      }
      if isFinished { stream.finish() }
    }
  }

  private struct Refusing: Handler {
    let error: HTTPError
    func respond(to request: Request, with response: Response) async throws { throw error }
  }

  private static func backup() async throws -> [UInt8] {
    let store = KeyValueStore()
    for index in 1...20 {
      let path = try Path(logged: Array("/k\(index)".utf8)[...])
      _ = store.apply(Put(path, Array("\(index)".utf8)), at: LogIndex(UInt64(index)))
    }
    let stream = BackupStream(of: CapturedState(store, []), term: Term(1))
    var bytes: [UInt8] = []
    while let piece = await stream.next() { bytes += piece }
    return bytes
  }

  private let directory = FileManager.default.temporaryDirectory
    .appending(path: "mini-etcd-\(UUID().uuidString)")
  private var file: String { directory.appending(path: "b").path() }
  private var names: [String] {
    (try? FileManager.default.contentsOfDirectory(atPath: directory.path())) ?? []
  }

  /// Saves from each handler's server in turn, in a directory that goes afterwards.
  private func save(
    _ handlers: [any Handler], _ check: (Printed) async throws -> Void
  ) async throws {
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: directory) }
    try await serve(handlers[...], [], check)
  }

  private func serve(
    _ handlers: ArraySlice<any Handler>, _ ports: [UInt16],
    _ check: (Printed) async throws -> Void
  ) async throws {
    guard let handler = handlers.first else {
      return try await check(await run(["snapshot", "save", file], on: ports))
    }
    try await withServing(handler) { serving async throws in
      try await serve(handlers.dropFirst(), ports + [serving.server.port], check)
    }
  }

  @Test func `a whole backup is saved, and told of as status does`() async throws {
    let bytes = try await Self.backup()
    try await save([Giving(bytes: bytes)]) { saved in
      #expect(saved.status == 0 && saved.lines.count == 1, "\(saved)")
      #expect(saved.lines[0].hasPrefix("\(file): index=20 keys=20 directories=0 lines=21 bytes="))
      #expect(await run(["snapshot", "status", file], on: []) == saved)
      #expect(FileManager.default.contents(atPath: file) == Data(bytes) && names == ["b"])
    }
  }

  @Test func `an answer that ends early leaves no file, and no other server is asked`()
    async throws
  {
    let bytes = try await Self.backup()
    let cut = Giving(bytes: Array(bytes.dropLast(50)), isFinished: false)
    try await save([cut, Giving(bytes: bytes)]) { saved in
      #expect(saved.status == 1 && saved.complaint.contains("127.0.0.1:"), "\(saved)")
      #expect(names.isEmpty)
    }
  }

  @Test func `what is no whole backup leaves no file`() async throws {
    let bytes = try await Self.backup()
    var changed = bytes
    changed[bytes.count / 2] ^= 1
    for wrong in [changed, Array(bytes.dropLast(50)), Array("<html>".utf8), []] {
      try await save([Giving(bytes: wrong)]) { saved in
        #expect(saved.status == 4 && saved.complaint.contains(file), "\(saved)")
        #expect(names.isEmpty)
      }
    }
  }

  @Test func `a server that can give none is passed over`() async throws {
    let bytes = try await Self.backup()
    let busy = Refusing(error: HTTPError(.serviceUnavailable, "there is no leader"))
    try await save([busy, Giving(bytes: bytes)]) { saved in
      #expect(saved.status == 0 && names == ["b"], "\(saved)")
    }
    try await save([busy, busy]) { saved in
      #expect(saved.status == 1 && names.isEmpty, "\(saved)")
      #expect(saved.complaint.split(separator: ";").count == 2, "\(saved)")
      #expect(saved.complaint.hasSuffix("status 503: there is no leader"), "\(saved)")
    }
  }

  @Test func `a refusal is final`() async throws {
    let refusing = Refusing(error: HTTPError(.unauthorized, "the token is wrong"))
    try await save([refusing, Giving(bytes: try await Self.backup())]) { saved in
      #expect(saved.status == 4 && names.isEmpty, "\(saved)")
      #expect(saved.complaint.hasSuffix("status 401: the token is wrong"), "\(saved)")
    }
  }

  @Test(arguments: [["snapshot", "save"], ["snapshot", "restore", "x"], ["snapshot"]])
  func `other words are wrong usage`(words: [String]) async {
    let result = await run(words, on: [])
    #expect(result.status == 2 && result.complaint.hasPrefix("usage: mini-etcdctl snapshot "))
  }
}
