// The first failure is its last.
// says: invariant 5: it looks again and again, also after a proposal has failed
// says: expected: it sleeps until its next look
// says: seen:     it has ended
public func run() async {
  while (try? await clock.sleep(for: Self.interval)) != nil {
    do throws(ProposalError) { try await expireDue() } catch { return }
  }
}
