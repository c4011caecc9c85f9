// It does not wait for what is under way.
// says: invariant 6: with nothing on its way to the disk there is nothing to wait for
// says: input:    n2 asks again while the vote is on its way
private mutating func releaseIfDurable() {
  effects.messages += effects.messagesAfterPersisting
  effects.messagesAfterPersisting = []
}
