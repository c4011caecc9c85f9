// It promises before it has written.
// says: invariant 5: what vouches for this node's memory waits for the disk
// says: expected: at once: nothing; after the disk: to n2 vote granted in term 1
// says: seen:     at once: to n2 vote granted in term 1; after the disk: nothing
mutating func send(_ content: Message.Content, to node: NodeID, term: Term? = nil) {
  effects.messages.append(Message(from: id, to: node, term: term ?? self.term, content: content))
}
