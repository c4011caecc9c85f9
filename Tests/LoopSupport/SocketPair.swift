package import Loop
internal import Platform

/// Both ends of a connection, on one loop.
package func socketPair(on loop: EventLoop) throws -> (Socket, Socket) {
  let (one, other) = try Platform.openSocketPair()
  return (try loop.adopt(one), try loop.adopt(other))
}

// The tests' tasks all run on the loop of the sockets they share; the compiler cannot see that.
extension Socket: @unchecked Sendable {}
