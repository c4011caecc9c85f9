import Foundation
import Platform
import Synchronization

/// Ten ports that are free, in place of 8080 to 8089: 8081 becomes, say, 4711, and 4711 in an
/// answer is 8081 again. They have four digits, so that nothing moves, and are below those the
/// system hands out, so that none is taken by a connection in the meantime.
struct Ports {
  /// What stands in place of 808.
  let prefix: Int

  private static let given = Mutex<Set<Int>>([808])

  /// - Parameter text: what is to be seen, whose numbers could not be told from ports like them.
  init(unlike text: String) {
    var candidate: Ports
    repeat {
      candidate = Ports(prefix: Int.random(in: 200..<1000))
    } while candidate.show(text) != text
      || !Ports.given.withLock { $0.insert(candidate.prefix).inserted }
      || !(0...4).allSatisfy { Ports.isFree(UInt16(candidate.prefix * 10 + $0)) }
    self = candidate
  }

  init(prefix: Int) { self.prefix = prefix }

  func hide(_ text: String) -> String { Ports.replace("808", by: "\(prefix)", in: text) }
  func show(_ text: String) -> String { Ports.replace("\(prefix)", by: "808", in: text) }

  /// Replaces `old` where one more digit follows and no other digit stands beside them.
  private static func replace(_ old: String, by new: String, in text: String) -> String {
    text.replacingOccurrences(
      of: "(?<![0-9])\(old)([0-9])(?![0-9])", with: "\(new)$1", options: .regularExpression)
  }

  private static func isFree(_ port: UInt16) -> Bool {
    let descriptor = socket(AF_INET, streamSocket, 0)
    defer { Platform.close(descriptor) }
    var one: Int32 = 1
    setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &one, socklen_t(MemoryLayout<Int32>.size))
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    let bound = withUnsafeBytes(of: &address) { bytes in
      bind(
        descriptor, bytes.baseAddress?.assumingMemoryBound(to: sockaddr.self),
        socklen_t(bytes.count))
    }
    return bound == 0
  }
}
