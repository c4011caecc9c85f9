// It tells what it still knows, and not that something is missing.
// says: invariant 4: what is no longer known is refused, with the oldest that is
// says: input:    room for 4, events 1 to 6, from 2
// says: expected: cleared, the oldest is 3
// says: seen:     3 4 5 6
package func events(
  from index: StoreIndex, at path: Path, isRecursive: Bool
) throws(WatchError) -> [Event] {
  var found: [Event] = []
  for position in 0..<count {
    guard let event = ring[(oldest + position) % ring.count] else { continue }
    if event.index >= index, event.concerns(path, isRecursive: isRecursive) { found.append(event) }
  }
  return found
}
