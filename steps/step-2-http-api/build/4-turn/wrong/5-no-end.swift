// It runs jobs until there are none, which may be never.
// says: invariant 7: tasks that resume each other for ever keep no socket waiting
// says: expected: the socket is readable
// says: seen:     it is not heard of within 5.0 seconds
private func runJobs() {
  while !jobs.isEmpty {
    swap(&jobs, &pass)
    for job in pass { job.runSynchronously(on: asUnownedTaskExecutor()) }
    pass.removeAll(keepingCapacity: true)
  }
}
