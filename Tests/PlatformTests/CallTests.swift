import Foundation
import RunSupport
import Testing

@testable import Platform

@Suite(.inTurn, .timeLimit(.minutes(10))) struct CallTests {
  /// A call that fails with these codes, one after the other, and then returns 7.
  private func call(_ codes: [Int32], _ calls: inout Int) -> Int32 {
    defer { calls += 1 }
    if calls == codes.count { return 7 }
    errno = codes[calls]
    return -1
  }

  @Test(arguments: [0, 1, 3]) func `a call that signals interrupt is made again`(
    interruptions: Int
  ) throws {
    let codes = [Int32](repeating: EINTR, count: interruptions)
    var calls = 0
    #expect(retryingInterrupts { call(codes, &calls) } == 7)
    #expect(calls == interruptions + 1)
    calls = 0
    #expect(try checked("call") { call(codes, &calls) } == 7)
    calls = 0
    #expect(try attempted("call") { call(codes, &calls) } == 7)
  }

  @Test func `a call that fails says which it was, and why`() {
    var calls = 0
    let error = #expect(throws: SystemError.self) {
      try checked("bind") { call([EINTR, EADDRINUSE], &calls) }
    }
    #expect(error == SystemError("bind", code: EADDRINUSE))
    #expect(error?.description == "bind: Address already in use")
    #expect(calls == 2)
  }

  @Test func `a call that would have to wait returns nil, and every other failure is an error`()
    throws
  {
    var calls = 0
    #expect(try attempted("recv") { call([EINTR, EAGAIN], &calls) } == nil)
    calls = 0
    #expect(throws: SystemError("recv", code: ECONNRESET)) {
      try attempted("recv") { call([ECONNRESET], &calls) }
    }
  }

  private static let meanings:
    [(name: String, codes: [Int32], holds: @Sendable (SystemError) -> Bool)] = [
      ("no space", [ENOSPC, EDQUOT, EFBIG], { $0.isLackOfSpace }),
      ("would block", [EAGAIN], { $0.wouldBlock }),
      ("no such file", [ENOENT], { $0.isNoSuchFile }),
      ("file exists", [EEXIST], { $0.isFileExists }),
      ("broken pipe", [EPIPE], { $0.isBrokenPipe }),
      ("aborted", [ECONNABORTED], { $0.isConnectionAborted }),
      ("port refused", [EADDRINUSE, EACCES], { $0.isPortRefused }),
      ("shortage", [EMFILE, ENFILE, ENOBUFS, ENOMEM], { $0.isDescriptorShortage }),
      ("another", [EIO], { _ in false }),
    ]

  @Test func `a code has the one meaning that callers ask for`() {
    for (name, codes, _) in Self.meanings {
      for code in codes {
        for other in Self.meanings {
          let holds = other.holds(SystemError("call", code: code))
          #expect(holds == (other.name == name && name != "another"), "\(name): \(other.name)")
        }
      }
    }
  }
}
