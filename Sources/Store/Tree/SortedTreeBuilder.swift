/// Builds a ``SortedTree`` of elements that come in order, without looking for their places.
///
///     edge[2]  [ 31 ]            the pages on the right edge of the tree, from the leaf up; all
///     edge[1]  [ ...|95 ]        others are full. An element goes into the lowest of them that
///     edge[0]  [ 96 97 98 ]      has room, and new pages begin below it.
///
/// A page takes 31 elements this way. Elements that are put in order leave pages half full, since
/// each full one is split in the middle.
struct SortedTreeBuilder<Element: SortedElement> {
  private typealias Page = SortedTreePage<Element>

  private var edge: [Page] = []
  private var count = 0
  private let epoch: Epoch

  init(epoch: Epoch) { self.epoch = epoch }

  /// Adds an element, whose key comes after all others. Takes constant time on average.
  mutating func append(_ element: Element) {
    count += 1
    var level = 0
    while level < edge.count, edge[level].isFull { level += 1 }
    if level == edge.count {
      let above = makePage()
      if let root = edge.last { above.children = [root] }
      edge.append(above)
    }
    edge[level].elements.append(element)
    while level > 0 {
      level -= 1
      let page = makePage()
      edge[level + 1].children.append(page)
      edge[level] = page
    }
  }

  private func makePage() -> Page {
    let page = Page(epoch: epoch)
    // Most directories are small: a tree's first page grows with what it holds.
    if !edge.isEmpty { page.elements.reserveCapacity(Page.most) }
    return page
  }

  /// Returns the tree. Its last pages may hold too little: from the top down, each gets what it
  /// lacks from the full page before it.
  consuming func finish() -> SortedTree<Element> {
    for above in edge.dropFirst().reversed() {
      let last = above.children.count - 1
      while above.children[last].elements.count < Page.fewest {
        above.moveElement(toChild: last, epoch: epoch)
      }
    }
    return SortedTree(root: edge.last, count: count)
  }
}
