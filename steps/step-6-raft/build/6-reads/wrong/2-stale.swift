// It answers at once: a leader that was deposed would hand out old values.
// says: invariant 3: a read is confirmed once a majority has answered a round that began after it
// says: input:    one read, nothing answered
// says: expected: none
// says: seen:     read 1 at 1
mutating func confirmReads() {
  guard leadership?.reads.begun.isEmpty == false else { return }
  let latest = round
  effects.confirmedReads += leadership?.reads.confirm(through: latest) ?? []
}
