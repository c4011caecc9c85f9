import Bytes
import Options
import RunSupport
import Testing

/// The other types a flag may have.
@Suite(.inTurn, .timeLimit(.minutes(10))) struct FlagValueTests {
  static let addresses: [(String, String, UInt16)] = [
    (":8081", "", 8081), ("127.0.0.1:8080", "127.0.0.1", 8080), ("[::1]:8080", "::1", 8080),
    ("localhost:80", "localhost", 80), (":0", "", 0), (":65535", "", 65_535),
    ("[fe80::1%eth0]:1", "fe80::1%eth0", 1), ("node-1_a.example:2379", "node-1_a.example", 2379),
    ("[::]:8080", "::", 8080), ("bücher.example:80", "bücher.example", 80),
  ]

  @Test(arguments: addresses)
  func `addresses are read and written back`(_ text: String, _ host: String, _ port: UInt16) throws
  {
    let address = try HostPort(flagText: text)
    #expect(address == HostPort(host: host, port: port))
    #expect(address.flagText == text)
    #expect("\(address)" == text)
  }

  @Test(arguments: [
    ("http://localhost:80", "localhost:80"), ("http://[::1]:80/", "[::1]:80"),
    ("http://:8081", ":8081"),
  ])
  func `an address may be written as a URL`(_ text: String, _ address: String) throws {
    #expect(try HostPort(flagText: text).flagText == address)
  }

  static let malformed = "must be host:port, such as 127.0.0.1:8080"
  static let brackets = "must have an IPv6 address, and nothing else, in brackets: [::1]:8080"
  static let port = "must have a port from 0 to 65535"
  static let scheme = "must be an http address: there is no TLS here, use a proxy for it"
  static let badAddresses: [(String, String)] = [
    ("", malformed), ("8080", malformed), ("localhost", malformed),
    (":", malformed), ("localhost:", malformed), (":http", malformed),
    (":+80", malformed), (":-1", malformed), (":80 ", malformed),
    (" :80", malformed), ("a b:80", malformed), ("a/b:80", malformed),
    ("[::1]", malformed), ("]:80", malformed), ("a@b:80", malformed),
    (":65536", port), (":99999999999999999999", port),
    ("::1:8080", brackets), ("[]:80", brackets), ("[localhost]:80", brackets),
    ("[::1:80", brackets), ("::1]:80", brackets), ("https://localhost:80", scheme),
    ("http://a:80/b", malformed), ("http://a:80//", malformed), ("http://a", malformed),
    ("http://", malformed), ("http://http://a:80", brackets), ("a:80/", malformed),
    ("unix://a:80", brackets), ("HTTP://a:80", brackets),
  ]

  @Test(arguments: badAddresses)
  func `what is no address is refused with the reason`(_ text: String, _ reason: String) {
    #expect(throws: InvalidText(reason)) { try HostPort(flagText: text) }
  }

  @Test func `a list of named addresses is read and written back`() throws {
    let text = "node1=localhost:8081,node2=[::1]:8082"
    let list = try [Named<HostPort>](flagText: text)
    #expect(
      list == [
        Named("node1", HostPort(host: "localhost", port: 8081)),
        Named("node2", HostPort(host: "::1", port: 8082)),
      ])
    #expect(list.flagText == text)
  }

  @Test(arguments: ["node1", "=:80", "node1=:80,", ",", "node1=", "node1=:x"])
  func `a list with a gap or a nameless item is refused`(_ text: String) {
    #expect(throws: InvalidText.self) { try [Named<HostPort>](flagText: text) }
  }

  @Test func `an optional value is nil only until it is given`() throws {
    #expect(try String?(flagText: "") == .some(""))
    #expect(try Int?(flagText: "7") == 7)
    #expect(throws: InvalidText.self) { try Int?(flagText: "x") }
    #expect(Int?.none.flagText == "")
  }

  @Test(arguments: [
    ("1", true), ("t", true), ("T", true), ("true", true), ("TRUE", true), ("True", true),
    ("0", false), ("f", false), ("F", false), ("false", false), ("FALSE", false), ("False", false),
  ])
  func `booleans have Go's twelve spellings`(_ text: String, _ value: Bool) throws {
    #expect(try Bool(flagText: text) == value)
  }

  enum Shape: String, CaseIterable, FlagValue { case round, square }

  @Test func `an enum of words is a choice among them`() throws {
    #expect(try Shape(flagText: "square") == .square)
    #expect(throws: InvalidText("must be one of round, square")) { try Shape(flagText: "Round") }
    #expect(Shape.round.flagText == "round")
    #expect(Shape.flagPlaceholder == "round|square")
  }

  @Test(arguments: [Int.min, -1, 0, 1, .max])
  func `whole numbers are exact to the limits of 64 bits`(_ number: Int) throws {
    #expect(try Int(flagText: number.flagText) == number)
  }
}
