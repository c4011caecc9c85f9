internal import Bytes
internal import HTTP
internal import Store

/// A parsed request to /v2/keys.
struct KeyRequest {
  let path: Path
  var value: [UInt8] = []
  var isDirectory = false
  /// Seconds to live; nil for ever.
  var timeToLive: UInt64?
  var prevExist: Bool?
  var comparison: Comparison
  var isRefresh = false
  var omitsValue = false
  var isRecursive = false
  var isQuorum = false
  var waits = false
  /// The first index to wait for; 0 for the next event.
  var waitIndex: UInt64 = 0
  var isStream = false
  /// Whether keys and values that are not UTF-8 are answered as `{"b64":"..."}`, as the log has
  /// them. Unknown to etcd, which ignores the parameter; for mini-etcdctl's export.
  var isExact = false

  /// Reads the request for the key `path`.
  ///
  /// - Throws: what is wrong with its parameters: the first, in the order in which etcd looks. It
  ///   looks at all of them whatever the method, before it looks at the key.
  init(_ request: Request, path: Path) throws(EtcdError) {
    let parameters = try KeyParameters(request)
    self.path = path
    let prevIndex = try Self.index(parameters.prevIndex, "prevIndex")
    waitIndex = try Self.index(parameters.waitIndex, "waitIndex")
    isRecursive = try Self.bool(parameters.recursive, "recursive")
    // Listings are sorted anyway.
    _ = try Self.bool(parameters.sorted, "sorted")
    waits = try Self.bool(parameters.wait, "wait")
    isDirectory = try Self.bool(parameters.dir, "dir")
    isQuorum = try Self.bool(parameters.quorum, "quorum")
    isStream = try Self.bool(parameters.stream, "stream")
    isExact = parameters.b64?.bool == true
    if waits && request.method != .get {
      throw EtcdError(.invalidField, #""wait" can only be used with GET requests"#)
    }
    if let prevValue = parameters.prevValue, prevValue.isEmpty {
      throw EtcdError(.prevValueRequired, #""prevValue" cannot be empty"#)
    }
    comparison = Comparison(value: parameters.prevValue.map(Array.init), index: prevIndex)
    omitsValue = try Self.bool(parameters.noValueOnSuccess, "noValueOnSuccess")
    timeToLive = try Self.timeToLive(parameters.ttl)
    if let text = parameters.prevExist {
      guard let bool = text.bool else { throw Self.invalid("prevExist") }
      prevExist = bool
    }
    if let text = parameters.refresh {
      guard let bool = text.bool else { throw Self.invalid("refresh") }
      isRefresh = bool
    }
    value = parameters.value.map(Array.init) ?? []
    if isRefresh { try checkRefresh() }
  }

  private func checkRefresh() throws(EtcdError) {
    if !value.isEmpty { throw EtcdError(.valueOnRefresh, "A value was provided on a refresh") }
    if timeToLive == nil { throw EtcdError(.ttlRequiredOnRefresh, "No TTL value set") }
  }

  private static func index(
    _ text: ArraySlice<UInt8>?, _ name: StaticString
  ) throws(EtcdError) -> UInt64 {
    guard let text else { return 0 }
    guard let number = text.decimal else {
      throw EtcdError(.indexNotANumber, "invalid value for \"\(name)\"")
    }
    return number
  }

  private static func timeToLive(_ text: ArraySlice<UInt8>?) throws(EtcdError) -> UInt64? {
    guard let text, !text.isEmpty else { return nil }
    guard let seconds = text.decimal else {
      throw EtcdError(.ttlNotANumber, #"invalid value for "ttl""#)
    }
    return seconds
  }

  private static func bool(
    _ text: ArraySlice<UInt8>?, _ name: StaticString
  ) throws(EtcdError) -> Bool {
    guard let text else { return false }
    guard let bool = text.bool else { throw invalid("\"\(name)\"") }
    return bool
  }

  private static func invalid(_ name: String) -> EtcdError {
    EtcdError(.invalidField, "invalid value for \(name)")
  }
}

extension ArraySlice<UInt8> {
  /// The words of Go's `strconv.ParseBool`.
  fileprivate var bool: Bool? {
    let text = span
    if text.equals("true") || text.equals("1") { return true }
    if text.equals("false") || text.equals("0") { return false }
    if text.equals("t") || text.equals("T") || text.equals("TRUE") || text.equals("True") {
      return true
    }
    if text.equals("f") || text.equals("F") || text.equals("FALSE") || text.equals("False") {
      return false
    }
    return nil
  }

  /// The number in a string of decimal digits and nothing else; nil also if it is past 64 bits.
  fileprivate var decimal: UInt64? {
    if isEmpty { return nil }
    var number: UInt64 = 0
    for byte in self {
      guard byte.isDigit else { return nil }
      let (tens, overflow) = number.multipliedReportingOverflow(by: 10)
      let (sum, carry) = tens.addingReportingOverflow(UInt64(byte - UInt8(ascii: "0")))
      guard !overflow, !carry else { return nil }
      number = sum
    }
    return number
  }
}

extension KeyRequest {
  /// Whether the time to live is already over: from 2^63 seconds on etcd's count overflows, and the
  /// same request is answered with the same negative number every time.
  var asksForPast: Bool { Int64(bitPattern: timeToLive ?? 0) < 0 }

  /// The command that PUT, POST or DELETE asks for.
  func command(for method: Method) -> any Command {
    let lifetime = Lifetime(seconds: timeToLive)
    let content = isDirectory ? KeySpace.Content.directory : .file(value)
    switch (method, prevExist) {
    case (.post, _):
      return CreateKey(path, content, lifetime: lifetime, isInOrder: true)
    case (.delete, _):
      if !comparison.isEmpty { return CompareAndDelete(path, if: comparison) }
      return RemoveKey(path, allowsDirectory: isDirectory, isRecursive: isRecursive)
    case (_, false):
      return CreateKey(path, content, lifetime: lifetime)
    case _ where !comparison.isEmpty:
      return CompareAndSwap(
        path, if: comparison, value, lifetime: lifetime, isRefresh: isRefresh)
    case (_, true):
      return UpdateKey(path, value, lifetime: lifetime, isRefresh: isRefresh)
    case (_, nil):
      return SetKey(path, content, lifetime: lifetime, isRefresh: isRefresh)
    }
  }
}
