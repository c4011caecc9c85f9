import Store

/// A caller's name for a proposal, unique among those it has waiting.
public struct ProposalID: RawRepresentable, Hashable, Sendable {
  public var rawValue: UInt64
  public init(rawValue: UInt64) { self.rawValue = rawValue }
  public init(_ rawValue: UInt64) { self.rawValue = rawValue }
}

/// A command to be put in order.
public struct Proposal: Hashable, Sendable {
  public var id: ProposalID
  /// The command, opaque to Raft.
  public var payload: [UInt8]

  public init(id: ProposalID, payload: [UInt8]) {
    self.id = id
    self.payload = payload
  }
}

/// A committed entry, and the proposal waiting for it on this node.
public struct Application: Hashable, Sendable {
  /// What to apply; a no-op and a membership entry take an index, and change no state of the store.
  public var entry: Entry
  public var id: ProposalID?
}

/// Everything a node asks its host to do.
///
/// The order for the applier is: the snapshot of ``Effects/snapshot`` in place of its state, the
/// applications, the reads, the snapshot to take.
public struct NodeEffects: Hashable, Sendable {
  /// For the disk and the network; `committed`, `confirmedReads` and `lostReads` are told below in
  /// the applier's terms as well.
  public var effects: Effects
  /// To be applied, in order.
  public var applications: [Application] = []
  /// Another entry is committed where these proposals were: they never took place.
  public var lost: [ProposalID] = []
  /// A snapshot took the place of the entries where these proposals were: this node cannot tell.
  public var unknown: [ProposalID] = []
  /// Take a snapshot of the state machine now, with this as its head.
  public var snapshotToTake: SnapshotMetadata?

  init(_ effects: Effects) { self.effects = effects }

  /// Reads that may be answered from the state after the applications.
  public var readable: [ConfirmedRead] { effects.confirmedReads }
  /// Reads that this node can no longer answer.
  public var lostReads: [ReadID] { effects.lostReads }
}
