// It takes every byte, and keeps none.
// says: invariant 1: a chunk is its size in hexadecimal
// says: input:    "5\r\nhello\r\n0\r\n\r\n"
// says: expected: body "hello", then ""
// says: seen:     body "", and needs more
package mutating func decode(
  _ bytes: Span<UInt8>, appendingTo body: inout [UInt8]
) throws(WireError) -> Int {
  return bytes.count
}
