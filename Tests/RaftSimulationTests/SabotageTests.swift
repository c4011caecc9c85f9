#if DEBUG
  import Store
  import RunSupport
  import Testing

  @testable import Raft
  @testable import RaftSimulation

  /// A handful of planted bugs in every run of the tests; all of them: see `PlantedBugTests`.
  @Suite(.inTurn, .timeLimit(.minutes(10))) struct SabotageTests {
    /// Runs seeds until the referee notices.
    private func expect(
      _ invariants: Set<Invariant>, within seeds: UInt64, profile: Profile? = nil,
      from sabotage: Sabotage, _ place: SourceLocation = #_sourceLocation
    ) {
      for seed in 1...seeds {
        let mix = profile ?? Profile.allCases[Int(seed % UInt64(Profile.allCases.count))]
        let schedule = Schedule(seed: seed, profile: mix)
        schedule.sabotage = sabotage
        guard let failure = schedule.run() else { continue }
        #expect(
          invariants.contains(failure.invariant), "seed \(seed): \(failure)", sourceLocation: place)
        return
      }
      Issue.record("not found within \(seeds) seeds", sourceLocation: place)
    }

    @Test func `a node that speaks before its disk has written is found`() {
      var sabotage = Sabotage()
      sabotage.speaksBeforeDisk = true
      expect([.promisesAreDurable], within: 20, from: sabotage)
    }

    @Test func `a node that forgets its vote when it steps down is found`() {
      var sabotage = Sabotage()
      sabotage.node = { node, before in
        if before.role != .follower, node.core.role == .follower, node.core.term == before.term {
          node.core.vote = nil
        }
      }
      expect([.oneVotePerTerm, .oneLeaderPerTerm], within: 400, from: sabotage)
    }

    @Test func `a follower that does not compare the previous term is found`() {
      var sabotage = Sabotage()
      sabotage.message = { message, core in
        guard case .appendEntries(var append) = message.content,
          let term = core.log.term(at: append.previous.index)
        else { return }
        append.previous.term = term
        message.content = .appendEntries(append)
      }
      expect(
        [
          .logMatching, .sameCommandAtSameIndex, .progressIsSound, .promisesAreDurable,
          .leaderCompleteness, .oneLeaderPerTerm,
        ],
        within: 200, from: sabotage)
    }

    @Test func `a leader that counts entries before its own disk has them is found`() {
      var sabotage = Sabotage()
      sabotage.node = { node, _ in
        guard node.core.role == .leader else { return }
        node.core.persistence.finished(through: node.core.persistence.lastBatch)
      }
      expect(
        [.committedIsDurableOnQuorum, .leaderCompleteness, .recoveryIsExact], within: 100,
        from: sabotage)
    }

    @Test func `a follower that believes a heartbeat's commit is found`() {
      var sabotage = Sabotage()
      sabotage.message = { message, core in
        guard case .heartbeat(var heartbeat) = message.content,
          let term = core.log.term(at: heartbeat.commit.index)
        else { return }
        heartbeat.commit.term = term
        message.content = .heartbeat(heartbeat)
      }
      expect(
        [.sameCommandAtSameIndex, .leaderCompleteness, .oneLeaderPerTerm], within: 400,
        from: sabotage)
    }

    @Test func `a candidate that counts a denial as a vote is found when it leads`() {
      var sabotage = Sabotage()
      sabotage.message = { message, core in
        if case .voteReply(granted: false) = message.content, message.term == core.term {
          message.content = .voteReply(granted: true)
        }
      }
      expect([.membershipsIntersect], within: 100, profile: .election, from: sabotage)
    }

    @Test func `a leader that answers reads without asking anybody is found`() {
      var sabotage = Sabotage()
      sabotage.node = { node, _ in
        for peer in node.core.peers.indices {
          node.core.leadership?.peers[peer].ackedRound = .max
        }
      }
      expect([.linearizable], within: 150, profile: .crash, from: sabotage)
    }
  }
#endif
