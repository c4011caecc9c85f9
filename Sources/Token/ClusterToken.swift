internal import Platform

/// The secret that the members of a cluster share with the tools that may change its members.
///
/// It is kept in a file, the same on every member, and travels in a header:
///
///     Authorization: Bearer 9f2c...
///
/// It is never logged. Who listens on the wire reads it: without TLS it keeps out strangers, not
/// eavesdroppers.
public struct ClusterToken: Sendable {
  /// How long a token may be, in bytes.
  public static let longest = 1_024

  /// The value of the header that shows it.
  public let authorization: [UInt8]

  /// - Returns: nil unless it is 1 to ``longest`` visible ASCII characters.
  public init?(_ bytes: some Collection<UInt8>) {
    guard (1...Self.longest).contains(bytes.count), bytes.allSatisfy(Self.isVisible)
    else { return nil }
    authorization = Array("Bearer ".utf8) + bytes
  }

  private static func isVisible(_ byte: UInt8) -> Bool { (0x21...0x7e).contains(byte) }

  /// Reads the first line of a file.
  public init(file path: String) throws(TokenFileError) {
    let bytes: [UInt8]
    do throws(SystemError) {
      bytes = try Platform.contents(of: path, atMost: Self.longest + 1)
    } catch {
      throw TokenFileError("\(path): \(error.reason)")
    }
    let line = bytes.prefix { $0 != UInt8(ascii: "\n") && $0 != UInt8(ascii: "\r") }
    guard let token = ClusterToken(line) else {
      let seen =
        line.count > Self.longest
        ? "more than \(Self.longest)"
        : line.allSatisfy(Self.isVisible) ? "\(line.count)" : "others"
      throw TokenFileError(
        "\(path): its first line must be 1 to \(Self.longest) visible ASCII characters, not \(seen)"
      )
    }
    self = token
  }

  /// Whether a header's value shows this token; takes a time that does not tell how much of it was
  /// right.
  public func matches(_ header: ArraySlice<UInt8>?) -> Bool {
    let given = header ?? []
    var difference: UInt8 = given.count == authorization.count ? 0 : 1
    for (place, byte) in given.enumerated() {
      difference |= byte ^ authorization[place % authorization.count]
    }
    return difference == 0
  }
}

/// Why there is no token in a file: the file's name and the reason, for people.
public struct TokenFileError: Error, Hashable, Sendable, CustomStringConvertible {
  public let description: String
  init(_ description: String) { self.description = description }
}
