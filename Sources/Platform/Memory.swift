#if canImport(Darwin)
  public import Darwin
#elseif canImport(Musl)
  public import Musl
#else
  public import Glibc
#endif

// The C library's searches, which look at many bytes at a time.

/// The place of the first `byte` at or after `start`; nil if there is none.
@inlinable
package func find(_ byte: UInt8, in bytes: UnsafeRawBufferPointer, from start: Int) -> Int? {
  guard start < bytes.count, let base = bytes.baseAddress else { return nil }
  guard let place = memchr(base + start, Int32(byte), bytes.count - start) else { return nil }
  return UnsafeRawPointer(place) - base
}

/// Whether two places hold the same `count` bytes.
@inlinable
package func areEqual(_ one: UnsafeRawPointer, _ other: UnsafeRawPointer, count: Int) -> Bool {
  memcmp(one, other, count) == 0
}
