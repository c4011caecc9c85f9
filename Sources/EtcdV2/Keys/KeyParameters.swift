internal import Bytes
internal import HTTP

/// The parameters of a request to /v2/keys, decoded but not yet understood; nil for those not sent.
///
/// Body and query are read in one pass each. Of a name that occurs again the first value counts,
/// and the body comes before the query. A value without escapes is a slice of what was received.
struct KeyParameters {
  typealias Text = ArraySlice<UInt8>

  private(set) var value: Text?
  private(set) var dir: Text?
  private(set) var ttl: Text?
  private(set) var prevExist: Text?
  private(set) var prevValue: Text?
  private(set) var prevIndex: Text?
  private(set) var recursive: Text?
  private(set) var sorted: Text?
  private(set) var quorum: Text?
  private(set) var refresh: Text?
  private(set) var noValueOnSuccess: Text?
  private(set) var wait: Text?
  private(set) var waitIndex: Text?
  private(set) var stream: Text?
  private(set) var b64: Text?

  /// Reads the parameters of `request`: of its body only if that is a form sent by PUT or POST.
  /// - Throws: 210 with what is wrong, in the body before the query.
  init(_ request: Request) throws(EtcdError) {
    if request.method == .put || request.method == .post {
      let isForm: Bool
      do { isForm = try request.bodyIsForm } catch { throw EtcdError(.invalidForm, error.rawValue) }
      if isForm { try read(request.body) }
    }
    if let query = request.query { try read(query) }
  }

  /// Reads `name=value` joined by `&`.
  /// - Throws: 210 with the first bad escape, or with a semicolon, which as in Go counts more.
  private mutating func read(_ form: Text) throws(EtcdError) {
    var wrong: FormError?
    var reader = FormReader(0..<form.count)
    while let field = reader.next(in: form.span) {
      do throws(FormError) {
        let name = try form.decoded(field.name, of: field)
        note(name.span, try form.decoded(field.value, of: field))
      } catch {
        if wrong == nil || error == .semicolon { wrong = error }
      }
    }
    if let wrong { throw EtcdError(.invalidForm, wrong.reason) }
  }

  private mutating func note(_ name: Span<UInt8>, _ text: Text) {
    switch name.count {
    case 3:
      if name.equals("ttl") { ttl.keep(text) }
      if name.equals("dir") { dir.keep(text) }
      if name.equals("b64") { b64.keep(text) }
    case 4:
      if name.equals("wait") { wait.keep(text) }
    case 5:
      if name.equals("value") { value.keep(text) }
    case 6:
      if name.equals("quorum") { quorum.keep(text) }
      if name.equals("sorted") { sorted.keep(text) }
      if name.equals("stream") { stream.keep(text) }
    case 7:
      if name.equals("refresh") { refresh.keep(text) }
    case 9:
      if name.equals("prevExist") { prevExist.keep(text) }
      if name.equals("prevValue") { prevValue.keep(text) }
      if name.equals("prevIndex") { prevIndex.keep(text) }
      if name.equals("recursive") { recursive.keep(text) }
      if name.equals("waitIndex") { waitIndex.keep(text) }
    case 16:
      if name.equals("noValueOnSuccess") { noValueOnSuccess.keep(text) }
    default: break
    }
  }
}

extension ArraySlice<UInt8>? {
  /// Takes `text`, unless there is one already.
  fileprivate mutating func keep(_ text: ArraySlice<UInt8>) {
    if self == nil { self = text }
  }
}

extension ArraySlice<UInt8> {
  /// A part of `field` without its escapes; where there are none, the bytes as they lie here.
  fileprivate func decoded(
    _ part: Range<Int>, of field: FormField
  ) throws(FormError) -> ArraySlice<UInt8> {
    let raw = self[startIndex + part.lowerBound..<startIndex + part.upperBound]
    if raw.isPlain { return raw }
    let isName = part == field.name
    return try isName ? field.decodedName(in: span)[...] : field.decodedValue(in: span)[...]
  }

  /// Whether these bytes stand for themselves in a form.
  private var isPlain: Bool {
    let bytes = span
    for i in 0..<bytes.count {
      switch bytes[i] {
      case UInt8(ascii: "%"), UInt8(ascii: "+"), UInt8(ascii: ";"): return false
      default: continue
      }
    }
    return true
  }
}
