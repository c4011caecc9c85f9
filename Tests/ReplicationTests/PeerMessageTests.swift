import Bytes
import CostSupport
import EtcdV2
import JSON
import Raft
import RunSupport
import Store
import Testing

@testable import Replication

@Suite(.inTurn, .timeLimit(.minutes(10))) struct PeerMessageTests {
  private let registry = CommandRegistry([Put.self, Delete.self])

  private static let position = LogPosition(index: LogIndex(7), term: Term(4))
  private static let membership = Membership(
    voters: [NodeID(1), NodeID(.max)], learners: [NodeID(3)])
  private static let entries = [
    Entry(
      index: LogIndex(8), term: Term(4), kind: .command,
      payload: Array(#"{"do":"put","key":"/é","value":"\n\u0000"}"#.utf8)),
    Entry(index: LogIndex(9), term: Term(5), kind: .noOp, payload: []),
    Entry(index: LogIndex(10), term: Term(5), kind: .membership(membership), payload: []),
    Entry(
      index: LogIndex(11), term: Term(5), kind: .membership(membership),
      payload: Array(#"{"id":"0000000000000003","name":"n","urls":["http://h:1"]}"#.utf8)),
  ]
  private static let contents: [Message.Content] = [
    .preVote(VoteRequest(lastPosition: position, isTransfer: false)),
    .preVoteReply(granted: true, commit: .zero), .preVoteReply(granted: false, commit: position),
    .requestVote(VoteRequest(lastPosition: position, isTransfer: true)),
    .voteReply(granted: true), .voteReply(granted: false),
    .appendEntries(
      AppendEntries(previous: position, entries: [], commitIndex: LogIndex(3), round: 9)),
    .appendEntries(
      AppendEntries(previous: position, entries: entries, commitIndex: LogIndex(3), round: 9)),
    .appendReply(AppendReply(result: .accepted(matchIndex: LogIndex(8)), round: 2)),
    .appendReply(
      AppendReply(
        result: .rejected(
          Rejection(previousIndex: LogIndex(8), hint: position, lastIndex: LogIndex(9))), round: 2)),
    .heartbeat(Heartbeat(commit: position, round: 4)), .heartbeatReply(round: 4), .timeoutNow,
    .lossNotice(matchIndex: LogIndex(9)),
  ]

  @Test(arguments: contents)
  func `a message is read as it was written`(_ content: Message.Content) throws {
    let message = Message(from: NodeID(1), to: NodeID(2), term: Term(5), content: content)
    var bytes: [UInt8] = []
    bytes.append(message)
    let read = try PeerMessage(
      try JSONDocument(bytes).root, from: NodeID(1), to: NodeID(2), registry)
    guard case .raft(let again) = read else {
      Issue.record("another kind of message")
      return
    }
    #expect(again == message)
  }

  @Test(arguments: contents)
  func `a message that lacks a byte, or has another one, is refused or is another message`(
    _ content: Message.Content
  ) throws {
    let message = Message(from: NodeID(1), to: NodeID(2), term: Term(5), content: content)
    var bytes: [UInt8] = []
    bytes.append(message)
    for place in bytes.indices {
      var shorter = bytes
      shorter.remove(at: place)
      var changed = bytes
      changed[place] ^= 1
      // Whatever it is: reading it neither traps nor takes numbers or entries that Raft would trap
      // on.
      for variant in [shorter, changed] {
        guard let value = try? JSONDocument(variant).root,
          case .raft(let read) = try? PeerMessage(value, from: NodeID(1), to: NodeID(2), registry),
          case .appendEntries(let append) = read.content
        else { continue }
        for (offset, entry) in append.entries.enumerated() {
          #expect(entry.index == append.previous.index + UInt64(offset) + 1)
          #expect(entry.term <= read.term)
        }
      }
    }
  }

  @Test(arguments: [
    #"{"t":"heartbeat","term":2,"round":1,"commit":[7,0]}"#,
    #"{"t":"heartbeat","term":2,"round":1,"commit":[0,1]}"#,
    #"{"t":"append","term":2,"previous":[7,0],"commit":1,"round":1,"entries":[]}"#,
    #"{"t":"append","term":2,"previous":[0,0],"commit":0,"round":1,"entries":[{"t":"noop","i":1,"term":0,"op":null}]}"#,
  ])
  func `a position that no log can have is refused, and breaks no promise of Raft`(
    _ message: String
  ) throws {
    let value = try JSONDocument(Array(message.utf8)).root
    #expect(throws: PeerError.self) {
      _ = try PeerMessage(value, from: NodeID(1), to: NodeID(2), registry)
    }
    let possible = message.replacing("0,\"op", with: "1,\"op").replacing("[7,0]", with: "[7,1]")
      .replacing("[0,1]", with: "[0,0]")
    _ = try PeerMessage(
      try JSONDocument(Array(possible.utf8)).root, from: NodeID(1), to: NodeID(2), registry)
  }

  /// Reads what a follower forwards.
  private func forwarded(_ operation: String) throws {
    let message = #"{"t":"forward","first":1,"ops":[\#(operation)]}"#
    let registry = CommandRegistry([Put.self, Delete.self] + EtcdCommands.all)
    _ = try PeerMessage(
      try JSONDocument(Array(message.utf8)).root, from: NodeID(1), to: NodeID(2), registry)
  }

  @Test func `a forwarded command is held to the limits on keys`() throws {
    for key in LimitKeys.taken {
      try forwarded(#"{"do":"put","key":"/\#(key)","value":"v"}"#)
      try forwarded(#"{"do":"set","key":"/\#(key)","value":"v"}"#)
    }
    for (key, reason) in LimitKeys.refused {
      for name in ["put", "delete", "set", "create", "update", "remove"] {
        #expect(throws: PeerError("an operation is not known: \(reason)")) {
          try forwarded(#"{"do":"\#(name)","key":"/\#(key)","value":"v"}"#)
        }
      }
    }
  }

  @Test func `the name that a forwarded command is going to make counts`() throws {
    let (taken, refused) = (LimitKeys.nested(255), LimitKeys.deep)
    try forwarded(#"{"do":"create","key":"/\#(taken)","value":"v","inOrder":true}"#)
    #expect(
      throws: PeerError("an operation is not known: a key must have at most 256 segments, not 257")
    ) {
      try forwarded(#"{"do":"create","key":"/\#(refused)","value":"v","inOrder":true}"#)
    }
  }

  @Test func `what stands in a log is taken whatever its length`() throws {
    let key = LimitKeys.nested(10_000)
    let payload = Array(#"{"do":"put","key":"/\#(key)","value":"v"}"#.utf8)
    let entry = Entry(index: LogIndex(1), term: Term(1), kind: .command, payload: payload)
    guard case .command(let command) = try Operation(entry, registry) else {
      Issue.record("no command")
      return
    }
    #expect((command as? Put)?.path.depth == 10_000)
  }

  @Test func `a roster is read as it was written`() throws {
    var roster = Roster(
      cluster: 5,
      members: [
        MemberRecord(
          id: NodeID(2), name: "b", urls: ["http://[::1]:1", "http://h:2"], incarnation: 9),
        MemberRecord(id: NodeID(1), name: "", urls: []),
      ])
    roster.follow(Membership(voters: [NodeID(2)]), added: nil)
    var bytes: [UInt8] = Array("{".utf8)
    bytes.appendFields(of: roster)
    bytes.append("}")
    #expect(Roster(try JSONDocument(bytes).root) == roster)
    #expect(roster.removed == [NodeID(1)])
  }
}
