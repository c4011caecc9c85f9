// Nothing is written, and no client is answered.
// says: input:    a put, whose sync does not return
// says: expected: a sync of the log
// says: seen:     no sync within 5.0 seconds, 0 applied, 0 answered
private func writeProposals() throws(JournalError) {
}
