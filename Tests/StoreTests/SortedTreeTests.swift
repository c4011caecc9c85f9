import RandomSupport
import RunSupport
import Testing

@testable import Store

private struct Number: SortedElement, Equatable {
  let key: Int
  let value: Int
  static func isOrdered(_ number: Number, comparedTo key: Int) -> Ordering {
    number.key < key ? .before : number.key == key ? .same : .after
  }
}

extension SortedTree where Element == Number {
  fileprivate mutating func set(_ key: Int, _ value: Int, epoch: Epoch = 0) {
    put(key, epoch: epoch) { _ in Number(key: key, value: value) }
  }

  /// Checks the B-tree's rules in every page: order, fill, equal depth.
  fileprivate func checkInvariants() {
    guard let root else { return }
    var depths: Set<Int> = []
    func visit(_ page: SortedTreePage<Number>, depth: Int, isRoot: Bool) {
      #expect(page.elements.count <= SortedTreePage<Number>.most)
      if !isRoot { #expect(page.elements.count >= SortedTreePage<Number>.fewest) }
      // An allocation may come out a little larger than asked for; never doubled.
      #expect(page.elements.capacity < 2 * SortedTreePage<Number>.fewest + 8)
      if page.isLeaf {
        depths.insert(depth)
      } else {
        #expect(page.children.count == page.elements.count + 1)
        for child in page.children { visit(child, depth: depth + 1, isRoot: false) }
      }
    }
    visit(root, depth: 0, isRoot: true)
    #expect(depths.count == 1, "all leaves are at one depth")
    let keys = map(\.key)
    #expect(zip(keys, keys.dropFirst()).allSatisfy { $0 < $1 })
    #expect(keys.count == count)
  }
}

@Suite(.inTurn, .timeLimit(.minutes(10))) struct SortedTreeTests {
  @Test(arguments: [UInt64(1), 2, 3, 4])
  func `a tree under random writes is a sorted list`(seed: UInt64) {
    var random = SeededRandom(seed)
    var tree = SortedTree<Number>()
    var model: [Int: Int] = [:]
    let universe = seed.isMultiple(of: 2) ? 40 : 2_000
    for step in 0..<6_000 {
      let key = Int.random(in: 0..<universe, using: &random)
      // Phases of growth and of decline, so that pages split and merge at every height.
      let removes = Int.random(in: 0..<100, using: &random) < ((step / 1_500) % 2 == 0 ? 25 : 75)
      if removes {
        #expect(tree.remove(key, epoch: 0)?.value == model.removeValue(forKey: key))
      } else {
        tree.set(key, step)
        model[key] = step
      }
      if step % 500 == 0 { tree.checkInvariants() }
    }
    tree.checkInvariants()
    #expect(tree.map(\.key) == model.keys.sorted(), "seed \(seed)")
    #expect(tree.allSatisfy { model[$0.key] == $0.value })
    #expect((0..<universe).allSatisfy { tree.find($0)?.value == model[$0] })
    #expect(tree.first?.key == model.keys.min())
  }

  @Test(arguments: [UInt64(11), 12])
  func `what was shown in one epoch does not change in the next`(seed: UInt64) {
    var random = SeededRandom(seed)
    var tree = SortedTree<Number>()
    var shown: [(copy: SortedTree<Number>, contents: [Number])] = []
    for epoch in Epoch(0)..<40 {
      for _ in 0..<100 {
        let key = Int.random(in: 0..<600, using: &random)
        if Bool.random(using: &random) {
          tree.set(key, Int(epoch), epoch: epoch)
        } else {
          tree.remove(key, epoch: epoch)
        }
      }
      shown.append((tree, Array(tree)))
    }
    for (copy, contents) in shown { #expect(Array(copy) == contents, "seed \(seed)") }
  }

  @Test func `removing everything in either order leaves nothing`() {
    for keys in [Array(0..<1_000), Array((0..<1_000).reversed())] {
      var tree = SortedTree<Number>()
      for key in 0..<1_000 { tree.set(key, key) }
      for key in keys {
        #expect(tree.remove(key, epoch: 0)?.key == key)
      }
      #expect(tree.count == 0)
      #expect(tree.root == nil)
      #expect(tree.first == nil)
    }
  }

  // Around the numbers at which one page, or two or three levels of them, are full.
  @Test(
    arguments: Array(0...70) + Array(1_010...1_060) + [32_766, 32_767, 32_768, 32_784])
  func `a tree that is built in order is like any other`(count: Int) {
    var builder = SortedTreeBuilder<Number>(epoch: 0)
    for key in 0..<count { builder.append(Number(key: 2 * key, value: key)) }
    var tree = builder.finish()
    tree.checkInvariants()
    #expect(tree.map(\.value) == Array(0..<count))
    // And it goes on as any other, between its elements and at both ends.
    for key in stride(from: -1, to: 2 * count, by: 97) { tree.set(key, 0) }
    for key in stride(from: 2 * count, through: 0, by: -6) { tree.remove(key, epoch: 0) }
    tree.checkInvariants()
  }
}
