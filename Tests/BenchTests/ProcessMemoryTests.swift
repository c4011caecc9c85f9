import Foundation
import RunSupport
import Testing

@testable import mini_etcd_bench

@Suite(.inTurn, .timeLimit(.minutes(10))) struct ProcessMemoryTests {
  @Test func `the two lines are found among the others`() {
    let memory = ProcessMemory(
      status: "Name:\tx\nVmPeak:\t  999 kB\nVmHWM:\t    2048 kB\nVmRSS:\t    1024 kB\nThreads:\t3\n"
    )
    #expect(memory?.resident == 1024 * 1024)
    #expect(memory?.peak == 2048 * 1024)
    #expect(ProcessMemory(status: "VmRSS:\t1024 kB\n") == nil)
    #expect(ProcessMemory(status: "VmRSS:\t1024 MB\nVmHWM:\t1 kB\n") == nil)
  }

  #if os(Linux)
    @Test func `this process has some memory, and no process has none`() throws {
      let memory = try #require(
        ProcessMemory(process: Int(ProcessInfo.processInfo.processIdentifier)))
      #expect(memory.resident > 1_000_000)
      #expect(memory.peak >= memory.resident)
      #expect(ProcessMemory(process: -1) == nil)
    }
  #endif
}
