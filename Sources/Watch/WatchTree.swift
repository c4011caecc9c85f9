import Store

/// The watchers, in a tree like the keys they watch, so that an event finds those it concerns by
/// walking down its own path:
///
///     event /a/b    root  recursive ones: yes (unless b or a is hidden)
///                    a    recursive ones: yes (unless b is hidden)
///                     b   all
///                      …  only when /a/b was removed, and only those whose key it took
struct WatchTree {
  private let root = WatchNode(name: [], parent: nil)

  mutating func insert(_ watcher: Watcher) {
    var node = root
    for name in watcher.request.path.segments { node = node.makeChild(name) }
    node.append(watcher)
  }

  mutating func remove(_ watcher: Watcher) {
    guard let node = watcher.node else { return }
    node.remove(watcher)
    node.prune()
  }

  /// Every watcher.
  var all: [Watcher] { watchers(beneath: root) + root.watchers }

  /// The watchers to tell of `event`, in no particular order.
  ///
  /// Costs one step per name of the event's path and one per watcher found; a removed directory
  /// also costs one per watcher beneath it.
  func concerned(by event: Event) -> [Watcher] {
    var found: [Watcher] = []
    let hiddenDepth = event.path.deepestHiddenName
    var node: WatchNode? = root
    var depth = 0
    var names = event.path.segments
    while let current = node {
      let name = names.next()
      if name == nil {
        found.append(contentsOf: current.watchers)
        if event.removedDirectory != nil {
          found += watchers(beneath: current).filter { event.removes($0.request.path) }
        }
      } else if hiddenDepth <= depth {
        for watcher in current.watchers where watcher.request.isRecursive { found.append(watcher) }
      }
      node = name.flatMap { current.children[$0] }
      depth += 1
    }
    return found
  }

  private func watchers(beneath node: WatchNode) -> [Watcher] {
    var found: [Watcher] = []
    var rest = Array(node.children.values)
    while let node = rest.popLast() {
      found.append(contentsOf: node.watchers)
      rest.append(contentsOf: node.children.values)
    }
    return found
  }
}

/// The watchers of one key, and the way to those of keys beneath.
final class WatchNode {
  private let name: ArraySlice<UInt8>
  private unowned(unsafe) let parent: WatchNode?
  private(set) var children: [ArraySlice<UInt8>: WatchNode] = [:]
  private(set) var watchers: [Watcher] = []

  init(name: ArraySlice<UInt8>, parent: WatchNode?) {
    self.name = name
    self.parent = parent
  }

  func makeChild(_ name: ArraySlice<UInt8>) -> WatchNode {
    if let child = children[name] { return child }
    let child = WatchNode(name: name, parent: self)
    children[name] = child
    return child
  }

  func append(_ watcher: Watcher) {
    watcher.node = self
    watcher.slot = watchers.count
    watchers.append(watcher)
  }

  /// Takes the watcher out; the last one moves into its place.
  func remove(_ watcher: Watcher) {
    let last = watchers.removeLast()
    if last !== watcher {
      watchers[watcher.slot] = last
      last.slot = watcher.slot
    }
    watcher.node = nil
  }

  /// Removes this node from the tree if it is no longer needed, then the one above, and so on.
  func prune() {
    var node = self
    while let parent = node.parent, node.watchers.isEmpty, node.children.isEmpty {
      parent.children[node.name] = nil
      node = parent
    }
  }

  // Deep chains are taken apart one by one; see Directory's deinit.
  deinit {
    var rest = Array(children.values)
    children = [:]
    while let node = rest.popLast() {
      rest.append(contentsOf: node.children.values)
      node.children = [:]
    }
  }
}

extension Path {
  /// The depth of the last name that begins with `_`, the first name's being 1; 0 without any.
  fileprivate var deepestHiddenName: Int {
    var depth = 0
    var deepest = 0
    for name in segments {
      depth += 1
      if name.first == UInt8(ascii: "_") { deepest = depth }
    }
    return deepest
  }
}
