import RunSupport
import Testing

@Suite struct ScenarioTests {
  @Test(.inTurn, .timeLimit(.minutes(10)), arguments: Scenario.names)
  func `a script runs as it is written`(name: String) throws {
    let scenario = try Scenario(named: name)
    var cluster = ScenarioCluster()
    var traces: [[String]] = []
    for block in scenario.blocks {
      cluster.trace = []
      for directive in block.directives {
        do { try cluster.obey(directive) } catch { Issue.record("\(name): \(error)") }
      }
      let trace = cluster.trace.isEmpty ? ["ok"] : cluster.trace
      traces.append(trace)
      if !Scenario.isRewriting {
        #expect(trace == block.expected, "\(name), after: \(block.directives)")
      }
    }
    if Scenario.isRewriting { try scenario.rewrite(with: traces) }
  }

  @Test func `there are scripts, and each begins with words for the reader`() throws {
    #expect(Scenario.names.count >= 40)
    for name in Scenario.names {
      let scenario = try Scenario(named: name)
      #expect(scenario.blocks.first?.preamble.first?.hasPrefix("# ") == true, "\(name)")
      let checks = scenario.blocks.flatMap(\.directives).filter { $0.hasPrefix("expect") }
      #expect(!checks.isEmpty, "\(name) insists on nothing")
    }
  }

  @Test func `a script that is rewritten unchanged stays as it is`() throws {
    for name in Scenario.names {
      let scenario = try Scenario(named: name)
      let again = Scenario(name: name, text: scenario.text(with: scenario.blocks.map(\.expected)))
      #expect(
        again.text(with: again.blocks.map(\.expected))
          == scenario.text(with: scenario.blocks.map(\.expected)))
    }
  }
}
