// It does not answer.
// says: invariant 1: a snapshot that goes beyond the log takes its place
// says: expected: the log holds 7/3...7/3, commit 7
// says: seen:     the log holds 0/0...2/1, commit 0
mutating func receive(_ snapshot: SnapshotMetadata, round: UInt64, from leader: NodeID) {
}
