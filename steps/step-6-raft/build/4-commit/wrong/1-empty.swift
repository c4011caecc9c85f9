// Nothing is ever committed.
// says: invariant 3: an entry of its own term is committed once a majority has it
// says: input:    n3 has 3, too
// says: expected: commit 3
// says: seen:     commit 0
mutating func advanceCommit() {
}
