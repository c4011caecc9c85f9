internal import Glibc
package import Loop
internal import Platform

/// Both ends of a connection, on one loop.
package func socketPair(on loop: EventLoop) throws -> (Socket, Socket) {
  var ends: [Int32] = [-1, -1]
  let type = Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
  if socketpair(AF_UNIX, type, 0, &ends) < 0 { throw SystemError("socketpair", code: errno) }
  return (try loop.adopt(ends[0]), try loop.adopt(ends[1]))
}

// The tests' tasks all run on the loop of the sockets they share; the compiler cannot see that.
extension Socket: @unchecked Sendable {}
