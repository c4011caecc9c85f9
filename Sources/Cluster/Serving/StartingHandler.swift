public import HTTP
import Store

/// Lets clients wait while a node that starts does not know yet what its store should hold.
///
/// Served at once is what other members ask, and what shows the node's state: `/raft/...`,
/// `/health`, `/metrics`, `/stats`, `/ui`. All else waits, for as long as a write
/// may take, and is then answered 503 with the reason.
public struct StartingHandler: Handler {
  private let handler: any Handler
  private let node: ClusterNode

  /// - Parameter handler: answers once `node` is up to date.
  public init(_ handler: any Handler, of node: ClusterNode) {
    self.handler = handler
    self.node = node
  }

  public func respond(to request: Request, with response: Response) async throws {
    if !node.isStarted, !request.path.isServedAtOnce {
      do throws(ProposalError) { try await node.started() } catch {
        throw HTTPError(.serviceUnavailable, "\(error)")
      }
    }
    try await handler.respond(to: request, with: response)
  }
}

extension ArraySlice<UInt8> {
  fileprivate var isServedAtOnce: Bool {
    starts(with: "/raft/".utf8) || starts(with: "/ui".utf8) || elementsEqual("/health".utf8)
      || elementsEqual("/metrics".utf8) || elementsEqual("/stats".utf8)
  }
}
