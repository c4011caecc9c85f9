#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

extension EventLoop {
  /// The loop whose thread this is; nil on any other thread.
  public static var current: EventLoop? {
    guard let pointer = pthread_getspecific(key) else { return nil }
    return Unmanaged.fromOpaque(pointer).takeUnretainedValue()
  }

  /// Whether the caller runs on this loop's thread.
  public var isCurrent: Bool {
    pthread_getspecific(Self.key) == Unmanaged.passUnretained(self).toOpaque()
  }

  /// Makes this thread the loop's; nil: it is no longer.
  static func bind(_ loop: EventLoop?) {
    pthread_setspecific(key, loop.map { Unmanaged.passUnretained($0).toOpaque() })
  }

  private static let key: pthread_key_t = {
    var key = pthread_key_t()
    let failure = pthread_key_create(&key, nil)
    precondition(failure == 0, "pthread_key_create: no key left")
    return key
  }()
}
