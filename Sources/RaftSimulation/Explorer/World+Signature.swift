import Raft
import Store

extension World {
  /// A number that is the same for worlds that differ only in the nodes' names, and for no others,
  /// unless 64 bits collide.
  ///
  /// Nodes are put in order by what can be said of each without a name. Only those that look alike
  /// are tried in every order; the least number of all counts.
  var signature: UInt64 {
    let looks = cores.indices.map(look)
    let order = cores.indices.sorted { looks[$0] < looks[$1] }
    var least = UInt64.max
    forEachOrder(of: order, alike: looks, from: 0) { order in
      least = min(least, order == Array(cores.indices) ? number : renamed(order).number)
    }
    return least
  }

  private var number: UInt64 { UInt64(bitPattern: Int64(hashValue)) }

  /// What can be said of a node without a name.
  private func look(_ node: Int) -> UInt64 {
    let core = cores[node]
    var hasher = Hasher()
    hasher.combine(core.role)
    hasher.combine(core.term)
    hasher.combine(core.commitIndex)
    hasher.combine(core.log.lastPosition)
    hasher.combine(core.vote == nil ? 0 : core.vote == core.id ? 1 : 2)
    hasher.combine(core.leader == nil ? 0 : core.leader == core.id ? 1 : 2)
    hasher.combine(core.membership.isVoter(core.id))
    for term in leaders.indices where leaders[term] == core.id { hasher.combine(term) }
    var sent = 0
    var received = 0
    for other in cores.indices {
      sent += links[node * count + other].count
      received += links[other * count + node].count
      if cores[other].membership.isVoter(core.id) { received += 64 }
    }
    hasher.combine(sent)
    hasher.combine(received)
    return UInt64(bitPattern: Int64(hasher.finalize()))
  }

  /// Calls `body` with every order that differs from `order` only among nodes that look alike.
  private func forEachOrder(
    of order: [Int], alike looks: [UInt64], from place: Int, _ body: ([Int]) -> Void
  ) {
    guard place < order.count else { return body(order) }
    var order = order
    for other in place..<order.count
    where looks[order[place]] == looks[order[other]] {
      order.swapAt(place, other)
      forEachOrder(of: order, alike: looks, from: place + 1, body)
      order.swapAt(place, other)
    }
  }
}
