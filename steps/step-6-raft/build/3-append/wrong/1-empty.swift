// It does not answer.
// says: invariant 1: entries that follow on what is there are appended and acknowledged
// says: expected: log 4; to n2 accepted up to 1
// says: seen:     log ; nothing
mutating func receive(_ append: AppendEntries, from leader: NodeID) {
}
