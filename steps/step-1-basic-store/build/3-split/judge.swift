@testable import Store

private struct Number: SortedElement {
  let key: Int
  static func isOrdered(_ number: Number, comparedTo key: Int) -> Ordering {
    number.key < key ? .before : number.key == key ? .same : .after
  }
}

private typealias Page = SortedTreePage<Number>

private func page(_ keys: some Sequence<Int>, epoch: Epoch = 0) -> Page {
  let page = Page(epoch: epoch)
  page.elements = keys.map { Number(key: $0) }
  return page
}

/// Elements first and last, and how many: `0...14 (15)`.
private func told(_ page: Page) -> String {
  guard let first = page.elements.first, let last = page.elements.last else { return "empty" }
  return "\(first.key)...\(last.key) (\(page.elements.count))"
}

private func told(above parent: Page) -> String {
  let keys = parent.elements.map { "\($0.key)" }.joined(separator: " ")
  let below = parent.children.map { told($0) }.joined(separator: ", ")
  return "\(keys) above \(below)"
}

private func split(_ child: Page, epoch: Epoch = 0) -> Page {
  let parent = Page(epoch: epoch)
  parent.children = [child]
  parent.splitChild(0, epoch: epoch)
  return parent
}

func judge() async throws {
  invariant(1, "a search finds a key's slot, or the slot of the first element behind it") {
    let keys = page([10, 20, 30, 40])
    for (key, expected) in [
      (10, "0 true"), (40, "3 true"), (20, "1 true"), (5, "0 false"), (15, "1 false"),
      (35, "3 false"), (99, "4 false"),
    ] {
      check("search(\(key)) in 10 20 30 40", is: expected) {
        let (slot, found) = keys.search(key)
        return "\(slot) \(found)"
      }
    }
    check("search(29) in 0...30", is: "29 true") {
      let (slot, found) = page(0..<31).search(29)
      return "\(slot) \(found)"
    }
    check("search(1) in an empty page", is: "0 false") {
      let (slot, found) = page([]).search(1)
      return "\(slot) \(found)"
    }
  }
  invariant(2, "a full page becomes two halves, with its middle element between them above") {
    check("a leaf of 0...30", is: "15 above 0...14 (15), 16...30 (15)") {
      told(above: split(page(0..<31)))
    }
  }
  invariant(3, "the right half stands behind the left one, between its neighbours") {
    check("0...9 | 100 | 101...131 | 200 | 201...209, the middle one", is: order) {
      let parent = page([100, 200])
      parent.children = [page(0..<10), page(101..<132), page(201..<210)]
      parent.splitChild(1, epoch: 0)
      return told(above: parent)
    }
  }
  invariant(4, "the children of an inner page go with the elements they stand beside") {
    check("an inner page of 0, 10 ... 300", is: "15 and 15 elements, 16 and 16 children") {
      let inner = page((0..<31).map { $0 * 10 })
      inner.children = (0..<32).map { page([$0 * 10 - 5]) }
      let halves = split(inner).children
      return halves.map { "\($0.elements.count)" }.joined(separator: " and ") + " elements, "
        + halves.map { "\($0.children.count)" }.joined(separator: " and ") + " children"
    }
    check("the children's keys around the middle", is: "145 | 155") {
      let inner = page((0..<31).map { $0 * 10 })
      inner.children = (0..<32).map { page([$0 * 10 - 5]) }
      let halves = split(inner).children
      return "\(halves[0].children[15].elements[0].key) | \(halves[1].children[0].elements[0].key)"
    }
  }
  invariant(5, "a page of an earlier epoch does not change: a reader may hold it") {
    let old = page(0..<31, epoch: 0)
    check("what a reader of epoch 0 sees, after a split in epoch 1", is: "0...30 (31)") {
      _ = split(old, epoch: 1)
      return told(old)
    }
    check("what the writer of epoch 1 has", is: "15 above 0...14 (15), 16...30 (15)") {
      told(above: split(old, epoch: 1))
    }
  }
  invariant(6, "a whole tree stays in order, and a snapshot of it stays as it was") {
    var tree = SortedTree<Number>()
    var random: UInt64 = 1
    var keys: Set<Int> = []
    for step in 0..<3_000 {
      random = random &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      let key = Int(random >> 40) % 5_000
      keys.insert(key)
      tree.put(key, epoch: Epoch(step / 500)) { _ in Number(key: key) }
    }
    check("3,000 puts of random keys", is: "\(keys.count) in order") {
      let found = tree.map(\.key)
      return found == keys.sorted() ? "\(found.count) in order" : "\(found.prefix(40))…"
    }
  }
}

private let order = "100 116 200 above 0...9 (10), 101...115 (15), 117...131 (15), 201...209 (9)"
