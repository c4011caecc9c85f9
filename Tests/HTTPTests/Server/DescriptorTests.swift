import Glibc
import Testing

@testable import HTTP

/// How many descriptors the process has open.
private func openDescriptors() -> Int {
  guard let directory = opendir("/proc/self/fd") else { return -1 }
  defer { closedir(directory) }
  var count = 0
  while readdir(directory) != nil { count += 1 }
  return count
}

/// Takes all descriptors that the process may have, and a limit that makes them few.
private func takeAllDescriptors() -> [Int32] {
  var limit = rlimit(rlim_cur: 100, rlim_max: 100)
  setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
  var taken: [Int32] = []
  while true {
    let descriptor = dup(0)
    if descriptor < 0 { return taken }
    taken.append(descriptor)
  }
}

/// How long the calling thread has worked: what else the process does is not the server's.
private func ownMicroseconds() -> Int {
  var time = timespec()
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
  return time.tv_sec * 1_000_000 + time.tv_nsec / 1_000
}

/// Each in a process of its own: they count, or use up, all descriptors of the process.
@Suite(.timeLimit(.minutes(5)))
struct `Descriptors` {
  @Test func `are all given back after a storm of clients that leave in every way`() async {
    await #expect(processExitsWith: .success) {
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
        // The runtime opens a few for itself when it likes; a leak would be some of five hundred.
        let after = openDescriptors()
        precondition(after <= before + 8, "\(after) now, \(before) before")
      }
    }
  }

  @Test func `of a server are all given back when it has ended`() async {
    await #expect(processExitsWith: .success) {
      // The first loop makes the runtime open what it keeps.
      try await withServer(echo) { _ in }
      let before = openDescriptors()
      for polling in [false, true, false, true] {
        try await withServer(polling: polling, echo) { server in
          _ = try await server.answer(to: "GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        }
      }
      // A loop's own go with its thread, which ends soon after.
      while openDescriptors() > before { usleep(1000) }
    }
  }

  @Test func `that have run out make clients wait, and not the server spin or fail`() async {
    await #expect(processExitsWith: .success) {
      // A loop that the test does not keep awake.
      let time = ManualClock()
      let serverLoop = try EventLoop.start(polling: false) { time.time }
      let server = try Server(host: "127.0.0.1", port: 0, loops: [serverLoop], handler: echo)
      let life = Task { await server.run() }
      try await onLoop { loop in
        let inside = try await RawConnection.connect(to: server.port, on: loop)
        let leaving = try await RawConnection.connect(to: server.port, on: loop)
        await until { server.counts.connections >= 2 }
        var taken = takeAllDescriptors()
        // One for the client's end of the next connection, none for the server's.
        close(taken.removeLast())
        let late = try await RawConnection.connect(to: server.port, on: loop)
        try await late.send("GET /late HTTP/1.1\r\nHost: x\r\n\r\n")

        try await inside.send("GET /in HTTP/1.1\r\nHost: x\r\n\r\n")
        let answer = try await inside.receiveAnswer().body
        precondition(answer == "GET /in|", "those who are in are served as before")

        let before = await serverLoop.run { ownMicroseconds() }
        // Not to wait for something, but to see what the server's waiting costs.
        usleep(100_000)
        let microseconds = await serverLoop.run { ownMicroseconds() } - before
        precondition(microseconds < 10_000, "\(microseconds) of work in 100,000 of waiting")
        precondition(server.counts.connections == 2)

        leaving.close()
        let lateAnswer = try await late.receiveAnswer().body
        precondition(lateAnswer == "GET /late|", "a connection that closes makes room")

        let later = try await RawConnection.connect(to: server.port, on: loop)
        try await later.send("GET /later HTTP/1.1\r\nHost: x\r\n\r\n")
        close(taken.removeLast())
        await serverLoop.run { await time.advance(2, on: serverLoop) }
        let laterAnswer = try await later.receiveAnswer().body
        precondition(laterAnswer == "GET /later|", "so does anything else, a moment later")
        for client in [inside, late, later] { client.close() }
        for descriptor in taken { close(descriptor) }
      }
      await server.stop()
      await life.value
    }
  }

  @Test func `are raised to what the system allows`() async {
    await #expect(processExitsWith: .success) {
      var limit = rlimit()
      let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
      getrlimit(resource, &limit)
      limit.rlim_cur = min(200, limit.rlim_max)
      setrlimit(resource, &limit)
      try await withServer(echo) { _ in }
      let most = limit.rlim_max
      getrlimit(resource, &limit)
      precondition(limit.rlim_cur == most)
    }
  }
}
