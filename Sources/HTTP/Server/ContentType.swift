/// The media types of the project's answers.
public struct ContentType: Sendable {
  /// The value of the header `Content-Type`.
  public let text: StaticString

  public init(_ text: StaticString) { self.text = text }

  public static let plainText = ContentType("text/plain; charset=utf-8")
  public static let html = ContentType("text/html; charset=utf-8")
  public static let json = ContentType("application/json")
}
