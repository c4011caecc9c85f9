import RunSupport
import Store
import Testing

@Suite(.inTurn, .timeLimit(.minutes(10)))
struct LogPositionTests {
  @Test func `indexes count commands from one`() {
    #expect(LogIndex.zero + 1 == LogIndex(1))
    #expect(LogIndex(7) - LogIndex(3) == 4)
    #expect(LogIndex(3) < LogIndex(7))
    #expect("\(LogIndex(7))" == "7")
  }
}
