// One pass a turn: what becomes ready in it waits for the next turn.
// says: invariant 5: work for the end of a turn is done once, when no task is ready any more
// says: expected: task task task task task task end
// says: seen:     task task task end task task task
private func runJobs() {
  swap(&jobs, &pass)
  for job in pass { job.runSynchronously(on: asUnownedTaskExecutor()) }
  pass.removeAll(keepingCapacity: true)
}
