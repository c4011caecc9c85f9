// No read is ever confirmed, and nothing says so.
// says: invariant 3: a read is confirmed once a majority has answered a round that began after it
// says: input:    n2 answers this round
// says: expected: read 1 at 1
// says: seen:     none
mutating func confirmReads() {
}
