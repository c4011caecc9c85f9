/// Counts how often the tree was handed to a reader; see ``Directory``.
typealias Epoch = UInt64

enum Ordering { case before, same, after }

/// Something a ``SortedTree`` can keep in order.
protocol SortedElement {
  associatedtype Key
  static func isOrdered(_ element: Self, comparedTo key: Key) -> Ordering
}

/// A B-tree (Bayer and McCreight 1972; the single-pass form of Cormen et al., chapter 18) whose
/// pages are copied only when a reader may hold them.
///
///     page  [ d | k | q ]          elements in order, at most `Page.most`
///           /   |   |   \          between two of them a child page with what lies between
///      [a b c] [f] [m n] [s z]     all leaves at the same depth
///
/// Every page but the root is at least half full, so a look-up costs O(log n) and never
/// degenerates, whatever keys an adversary picks. A page is written to in place if it is of the
/// writer's epoch, else copied: a write after a snapshot copies one path from root to leaf, not the
/// tree.
struct SortedTree<Element: SortedElement> {
  typealias Page = SortedTreePage<Element>

  private(set) var root: Page?
  private(set) var count: Int

  /// The tree of a root that holds `count` elements with all beneath it; by default an empty one.
  init(root: Page? = nil, count: Int = 0) {
    self.root = root
    self.count = count
  }

  /// The element with this key.
  func find(_ key: Element.Key) -> Element? {
    var page = root
    while let current = page {
      let (slot, found) = current.search(key)
      if found { return current.elements[slot] }
      page = current.isLeaf ? nil : current.children[slot]
    }
    return nil
  }

  /// The element with the smallest key.
  var first: Element? {
    guard var page = root else { return nil }
    while !page.isLeaf { page = page.children[0] }
    return page.elements.first
  }

  /// Puts the element that `make` returns at the key, and returns the previous one, which `make`
  /// receives. The new element must have the same key. If `make` throws, nothing changes.
  @discardableResult
  mutating func put<Refusal: Error>(
    _ key: Element.Key, epoch: Epoch, _ make: (Element?) throws(Refusal) -> Element
  ) throws(Refusal) -> Element? {
    var page = writableRoot(epoch)
    while true {
      var (slot, found) = page.search(key)
      if !found && !page.isLeaf {
        // Splitting a full page on the way down leaves room in it for what a split below hands up.
        if page.children[slot].isFull {
          page.splitChild(slot, epoch: epoch)
          switch Element.isOrdered(page.elements[slot], comparedTo: key) {
          case .before: slot += 1
          case .same: found = true
          case .after: break
          }
        }
        if !found {
          page = page.writableChild(slot, epoch: epoch)
          continue
        }
      }
      if found {
        let old = page.elements[slot]
        page.elements[slot] = try make(old)
        return old
      }
      page.insert(try make(nil), at: slot)
      count += 1
      return nil
    }
  }

  /// Removes and returns the element with this key.
  @discardableResult
  mutating func remove(_ key: Element.Key, epoch: Epoch) -> Element? {
    // The look-up comes first, so that no page is copied needlessly.
    guard find(key) != nil else { return nil }
    let root = writableRoot(epoch)
    let removed = root.remove(key, epoch: epoch)
    count -= 1
    if root.elements.isEmpty { self.root = root.children.first }
    return removed
  }

  /// The root, writable and with room for one more element.
  private mutating func writableRoot(_ epoch: Epoch) -> Page {
    guard let old = root else {
      let page = Page(epoch: epoch)
      root = page
      return page
    }
    if old.epoch == epoch, !old.isFull { return old }
    var page = old.writable(epoch)
    if page.isFull {
      let above = Page(epoch: epoch)
      above.children = [page]
      above.splitChild(0, epoch: epoch)
      page = above
    }
    root = page
    return page
  }

  /// Empties the tree and returns its pages, for ``Directory``'s deinit.
  mutating func takePages() -> [Page] {
    defer { root = nil }
    return root.map { [$0] } ?? []
  }
}

extension SortedTree: Sequence {
  func makeIterator() -> Iterator { Iterator(root) }

  /// The elements in order. The iterator keeps its pages, so it sees no later writes, provided that
  /// they are of a later epoch.
  struct Iterator: IteratorProtocol {
    /// The inner pages above, each with the slot of the element that comes after the child it is
    /// in.
    private var stack: [(page: Page, slot: Int)] = []
    /// Most elements are in leaves; inside a leaf, a step touches neither pages nor the stack.
    private var leaf: [Element] = []
    private var slot = 0

    fileprivate init(_ root: Page?) {
      if let root { descend(root) }
    }

    private mutating func descend(_ page: Page) {
      var page = page
      while !page.isLeaf {
        stack.append((page, 0))
        page = page.children[0]
      }
      leaf = page.elements
      slot = 0
    }

    mutating func next() -> Element? {
      if slot < leaf.count {
        defer { slot += 1 }
        return leaf[slot]
      }
      while let (page, slot) = stack.last {
        guard slot < page.elements.count else {
          stack.removeLast()
          continue
        }
        stack[stack.count - 1].slot += 1
        descend(page.children[slot + 1])
        return page.elements[slot]
      }
      return nil
    }
  }
}

/// Three-way comparison of bytes, a shorter run before a longer one that begins with it.
func compare(_ a: Span<UInt8>, _ b: Span<UInt8>) -> Ordering {
  let shared = min(a.count, b.count)
  var i = 0
  while i < shared {
    if a[unchecked: i] != b[unchecked: i] {
      return a[unchecked: i] < b[unchecked: i] ? .before : .after
    }
    i += 1
  }
  return a.count == b.count ? .same : a.count < b.count ? .before : .after
}
