#if canImport(Darwin)
  internal import Darwin
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Glibc
#endif

// Descriptors: numbers by which a process knows its open files, sockets and pipes. 0, 1 and 2 are
// standard input, output and error.

package let standardInput: Int32 = 0
package let standardOutput: Int32 = 1
package let standardError: Int32 = 2

/// Whether the number belongs to something open.
package func isOpen(_ descriptor: Int32) -> Bool {
  fcntl(descriptor, F_GETFD) >= 0
}

/// Whether a person is at the other end.
package func isTerminal(_ descriptor: Int32) -> Bool {
  isatty(descriptor) == 1
}

/// Reads what is there; waits for something unless the descriptor does not wait.
/// - Returns: the number of bytes, 0 at the end.
package func read(
  _ descriptor: Int32, into buffer: UnsafeMutableRawBufferPointer
) throws(SystemError) -> Int {
  try checked("read") { read(descriptor, buffer.baseAddress, buffer.count) }
}

/// Writes; waits for room unless the descriptor does not wait.
/// - Returns: the number of bytes taken, which may be fewer.
package func write(
  _ bytes: UnsafeRawBufferPointer, to descriptor: Int32
) throws(SystemError) -> Int {
  try checked("write") { write(descriptor, bytes.baseAddress, bytes.count) }
}

/// Writes a byte, and does not tell whether it could. A signal's handler may call it.
package func writeByte(_ byte: UInt8, to descriptor: Int32) {
  var byte = byte
  _ = retryingInterrupts { write(descriptor, &byte, 1) }
}

/// Writes eight bytes, likewise: what an eventfd takes.
package func writeWord(_ word: UInt64, to descriptor: Int32) {
  var word = word
  _ = retryingInterrupts { write(descriptor, &word, 8) }
}

/// Waits until a write would find room, or has failed.
/// - Parameter milliseconds: how long; -1: without limit. A signal ends the wait early.
/// - Returns: false if the time is over.
package func waitForRoom(in descriptor: Int32, milliseconds: Int32) -> Bool {
  var entry = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
  return poll(&entry, 1, milliseconds) > 0
}

/// A pipe, which waits and which a new process would inherit.
package func openPipe() throws(SystemError) -> (readEnd: Int32, writeEnd: Int32) {
  var ends: [Int32] = [-1, -1]
  try checked("pipe") { pipe(&ends) }
  return (ends[0], ends[1])
}

/// Makes sure that the process may open `count` more descriptors, by opening and closing them.
package func requireDescriptors(_ count: Int) throws(SystemError) {
  var opened: [Int32] = []
  defer { for descriptor in opened { Platform.close(descriptor) } }
  while opened.count < count {
    let pipe = try openPipe()
    opened += [pipe.readEnd, pipe.writeEnd]
  }
}
