import Bytes
import Foundation
import Platform
import RunSupport
import Testing

@testable import Options

@Suite(.inTurn, .timeLimit(.minutes(10))) struct LogStreamTests {
  /// Two connected descriptors, the first to read from.
  struct Ends: ~Copyable {
    let reading: Int32
    let writing: Int32

    enum Kind: CaseIterable { case pipe, socket }

    init(_ kind: Kind) {
      var ends: [Int32] = [-1, -1]
      switch kind {
      case .pipe: precondition(pipe(&ends) == 0)
      case .socket: precondition(socketpair(AF_UNIX, streamSocket, 0, &ends) == 0)
      }
      (reading, writing) = (ends[0], ends[1])
    }

    deinit {
      Platform.close(reading)
      Platform.close(writing)
    }

    /// What is there to read.
    func read() -> String {
      var bytes: [UInt8] = []
      var entry = pollfd(fd: reading, events: Int16(POLLIN), revents: 0)
      while poll(&entry, 1, 0) > 0, entry.revents & Int16(POLLIN) != 0 {
        var piece = [UInt8](repeating: 0, count: 65_536)
        let count = Foundation.read(reading, &piece, piece.count)
        guard count > 0 else { break }
        bytes += piece[..<count]
      }
      return String(decoding: bytes, as: UTF8.self)
    }
  }

  @Test(arguments: Ends.Kind.allCases, [true, false])
  func `lines that find no room are dropped and counted, and no write waits`(
    kind: Ends.Kind, reopens: Bool
  ) throws {
    let ends = Ends(kind)
    let stream = LogStream(ends.writing, reopens: reopens, clock: { 1_345_999 })
    stream.write("first")
    #expect(ends.read() == "first\n")
    // More than fits into any pipe. If a write waited for a reader, this would never end.
    for number in 0..<10_000 { stream.write("\(number) " + String(repeating: "x", count: 90)) }
    let kept = ends.read().split(separator: "\n")
    #expect(kept.count > 100 && kept.count < 10_000)
    for (number, line) in kept.enumerated() { #expect(line.hasPrefix("\(number) ")) }
    stream.write("next")
    let lost = "1970-01-01T00:00:01.345Z warn event=log_dropped lines=\(10_000 - kept.count)"
    #expect(ends.read() == "\(lost)\nnext\n")
    stream.write("last")
    #expect(ends.read() == "last\n")
  }

  @Test func `an event bears the time, and is left out below the level that is asked for`() {
    let ends = Ends(.pipe)
    let stream = LogStream(ends.writing, clock: { 1_796_011_262_345_678 })
    let lines = LogLevel.allCases.map { LogLine($0, "leader", ["term": 7]) }
    func written() -> [String] {
      for line in lines { stream.write(line) }
      return ends.read().split(separator: "\n").map(String.init)
    }
    #expect(
      written()
        == ["info", "warn", "error"].map { "2026-11-30T04:01:02.345Z \($0) event=leader term=7" })
    for (level, count) in zip(LogLevel.allCases, [4, 3, 2, 1]) {
      stream.show(from: level)
      #expect(written().count == count)
    }
  }

  @Test func `the flags of a shared descriptor stay as they are`() {
    let ends = Ends(.pipe)
    let before = fcntl(ends.writing, F_GETFL)
    LogStream(ends.writing).write("line")
    #expect(fcntl(ends.writing, F_GETFL) == before)
    #expect(ends.read() == "line\n")
  }

  @Test func `a line is cut at the limit, between characters`() {
    let ends = Ends(.pipe)
    let stream = LogStream(ends.writing)
    let most = LogStream.longestLine - 1
    for length in [most - 1, most, most + 1, most + 2] {
      stream.write(String(repeating: "x", count: length))
      #expect(ends.read() == String(repeating: "x", count: min(length, most)) + "\n")
    }
    // Two bytes each: the limit is in the middle of one.
    stream.write(String(repeating: "é", count: most))
    #expect(ends.read() == String(repeating: "é", count: most / 2) + "\n")
  }

  @Test func `a descriptor that is none loses its lines`() {
    LogStream(-1).write("line")
  }
}
