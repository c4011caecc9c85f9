internal import Bytes
public import HTTP
internal import JSON
public import Store

/// `GET /get?key=K`: answers `{"key":K,"value":V,"found":true}`, or an empty V and false.
///
/// A directory is not a value, so it is not found.
public struct GetHandler: Handler {
  private let store: KeyValueStore
  private let proposer: any Proposer

  /// Reads `store` once `proposer` says that it is up to date.
  public init(_ store: KeyValueStore, upToDateBy proposer: any Proposer) {
    self.store = store
    self.proposer = proposer
  }

  public func respond(to request: Request, with response: Response) async throws {
    let key = try request.key()
    let path = try filePath(of: key)
    try await proposer.ready()
    var value: [UInt8]?
    do throws(KeyValueStore.Missing) {
      if case .file(let file) = try store.get(path).node { value = file.value }
    } catch {}
    response.contentType = .json
    response.body.append("{\"key\":")
    response.body.append(jsonString: key)
    response.body.append(",\"value\":")
    response.body.append(jsonString: value ?? [])
    response.body.append(value == nil ? ",\"found\":false}\n" : ",\"found\":true}\n")
  }
}
