/// Durations as Go writes them: `30s`, `1m30s`, `250ms`, `1.5h`, `-2us`, `0`.
///
/// A sign, then numbers, each with an optional fraction and a unit: `ns`, `us` (or `µs`), `ms`,
/// `s`, `m`, `h`. Only zero needs no unit. What is finer than a nanosecond is cut off, and the
/// limit is Go's: ±(2⁶³ - 1) nanoseconds, some 292 years.
extension Duration {
  /// The duration that `text` stands for.
  public init(text: String) throws(InvalidText) {
    var rest = text.utf8[...]
    let isNegative = rest.first == UInt8(ascii: "-")
    if isNegative || rest.first == UInt8(ascii: "+") { rest.removeFirst() }
    if rest.elementsEqual("0".utf8) {
      self = .zero
      return
    }
    guard !rest.isEmpty else { throw InvalidText("must be a duration such as 30s or 1m30s") }
    var nanoseconds: Int128 = 0
    while !rest.isEmpty {
      nanoseconds += try Self.takeTerm(from: &rest)
      guard nanoseconds <= Int128(Int64.max) else { throw tooLong }
    }
    self = .nanoseconds(isNegative ? -Int64(nanoseconds) : Int64(nanoseconds))
  }

  /// Takes one number with its unit, such as `1.5h`, off the front: its nanoseconds.
  private static func takeTerm(
    from rest: inout Substring.UTF8View
  ) throws(InvalidText) -> Int128 {
    let whole = takeDigits(from: &rest)
    var fraction = Substring().utf8
    if rest.first == UInt8(ascii: ".") {
      rest.removeFirst()
      fraction = takeDigits(from: &rest)
    }
    guard !whole.isEmpty || !fraction.isEmpty else {
      throw InvalidText("must be a duration such as 30s or 1m30s")
    }
    let unit = rest.prefix { $0 != UInt8(ascii: ".") && !$0.isDigit }
    rest.removeFirst(unit.count)
    guard let length = nanoseconds(of: Substring(unit)) else {
      throw InvalidText(
        unit.isEmpty ? "must have a unit, as in 30s" : "must have a unit of ns, us, ms, s, m or h")
    }
    guard let count = whole.isEmpty ? 0 : Int64(Substring(whole)) else {
      throw tooLong
    }
    // As many places as Int128 holds: an hour is 3.6e12 nanoseconds, and 3.6e37 still fits.
    let places = fraction.prefix(25)
    let numerator = places.reduce(0 as Int128) { $0 * 10 + Int128($1 - UInt8(ascii: "0")) }
    let denominator = places.reduce(1 as Int128) { product, _ in product * 10 }
    return Int128(count) * length + numerator * length / denominator
  }

  private static func takeDigits(from rest: inout Substring.UTF8View) -> Substring.UTF8View {
    let digits = rest.prefix { $0.isDigit }
    rest.removeFirst(digits.count)
    return digits
  }

  /// Go knows the micro sign (U+00B5) and the Greek letter (U+03BC) as well.
  private static func nanoseconds(of unit: Substring) -> Int128? {
    switch unit {
    case "ns": 1
    case "us", "\u{B5}s", "\u{3BC}s": 1_000
    case "ms": 1_000_000
    case "s": 1_000_000_000
    case "m": 60_000_000_000
    case "h": 3_600_000_000_000
    default: nil
    }
  }

  /// The shortest exact form: `1h`, `1m30s`, `1.5s`, `250ms`, `0s`.
  public var text: String {
    let total = components.seconds.magnitude
    let nanoseconds = UInt64(components.attoseconds.magnitude / 1_000_000_000)
    let sign = self < .zero ? "-" : ""
    if total == 0 {
      let steps: [(size: UInt64, unit: String)] = [(1_000_000, "ms"), (1_000, "us"), (1, "ns")]
      guard let step = steps.first(where: { nanoseconds >= $0.size }) else { return "0s" }
      return sign + Self.decimal(nanoseconds, in: step.size) + step.unit
    }
    let (hours, minutes, seconds) = (total / 3600, total / 60 % 60, total % 60)
    var text = sign
    if hours > 0 { text += "\(hours)h" }
    if minutes > 0 { text += "\(minutes)m" }
    if seconds > 0 || nanoseconds > 0 {
      text += "\(seconds)" + Self.decimal(nanoseconds, in: 1_000_000_000).dropFirst() + "s"
    }
    return text
  }

  /// `count / unit` as a decimal fraction without trailing zeros; `unit` is a power of ten.
  private static func decimal(_ count: UInt64, in unit: UInt64) -> String {
    var text = String(count / unit)
    guard count % unit != 0 else { return text }
    text += "." + String(unit + count % unit).dropFirst()
    while text.utf8.last == UInt8(ascii: "0") { text.removeLast() }
    return text
  }
}

private let tooLong = InvalidText(
  "must be at most \(Duration.nanoseconds(Int64.max).text)")
