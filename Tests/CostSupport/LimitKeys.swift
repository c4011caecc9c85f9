/// Keys as long and as deep as they may be, and one past it, for trying every entrance.
public enum LimitKeys {
  /// The longest key: 4,096 bytes.
  public static let long = String(repeating: "k", count: 4_096)
  /// The deepest key: 256 segments.
  public static let deep = nested(256)
  /// Both at once: 256 segments, 4,096 bytes.
  public static let longAndDeep = nested(255, name: "fifteen-letters") + "/sixteen-letters."

  /// Keys that every entrance takes.
  public static let taken = [long, deep, longAndDeep]
  /// Keys that every entrance refuses, each with the reason.
  public static let refused = [
    (key: long + "k", reason: "a key must have at most 4096 bytes, not 4097"),
    (key: deep + "/a", reason: "a key must have at most 256 segments, not 257"),
  ]

  /// A key of so many segments.
  public static func nested(_ depth: Int, name: String = "a") -> String {
    Array(repeating: name, count: depth).joined(separator: "/")
  }
}
