// It takes the time anew whenever it is asked to.
// says: invariant 5: the time is stamped once: a command that is ordered again keeps it
// says: input:    stamped at 2, and again at 9
// says: expected: /b
// says: seen:     /b /c /e /a
public mutating func stamp(by time: any TimeSource) {
  now = time.now
}
