internal import Bytes
internal import HTTP
internal import Store

extension Request {
  /// The path without its percent escapes; the bytes as they came in if it has none.
  /// - Throws: 400 for a malformed escape.
  var decodedPath: ArraySlice<UInt8> {
    get throws(HTTPError) {
      let path = path
      guard path.contains(UInt8(ascii: "%")) else { return path }
      var decoded: [UInt8] = []
      do throws(PercentError) {
        try decoded.append(percentDecoding: path.span, plusIsSpace: false)
      } catch {
        throw HTTPError(.badRequest, error.reason)
      }
      return decoded[...]
    }
  }

  /// The key that a path at or below /v2/keys names: `/v2/keys/a%2Fb/` is `/a/b`.
  ///
  /// etcd itself knows no limits; a key beyond ours is an invalid field: 400, with errorCode 209.
  /// With POST the name that is going to be made counts as well.
  /// - Throws: 400 when it can name none. ``EntryHandler`` lets no malformed one in.
  func key() throws -> Path {
    let name = try decodedPath.dropFirst("/v2/keys".utf8.count)
    do throws(InvalidPath) {
      let path = try Path(name)
      if method == .post { try path.checkRoom(forNameOf: CreateKey.nameBytes) }
      return path
    } catch {
      throw EtcdError(.invalidField, "\(error)")
    }
  }
}
