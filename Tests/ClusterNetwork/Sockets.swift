import Foundation
import Platform

/// A socket that listens on a port of 127.0.0.1 that the system chose.
func listeningSocket() -> (descriptor: Int32, port: UInt16) {
  let descriptor = socket(AF_INET, streamSocket, 0)
  var address = loopback(port: 0)
  var length = socklen_t(MemoryLayout<sockaddr_in>.size)
  let isBound = withUnsafeMutablePointer(to: &address) { pointer in
    pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
      bind(descriptor, $0, length) == 0 && listen(descriptor, 64) == 0
        && getsockname(descriptor, $0, &length) == 0
    }
  }
  precondition(isBound, "no port to listen on")
  return (descriptor, UInt16(bigEndian: address.sin_port))
}

/// A socket that is connected to a port of 127.0.0.1; nil if nobody listens there.
func connectedSocket(to port: UInt16) -> Int32? {
  let descriptor = socket(AF_INET, streamSocket, 0)
  var on: Int32 = 1
  setsockopt(
    descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<Int32>.size))
  var address = loopback(port: port)
  let isConnected = withUnsafeMutablePointer(to: &address) { pointer in
    pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
      connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
    }
  }
  if isConnected { return descriptor }
  Platform.close(descriptor)
  return nil
}

private func loopback(port: UInt16) -> sockaddr_in {
  var address = sockaddr_in()
  address.sin_family = sa_family_t(AF_INET)
  address.sin_port = port.bigEndian
  address.sin_addr.s_addr = in_addr_t(0x7f00_0001).bigEndian
  return address
}
