// It counts events, and not what they hold.
// says: invariant 6: bytes are bounded: old events go until the newest has room
// says: input:    room for the bytes of 3, events 1 to 10, from 7
// says: seen:     7 8 9 10
package mutating func append(_ event: Event) {
  var event = event
  event.removedDirectory = nil
  if count == ring.count { removeOldest() }
  ring[(oldest + count) % ring.count] = event
  count += 1
  bytes += event.heldBytes
}
