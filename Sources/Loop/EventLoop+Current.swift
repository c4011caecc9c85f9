internal import Platform

extension EventLoop {
  /// The loop whose thread this is; nil on any other thread.
  public static var current: EventLoop? {
    guard let pointer = slot.pointer else { return nil }
    return Unmanaged.fromOpaque(pointer).takeUnretainedValue()
  }

  /// Whether the caller runs on this loop's thread.
  public var isCurrent: Bool {
    Self.slot.pointer == Unmanaged.passUnretained(self).toOpaque()
  }

  /// Makes this thread the loop's; nil: it is no longer.
  static func bind(_ loop: EventLoop?) {
    slot.set(loop.map { Unmanaged.passUnretained($0).toOpaque() })
  }

  private static let slot = ThreadSlot()
}
