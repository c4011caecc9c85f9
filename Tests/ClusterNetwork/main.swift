// The network between the nodes of a test, with a mind of its own: a proxy for each way from one
// node to another, which can be cut or made slow while the others are not.
//
//   cluster-network -nodes 127.0.0.1:8081,127.0.0.1:8082,127.0.0.1:8083
//
// It prints where the proxies listen, a line `FROM TO PORT` for each, and then `ready`. After that
// it does what it reads, a command a line, and answers each with `ok`:
//
//   cut FROM TO          what FROM sends does not reach TO until the road is healed
//   slow FROM TO MS      it arrives so many milliseconds later
//   heal                 all roads are open and fast
//
// Nodes are counted from 1; `*` is each of them.

import Bytes
import Foundation
import HTTP
import Options
import Platform

struct Settings {
  var nodes: [HostPort] = []
}

let flags = FlagSet(
  "cluster-network", "Proxies between nodes, whose roads can be cut.", defaults: Settings(),
  variablePrefix: nil,
  [Flag("nodes", \.nodes, "where the nodes are")])
let settings = flags.parseOrExit()
// A node that is killed closes its connections; that is an error of the call, not the end of this.
signal(SIGPIPE, SIG_IGN)

let roads = build(settings.nodes)
print("ready")
fflush(nil)
while let line = readLine() {
  guard obey(line.split(separator: " ").map(String.init)) else {
    flags.fail("not a command: \(line)")
  }
  print("ok")
  fflush(nil)
}

/// Opens a road from each node to each other, and says where it begins.
@Sendable func build(_ nodes: [HostPort]) -> [Road] {
  var roads: [Road] = []
  for from in nodes.indices {
    for to in nodes.indices where to != from {
      let road = Road(from: from + 1, to: to + 1)
      let (descriptor, port) = listeningSocket()
      print("\(from + 1) \(to + 1) \(port)")
      let target = nodes[to].port
      Platform.startThread { open(road, from: descriptor, to: target) }
      roads.append(road)
    }
  }
  return roads
}

/// Takes whoever comes. The node at the other end need not be there: then he is sent away.
@Sendable func open(_ road: Road, from descriptor: Int32, to port: UInt16) {
  while true {
    let client = accept(descriptor, nil, nil)
    if client < 0 { continue }
    guard let server = connectedSocket(to: port) else {
      Platform.close(client)
      continue
    }
    Carrier(road, from: client, to: server).run()
  }
}

/// Does what a line says; false if it says nothing known.
func obey(_ words: [String]) -> Bool {
  if words == ["heal"] {
    for road in roads { road.heal() }
    return true
  }
  guard words.count >= 3 else { return false }
  let meant = roads.filter {
    (words[1] == "*" || words[1] == "\($0.from)") && (words[2] == "*" || words[2] == "\($0.to)")
  }
  if words[0] == "cut", words.count == 3 {
    for road in meant { road.cut() }
  } else if words[0] == "slow", words.count == 4, let milliseconds = Double(words[3]) {
    for road in meant { road.slow(by: milliseconds / 1000) }
  } else {
    return false
  }
  return true
}
