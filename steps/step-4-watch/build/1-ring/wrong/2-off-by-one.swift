// It writes the fifth event over the ring's end.
// says: is broken: invariant 3
// says: seen:     the code stops the program
package mutating func append(_ event: Event) {
  var event = event
  event.removedDirectory = nil
  let size = event.heldBytes
  while count > 0, count == ring.count || bytes + size > byteLimit { removeOldest() }
  guard size <= byteLimit else {
    knownFrom = event.index.next
    return
  }
  ring[oldest + count] = event
  count += 1
  bytes += size
}
