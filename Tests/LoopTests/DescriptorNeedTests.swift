import Platform
import RunSupport
import Testing

@testable import Loop

/// What a server may open, when its port is taken, is enough for as many loops as there are cores.
@Suite(.inTurn, .timeLimit(.minutes(10))) struct DescriptorNeedTests {
  /// Lets this process open so many more descriptors, and no more than that. The system bounds
  /// their numbers, and among those that are taken there may be gaps.
  private static func limitDescriptors(to more: Int) {
    var (limit, free) = (Int32(0), 0)
    while free < more {
      if !Platform.isOpen(limit) { free += 1 }
      limit += 1
    }
    Platform.limitDescriptors(to: UInt64(limit), isFinal: true)
  }

  @Test func `loops for many cores leave the rest of it free`() async {
    await #expect(processExitsWith: .success) {
      let cores = 50
      Self.limitDescriptors(to: BoundPort.neededDescriptors(cores: cores))
      let loops = try (0..<cores).map { _ in try EventLoop.start() }
      try Platform.requireDescriptors(BoundPort.otherDescriptors)
      for loop in loops { loop.shutDown() }
    }
  }

  @Test func `a port is not taken with fewer than that`() async {
    await #expect(processExitsWith: .success) {
      let needed = BoundPort.neededDescriptors(cores: Platform.coreCount)
      Self.limitDescriptors(to: needed - 3)
      let error = #expect(throws: AddressError.self) { try BoundPort("127.0.0.1", port: 0) }
      #expect(error?.description.hasSuffix("Too many open files; see ulimit -n") == true)
    }
    await #expect(processExitsWith: .success) {
      // The system's libraries may take some at any time.
      let needed = BoundPort.neededDescriptors(cores: Platform.coreCount)
      Self.limitDescriptors(to: needed + 3)
      _ = try BoundPort("127.0.0.1", port: 0)
    }
  }
}
