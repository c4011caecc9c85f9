// It promises before it has written.
// says: fails with seed
// says: expected: what a node acknowledges is on its disk (I9)
mutating func send(_ content: Message.Content, to node: NodeID, term: Term? = nil) {
  effects.messages.append(Message(from: id, to: node, term: term ?? self.term, content: content))
}
