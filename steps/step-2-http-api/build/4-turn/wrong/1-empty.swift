// The thread ends before its first turn.
// says: invariant 1: what is sent from another thread runs, on the loop's own
// says: expected: the task ends
// says: seen:     it has not within 5.0 seconds
private func turnUntilShutDown() {
}
