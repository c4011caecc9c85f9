/// When nodes expire, the earliest first: so that what is due is found without a look at the tree.
struct Deadlines {
  private var times = SortedTree<Deadline>()

  /// The earliest.
  var next: Timestamp? { times.first?.time }

  /// The node that expires next, if it is due: the earliest first, then by path.
  func nextDue(at now: Timestamp) -> Path? {
    guard let first = times.first, first.time <= now else { return nil }
    return first.path
  }

  /// Another node stands at a path, or none.
  /// - Parameter path: made only if it is needed.
  mutating func note(at path: @autoclosure () -> Path, from old: TreeNode?, to new: TreeNode?) {
    if old?.expiration == new?.expiration { return }
    let path = path()
    if let time = old?.expiration { times.remove(Deadline(time, path), epoch: 0) }
    if let time = new?.expiration {
      let deadline = Deadline(time, path)
      times.put(deadline, epoch: 0) { _ in deadline }
    }
  }

  /// What was in a removed directory expires no more. Goes through it only if something would.
  mutating func forget(_ directory: Directory, at path: Path) {
    if directory.tally.deadlines == 0 { return }
    var rest = directory.descendants(of: path)
    while let descendant = rest.next() { note(at: rest.path, from: descendant.node, to: nil) }
  }
}

/// When a node expires. Two may be due at once, so the path is part of the order.
private struct Deadline: SortedElement {
  let time: Timestamp
  let path: Path

  init(_ time: Timestamp, _ path: Path) {
    self.time = time
    self.path = path
  }

  static func isOrdered(_ deadline: Deadline, comparedTo key: Deadline) -> Ordering {
    if deadline.time != key.time { return deadline.time < key.time ? .before : .after }
    return compare(deadline.path.bytes.span, key.path.bytes.span)
  }
}
