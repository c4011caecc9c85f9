/// Why a text stands for no value of a kind: what it must be, a fragment that ends an error line.
public struct InvalidText: Error, Equatable {
  public let reason: String

  public init(_ reason: String) { self.reason = reason }
}
