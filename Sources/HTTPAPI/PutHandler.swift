internal import Bytes
public import HTTP
internal import JSON
public import Store

/// `POST /put {"key":K,"value":V}`: writes V under K, and answers `OK` once the write is durable.
///
/// With `"ttl":N` the key expires after N seconds. Other members are ignored.
public struct PutHandler: Handler {
  private let proposer: any Proposer

  public init(_ proposer: any Proposer) { self.proposer = proposer }

  public func respond(to request: Request, with response: Response) async throws {
    let command = try Self.command(in: request.body)
    try await proposer.change(command)
    response.body.append("OK")
  }

  /// Reads the body, and throws what is wrong with it.
  private static func command(in body: ArraySlice<UInt8>) throws(HTTPError) -> Put {
    let root: JSONValue
    do { root = try JSONDocument(body).root } catch {
      throw HTTPError(.badRequest, "the body is not JSON: \(error)")
    }
    guard root.isObject else { throw HTTPError(.badRequest, "the body must be a JSON object") }
    let path = try filePath(of: try text("key", in: root))
    let value = try text("value", in: root)
    guard let member = root["ttl"] else { return Put(path, value) }
    guard let seconds = member.int64, seconds > 0 else {
      throw HTTPError(
        .badRequest, "ttl must be a positive whole number of seconds, not \(excerpt(of: member))")
    }
    return Put(path, value, timeToLive: seconds)
  }

  private static func text(
    _ name: StaticString, in object: JSONValue
  ) throws(HTTPError) -> [UInt8] {
    guard let member = object[name] else { throw HTTPError(.badRequest, "\(name) is missing") }
    if let bytes = member.bytes { return bytes }
    throw HTTPError(.badRequest, "\(name) must be a string, not \(excerpt(of: member))")
  }

  /// The beginning of a value as it was sent.
  private static func excerpt(of value: JSONValue) -> String {
    let text = value.text
    let start = String(decoding: text.prefix(40), as: UTF8.self) + (text.count > 40 ? "…" : "")
    return value.isString ? "\"\(start)\"" : start
  }
}
