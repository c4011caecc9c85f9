// It forgets those who sleep.
// says: invariant 8: a task that sleeps on the loop is woken when its time has come
// says: expected: awake
// says: seen:     nothing, and no more within 5.0 seconds
private func turnUntilShutDown() {
  EventLoop.bind(self)
  defer { EventLoop.bind(nil) }
  while takeMail() {
    runJobs()
    finishTurn()
    poller.wait(for: sockets, milliseconds: fallAsleep())
    readClock()
  }
}
