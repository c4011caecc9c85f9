// It takes a chunk to be whole in what has arrived.
// says: is broken: invariant 1
// says: input:    "5\r\nhel"
// says: seen:     the code stops the program
package mutating func decode(
  _ bytes: Span<UInt8>, appendingTo body: inout [UInt8]
) throws(WireError) -> Int {
  var position = 0
  while position < bytes.count, state != .complete {
    if state == .data {
      let end = position + remaining
      body.append(copying: bytes.extracting(position..<end))
      remaining = 0
      position = end
      state = .dataCarriageReturn
    } else {
      try take(bytes[position])
      position += 1
    }
  }
  return position
}
