// Nothing that Raft asks for is done.
// says: input:    a lone node that starts, and 100 ticks
// says: expected: a leader
// says: seen:     none
func perform() throws(JournalError) {
}
