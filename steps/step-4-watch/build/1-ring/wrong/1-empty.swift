// It remembers nothing.
// says: invariant 1: events are remembered in order
// says: input:    room for 4, events 1 to 3, from 1
// says: expected: 1 2 3
// says: seen:     none
package mutating func append(_ event: Event) {
}
