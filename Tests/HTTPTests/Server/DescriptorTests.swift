import CostSupport
import Foundation
import Loop
import LoopSupport
import Platform
import RunSupport
import Synchronization
import Testing

@testable import HTTP

/// How many descriptors the process has open.
private func openDescriptors() -> Int {
  guard let count = Platform.openDescriptorCount() else { preconditionFailure("not to be counted") }
  return count
}

/// Descriptors that the runtime opens for itself, at the most: when it first needs a timer, which
/// may be at any time. A leak in a test below is of more.
private let runtimeDescriptors = 8

#if os(Linux)
  /// Gives the calling thread a table of descriptors of its own, with the ones open now.
  ///
  /// Only in such a one can they run out and the test go on: Swift's runtime ends the process when
  /// it finds none for a timer, or for a look at its own threads (libdispatch, event_epoll.c and
  /// workqueue.c).
  private func separateDescriptors() {
    typealias Unshare = @convention(c) (Int32) -> Int32
    let cloneFiles: Int32 = 0x400
    // Glibc's module lacks it.
    let unshare = unsafeBitCast(dlsym(nil, "unshare"), to: Unshare.self)
    precondition(unshare(cloneFiles) == 0)
  }

  /// Takes all descriptors that the calling thread may have, under a limit that makes them few.
  private func takeAllDescriptors() -> [Int32] {
    limitDescriptors(to: 100, isFinal: true)
    var taken: [Int32] = []
    while true {
      let descriptor = dup(0)
      if descriptor < 0 { return taken }
      taken.append(descriptor)
    }
  }
#endif

/// How often a loop has turned.
private final class Turns: Sendable {
  let count = Atomic(0)
}

/// Each in a process of its own: they count, or use up, all descriptors of the process.
@Suite(.inTurn, .timeLimit(.minutes(10)))
struct `Descriptors` {
  @Test func `are all given back after a storm of clients that leave in every way`() async {
    await #expect(processExitsWith: .success) {
      showErrors()
      let never = Gate()
      let waiting = Answering { request, _ in
        request.cancelWhenClientLeaves()
        await never.wait()
      }
      try await withServer(waiting) { server in
        let before = openDescriptors()
        for round in 0..<50 {
          var clients: [RawConnection] = []
          for _ in 0..<10 { clients.append(try await server.connect()) }
          for (index, client) in clients.enumerated() {
            switch (index + round) % 5 {
            case 0: try await client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            case 1: try await client.send("GET / HTT")
            case 2: try await client.send("nonsense\r\n\r\n")
            case 3: client.finishSending()
            default: break
            }
          }
          for (index, client) in clients.enumerated() {
            if index % 3 == round % 3 { client.reset() } else { client.close() }
          }
          await server.wait { $0.connections == 0 }
        }
        // A leak would be some of five hundred.
        let after = openDescriptors()
        precondition(after <= before + runtimeDescriptors, "\(after) now, \(before) before")
      }
    }
  }

  @Test func `of a server are all given back when it has ended`() async {
    await #expect(processExitsWith: .success) {
      showErrors()
      let before = openDescriptors()
      for round in 0...2 * runtimeDescriptors {
        try await withServer(waiting: Waiting.allCases[round % 3], echo) { server in
          _ = try await server.answer(to: "GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        }
      }
      // A loop's own go with its thread, which ends soon after.
      while openDescriptors() > before + runtimeDescriptors { usleep(1000) }
    }
  }

  #if os(Linux)
    @Test func `that have run out make clients wait, and not the server spin or fail`() async {
      await #expect(processExitsWith: .success) {
        showErrors()
        // A loop that the test does not keep awake. It reads its clock once a turn.
        let time = ManualClock()
        let turns = Turns()
        let serverLoop = try EventLoop.start(waiting: .queue) {
          turns.count.add(1, ordering: .relaxed)
          return time.time
        }
        let server = try Server(host: "127.0.0.1", port: 0, loops: [serverLoop], handler: echo)
        await serverLoop.run { separateDescriptors() }
        let life = Task { await server.run() }
        try await onLoop { loop in
          let inside = try await RawConnection.connect(to: server.port, on: loop)
          let leaving = try await RawConnection.connect(to: server.port, on: loop)
          await until { server.counts.connections >= 2 }
          let taken = await serverLoop.run { takeAllDescriptors() }
          let late = try await RawConnection.connect(to: server.port, on: loop)
          try await late.send("GET /late HTTP/1.1\r\nHost: x\r\n\r\n")

          try await inside.send("GET /in HTTP/1.1\r\nHost: x\r\n\r\n")
          let answer = try await inside.receiveAnswer().body
          precondition(answer == "GET /in|", "those who are in are served as before")

          let before = turns.count.load(ordering: .relaxed)
          // Not to wait for something, but to see what the server's waiting costs: a loop that
          // spins turns thousands of times meanwhile.
          usleep(100_000)
          let turned = turns.count.load(ordering: .relaxed) - before
          precondition(turned < 50, "\(turned) turns without anything to do")
          precondition(server.counts.connections == 2)

          leaving.close()
          let lateAnswer = try await late.receiveAnswer().body
          precondition(lateAnswer == "GET /late|", "a connection that closes makes room")

          let later = try await RawConnection.connect(to: server.port, on: loop)
          try await later.send("GET /later HTTP/1.1\r\nHost: x\r\n\r\n")
          await serverLoop.run {
            Platform.close(taken[0])
            await time.advance(2, on: serverLoop)
          }
          let laterAnswer = try await later.receiveAnswer().body
          precondition(laterAnswer == "GET /later|", "so does anything else, a moment later")
          for client in [inside, late, later] { client.close() }
        }
        await server.stop()
        await life.value
      }
    }
  #endif

  @Test func `are raised to what the system allows`() async {
    await #expect(processExitsWith: .success) {
      showErrors()
      let most = UInt64(raiseDescriptorLimit())
      limitDescriptors(to: min(200, most), isFinal: false)
      try await withServer(echo) { _ in }
      precondition(descriptorLimit() == most)
    }
  }
}
