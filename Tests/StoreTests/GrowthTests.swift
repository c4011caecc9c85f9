import CostSupport
import RunSupport
import Testing

/// The measure by which the cost tests judge.
@Suite(.inTurn, .timeLimit(.minutes(10))) struct GrowthTests {
  private func work(_ steps: Int) -> Int {
    var x = steps
    for step in 0..<steps { x = (x &* 31) ^ step }
    return x
  }

  @Test func `work in proportion to its input stays below the limit`() {
    var results: [Int] = []
    let growth = Growth.ofTime(from: 50_000) {
      $0
    } _: {
      results.append(work($0))
    }
    #expect(growth < Growth.limit)
  }

  @Test func `quadratic work does not`() {
    var results: [Int] = []
    let growth = Growth.ofTime(from: 300) {
      $0
    } _: {
      results.append(work($0 * $0))
    }
    #expect(growth > Growth.limit)
    #expect(Growth.ofCount(from: 10) { $0 * $0 } > Growth.limit)
    #expect(Growth.ofCount(from: 10) { $0 } < Growth.limit)
  }

  @Test func `memory is limited in a process of its own`() async {
    await #expect(processExitsWith: .success) {
      showErrors()
      try Memory.limit(to: 200 << 20)
      let before = try Memory.resident
      let block = [UInt8](repeating: 1, count: 50 << 20)
      #expect(try Memory.peak - before >= block.count)
    }
    #if os(Linux)
      await #expect(processExitsWith: .failure) {
        try Memory.limit(to: 200 << 20)
        #expect([UInt8](repeating: 1, count: 300 << 20).count > 0)
      }
    #endif
  }
}
