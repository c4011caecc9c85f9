import Foundation
import RunSupport
import Synchronization

/// A browser without a window, told what to do over two pipes (the DevTools protocol: JSON
/// messages, each with a zero byte at its end).
final class Browser: Sendable {
  /// Debian calls it chromium; nil if there is none.
  static let program: String? = ["chromium", "chromium-browser", "google-chrome"]
    .map { "/usr/bin/\($0)" }.first { FileManager.default.isExecutableFile(atPath: $0) }

  // Sendable: only started and ended.
  private let process = Process()
  private let input = Pipe()
  private let profile: ScratchDirectory
  private let state = Mutex(State())

  private struct State {
    var lastNumber = 0
    var waiting: [Int: CheckedContinuation<Answer, Never>] = [:]
    var complaints: [String] = []
    var session: String?
    var hasEnded = false
  }

  private enum Answer: Sendable {
    /// The result, as JSON.
    case result(Data)
    case failure(String)
  }

  struct Failure: Error, CustomStringConvertible {
    let description: String
  }

  /// Starts it with one empty page.
  init() async throws {
    profile = try ScratchDirectory()
    let output = Pipe()
    process.executableURL = URL(filePath: "/bin/sh")
    // It reads commands from descriptor 3 and answers on 4.
    process.arguments = [
      "-c", #"exec "$0" "$@" 3<&0 4>&1 </dev/null >/dev/null 2>/dev/null"#,
      Browser.program ?? "/nowhere", "--headless=new", "--no-sandbox", "--disable-gpu",
      "--no-first-run", "--disable-dev-shm-usage", "--user-data-dir=\(profile.path)",
      "--remote-debugging-pipe", "about:blank",
    ]
    process.standardInput = input
    process.standardOutput = output
    try withoutBlockedSignals { try process.run() }
    let reading = output.fileHandleForReading
    Thread.detachNewThread { [weak self] in
      var received = Data()
      while true {
        let piece = reading.availableData
        if piece.isEmpty { break }
        received.append(piece)
        while let end = received.firstIndex(of: 0) {
          self?.take(received[..<end])
          received = received[received.index(after: end)...]
        }
      }
      self?.end()
    }
    let target =
      try await call("Target.createTarget", ["url": "about:blank"])["targetId"] as? String
    let attached = try await call(
      "Target.attachToTarget", ["targetId": target ?? "", "flatten": true])
    let session = attached["sessionId"] as? String
    state.withLock { $0.session = session }
    for name in ["Page.enable", "Runtime.enable"] { _ = try await call(name, [:]) }
  }

  deinit { if process.isRunning { Foundation.kill(process.processIdentifier, SIGKILL) } }

  /// What the page's scripts have failed with.
  var complaints: [String] { state.withLock { $0.complaints } }

  func open(_ address: String) async throws {
    _ = try await call("Page.navigate", ["url": address])
    _ = try await value(
      of: "new Promise(done => { const look = () => "
        + "document.readyState === 'complete' && location.href !== 'about:blank' ? done('') : setTimeout(look, 10); look(); })"
    )
  }

  /// The value of an expression of JavaScript, as text; promises are waited for.
  @discardableResult
  func value(of expression: String) async throws -> String {
    let answer = try await call(
      "Runtime.evaluate",
      ["expression": "Promise.resolve(\(expression)).then(String)", "awaitPromise": true])
    let result = answer["result"] as? [String: Any]
    if let failure = answer["exceptionDetails"] {
      throw Failure(description: "\(expression): \(failure)")
    }
    return result?["value"] as? String ?? ""
  }

  /// Waits until a condition of JavaScript holds.
  ///
  /// - Throws: ``Failure`` with the page's text if it does not within two minutes.
  func waits(until condition: String) async throws {
    let text = try await value(
      of: """
        new Promise(done => {
          const end = Date.now() + 120000;
          const look = () => {
            if (\(condition)) done("");
            else if (Date.now() > end) done(document.body.innerText || "an empty page");
            else setTimeout(look, 10);
          };
          look();
        })
        """)
    if !text.isEmpty { throw Failure(description: "\(condition) does not come true:\n\(text)") }
  }

  // MARK: The protocol

  private func call(
    _ method: String, _ parameters: sending [String: Any]
  ) async throws -> [String: Any] {
    let (number, session) = state.withLock { state in
      state.lastNumber += 1
      return (state.lastNumber, state.session)
    }
    var message: [String: Any] = ["id": number, "method": method, "params": parameters]
    message["sessionId"] = session
    var bytes = try JSONSerialization.data(withJSONObject: message)
    bytes.append(0)
    let answer = await withCheckedContinuation { continuation in
      let isLate = state.withLock { state in
        if !state.hasEnded { state.waiting[number] = continuation }
        return state.hasEnded
      }
      if isLate { return continuation.resume(returning: .failure("the browser has ended")) }
      try? input.fileHandleForWriting.write(contentsOf: bytes)
    }
    switch answer {
    case .result(let data):
      return try JSONSerialization.jsonObject(with: data) as? [String: Any] ?? [:]
    case .failure(let reason): throw Failure(description: "\(method): \(reason)")
    }
  }

  private func take(_ bytes: Data) {
    guard let message = try? JSONSerialization.jsonObject(with: bytes) as? [String: Any] else {
      return
    }
    if let number = message["id"] as? Int {
      let answer: Answer =
        if let result = message["result"],
          let data = try? JSONSerialization.data(withJSONObject: result)
        {
          .result(data)
        } else {
          .failure("\(message["error"] ?? "no result")")
        }
      state.withLock { $0.waiting.removeValue(forKey: number) }?.resume(returning: answer)
    } else if message["method"] as? String == "Runtime.exceptionThrown" {
      let complaint = "\(message["params"] ?? "")"
      state.withLock { $0.complaints.append(complaint) }
    }
  }

  private func end() {
    let waiting = state.withLock { state in
      state.hasEnded = true
      defer { state.waiting = [:] }
      return state.waiting
    }
    for continuation in waiting.values {
      continuation.resume(returning: .failure("the browser has ended"))
    }
  }
}
