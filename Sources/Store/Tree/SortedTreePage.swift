/// One page of a ``SortedTree``: elements in order, and in an inner page one child more than
/// elements.
final class SortedTreePage<Element: SortedElement> {
  /// The most elements in a page; an odd number, so that a full page splits into equal halves.
  static var most: Int { 31 }
  /// The fewest elements in a page that is not the root.
  static var fewest: Int { 15 }

  let epoch: Epoch
  var elements: [Element] = []
  var children: [SortedTreePage] = []

  init(epoch: Epoch) { self.epoch = epoch }

  var isLeaf: Bool { children.isEmpty }
  var isFull: Bool { elements.count == Self.most }

  /// The first slot whose element is not before `key`, and whether that element has the key.
  func search(_ key: Element.Key) -> (slot: Int, found: Bool) {
    // Compared in place: a copy of an element would count references.
    elements.withUnsafeBufferPointer { elements in
      var low = 0
      var high = elements.count
      while low < high {
        let middle = (low + high) / 2
        switch Element.isOrdered(elements[middle], comparedTo: key) {
        case .same: return (middle, true)
        case .before: low = middle + 1
        case .after: high = middle
        }
      }
      return (low, false)
    }
  }

  /// Puts an element into `slot`, in a page that is not full.
  ///
  /// The array grows by eight elements at most. Left to itself it doubles, so that a page which has
  /// once been full would keep room for 60.
  func insert(_ element: Element, at slot: Int) {
    let count = elements.count
    if count == elements.capacity {
      elements.reserveCapacity(min(count + min(max(count, 2), 8), Self.most))
    }
    elements.insert(element, at: slot)
  }

  /// This page if it is of the writer's epoch, else a copy that is.
  func writable(_ epoch: Epoch) -> SortedTreePage {
    if self.epoch == epoch { return self }
    let copy = SortedTreePage(epoch: epoch)
    copy.elements = elements
    copy.children = children
    return copy
  }

  /// The child in `slot`, made writable and put in its place.
  func writableChild(_ slot: Int, epoch: Epoch) -> SortedTreePage {
    let child = children[slot]
    if child.epoch == epoch { return child }
    let copy = child.writable(epoch)
    children[slot] = copy
    return copy
  }

  /// Splits the full child in `slot` in two, and takes its middle element up between them.
  func splitChild(_ slot: Int, epoch: Epoch) {
    let left = writableChild(slot, epoch: epoch)
    let right = SortedTreePage(epoch: epoch)
    let middle = Self.most / 2
    right.elements = Array(left.elements[(middle + 1)...])
    insert(left.elements[middle], at: slot)
    // A copy, which has no room for more: if elements come in order, none will come here.
    left.elements = Array(left.elements[..<middle])
    if !left.isLeaf {
      right.children = Array(left.children[(middle + 1)...])
      left.children.removeSubrange((middle + 1)...)
    }
    children.insert(right, at: slot + 1)
  }

  /// Removes the element with this key, which is in this page or beneath it.
  ///
  /// On the way down every page is filled up before it is entered, so that it can spare an element
  /// and nothing has to be repaired on the way up.
  func remove(_ key: Element.Key, epoch: Epoch) -> Element {
    var page = self
    while true {
      let (slot, found) = page.search(key)
      if page.isLeaf {
        precondition(found, "the caller has seen the key")
        return page.elements.remove(at: slot)
      }
      if !found {
        page = page.filledChild(slot, epoch: epoch)
      } else if page.children[slot].elements.count > Self.fewest {
        let before = page.writableChild(slot, epoch: epoch).removeLast(epoch: epoch)
        return replaceElement(of: page, at: slot, with: before)
      } else if page.children[slot + 1].elements.count > Self.fewest {
        let after = page.writableChild(slot + 1, epoch: epoch).removeFirst(epoch: epoch)
        return replaceElement(of: page, at: slot, with: after)
      } else {
        page = page.mergeChildren(slot, epoch: epoch)
      }
    }
  }

  private func replaceElement(
    of page: SortedTreePage, at slot: Int, with element: Element
  ) -> Element {
    let removed = page.elements[slot]
    page.elements[slot] = element
    return removed
  }

  private func removeLast(epoch: Epoch) -> Element {
    var page = self
    while !page.isLeaf { page = page.filledChild(page.children.count - 1, epoch: epoch) }
    return page.elements.removeLast()
  }

  private func removeFirst(epoch: Epoch) -> Element {
    var page = self
    while !page.isLeaf { page = page.filledChild(0, epoch: epoch) }
    return page.elements.removeFirst()
  }

  /// The child in `slot` with more than the fewest elements: with one from a neighbour that can
  /// spare it, or else with all of a neighbour.
  private func filledChild(_ slot: Int, epoch: Epoch) -> SortedTreePage {
    if children[slot].elements.count > Self.fewest { return writableChild(slot, epoch: epoch) }
    if slot > 0, children[slot - 1].elements.count > Self.fewest {
      moveElement(toChild: slot, epoch: epoch)
      return children[slot]
    }
    if slot < elements.count, children[slot + 1].elements.count > Self.fewest {
      let child = writableChild(slot, epoch: epoch)
      let right = writableChild(slot + 1, epoch: epoch)
      child.insert(elements[slot], at: child.elements.count)
      elements[slot] = right.elements.removeFirst()
      if !right.isLeaf { child.children.append(right.children.removeFirst()) }
      return child
    }
    return mergeChildren(slot < elements.count ? slot : slot - 1, epoch: epoch)
  }

  /// Gives the child in `slot` one more element, from the child before it by way of this page.
  func moveElement(toChild slot: Int, epoch: Epoch) {
    let child = writableChild(slot, epoch: epoch)
    let left = writableChild(slot - 1, epoch: epoch)
    child.insert(elements[slot - 1], at: 0)
    elements[slot - 1] = left.elements.removeLast()
    if !left.isLeaf { child.children.insert(left.children.removeLast(), at: 0) }
  }

  /// Joins the children on either side of the element in `slot`, with it between them.
  private func mergeChildren(_ slot: Int, epoch: Epoch) -> SortedTreePage {
    let left = writableChild(slot, epoch: epoch)
    let right = children.remove(at: slot + 1)
    left.elements.reserveCapacity(Self.most)
    left.elements.append(elements.remove(at: slot))
    left.elements.append(contentsOf: right.elements)
    left.children.append(contentsOf: right.children)
    return left
  }

  /// Hands the child pages over, for ``Directory``'s deinit.
  func takeChildren() -> [SortedTreePage] {
    defer { children = [] }
    return children
  }

  /// Hands the last element over, for the same purpose.
  func takeLast() -> Element? { elements.popLast() }
}
