import Loop
import LoopSupport
import RandomSupport
import RunSupport
import Testing

@testable import HTTP

@Suite(.inTurn, .timeLimit(.minutes(10)))
struct `An input buffer` {
  @Test func `hands out the bytes in the order they came, whatever was dropped between`()
    async throws
  {
    let seed = UInt64.random(in: 0...UInt64.max)
    try await onLoop { loop in
      var random = SeededRandom(seed)
      let (near, far) = try socketPair(on: loop)
      var buffer = InputBuffer()
      var sent = 0
      var taken = 0
      var most = 0
      while taken < 300_000 {
        let piece = (0..<Int.random(in: 1...9000, using: &random)).map {
          UInt8(truncatingIfNeeded: sent + $0)
        }
        _ = try piece.withUnsafeBytes { try far.write($0) }
        sent += piece.count
        while buffer.count < sent - taken {
          try await near.readable()
          _ = try buffer.receive(from: near)
        }
        most = max(most, buffer.count)
        let count = Int.random(in: 0...buffer.count, using: &random)
        let expected = (taken..<taken + count).map { UInt8(truncatingIfNeeded: $0) }
        #expect(Array(buffer.storage[buffer.range].prefix(count)) == expected, "seed \(seed)")
        buffer.drop(count)
        taken += count
      }
      #expect(
        buffer.storage.count <= max(InputBuffer.initialBytes, 2 * most),
        "room that was used is used again")
      near.close()
      far.close()
    }
  }

  @Test func `gives up the room that holds nothing, and goes on from there`() async throws {
    try await onLoop { loop in
      let (near, far) = try socketPair(on: loop)
      var buffer = InputBuffer()
      _ = try Array("..head".utf8).withUnsafeBytes { try far.write($0) }
      try await near.readable()
      _ = try buffer.receive(from: near)
      buffer.drop(2)
      buffer.trim()
      #expect(buffer.storage == Array("head".utf8))
      _ = try Array("tail".utf8).withUnsafeBytes { try far.write($0) }
      while buffer.count < 8 {
        try await near.readable()
        _ = try buffer.receive(from: near)
      }
      #expect(String(decoding: buffer.storage[buffer.range], as: UTF8.self) == "headtail")
      near.close()
      far.close()
    }
  }

  @Test func `never changes a slice that somebody keeps`() async throws {
    try await onLoop { loop in
      let (near, far) = try socketPair(on: loop)
      var buffer = InputBuffer()
      var kept: [ArraySlice<UInt8>] = []
      for byte in UInt8(0)..<10 {
        _ = try [byte, byte].withUnsafeBytes { try far.write($0) }
        try await near.readable()
        _ = try buffer.receive(from: near)
        kept.append(buffer.storage[buffer.range])
        buffer.drop(2)
      }
      #expect(kept.map(Array.init) == (UInt8(0)..<10).map { [$0, $0] })
      near.close()
      far.close()
    }
  }
}
