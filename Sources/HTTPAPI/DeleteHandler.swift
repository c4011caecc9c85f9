internal import Bytes
public import HTTP
public import Store

/// `DELETE /delete?key=K`, or POST for clients that cannot send DELETE: removes K, and answers
/// `Deleted`, whether or not there was such a key.
public struct DeleteHandler: Handler {
  private let proposer: any Proposer

  public init(_ proposer: any Proposer) { self.proposer = proposer }

  public func respond(to request: Request, with response: Response) async throws {
    let path = try filePath(of: try request.key())
    try await proposer.change(Delete(path))
    response.body.append("Deleted")
  }
}
