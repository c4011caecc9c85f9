/// A response's status: a code, and the phrase that goes with it (RFC 9110, section 15).
public struct Status: RawRepresentable, Hashable, Sendable {
  /// Three digits, 100 to 599.
  public let rawValue: Int

  public init(rawValue: Int) { self.rawValue = rawValue }
  public init(_ code: Int) { self.rawValue = code }

  public static let `continue` = Status(100)
  public static let switchingProtocols = Status(101)
  public static let ok = Status(200)
  public static let created = Status(201)
  public static let noContent = Status(204)
  public static let movedPermanently = Status(301)
  public static let notModified = Status(304)
  public static let temporaryRedirect = Status(307)
  public static let badRequest = Status(400)
  public static let unauthorized = Status(401)
  public static let forbidden = Status(403)
  public static let notFound = Status(404)
  public static let methodNotAllowed = Status(405)
  public static let requestTimeout = Status(408)
  public static let conflict = Status(409)
  public static let gone = Status(410)
  public static let preconditionFailed = Status(412)
  public static let contentTooLarge = Status(413)
  public static let unsupportedMediaType = Status(415)
  public static let expectationFailed = Status(417)
  public static let headerFieldsTooLarge = Status(431)
  public static let internalServerError = Status(500)
  public static let notImplemented = Status(501)
  public static let serviceUnavailable = Status(503)
  public static let gatewayTimeout = Status(504)
  public static let versionNotSupported = Status(505)

  /// The phrase after the code, for people only; empty for a code without a name here.
  public var reason: StaticString {
    switch rawValue {
    case 100: "Continue"
    case 101: "Switching Protocols"
    case 200: "OK"
    case 201: "Created"
    case 204: "No Content"
    case 301: "Moved Permanently"
    case 304: "Not Modified"
    case 307: "Temporary Redirect"
    case 400: "Bad Request"
    case 401: "Unauthorized"
    case 403: "Forbidden"
    case 404: "Not Found"
    case 405: "Method Not Allowed"
    case 408: "Request Timeout"
    case 409: "Conflict"
    case 410: "Gone"
    case 412: "Precondition Failed"
    case 413: "Request Entity Too Large"
    case 415: "Unsupported Media Type"
    case 417: "Expectation Failed"
    case 431: "Request Header Fields Too Large"
    case 500: "Internal Server Error"
    case 501: "Not Implemented"
    case 503: "Service Unavailable"
    case 504: "Gateway Timeout"
    case 505: "HTTP Version Not Supported"
    default: ""
    }
  }

  /// Whether a response with this status never has a body, nor a length (RFC 9112, section 6.3).
  public var isBodiless: Bool { rawValue < 200 || rawValue == 204 || rawValue == 304 }
}
