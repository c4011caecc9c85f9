// Nothing is ever committed.
// says: input:    profile calm, seed 1
// says: expected: once faults end, a leader is found and all is answered (I15)
mutating func advanceCommit() {
}
