import Synchronization

/// What clients of all nodes were told by etcd's API, and whether one history can be made of it:
/// the index that comes with every answer says at which moment of the history it was given.
final class Chronicle: Sendable {
  /// What had been told when something was asked: nothing later may be older.
  struct Start {
    let seenHere: Int
    let seenAnywhere: Int
  }

  private struct Writing {
    let key: String
    /// Nil for a deletion.
    let value: String?
  }

  private struct Reading {
    let key: String
    let index: Int
    let value: String?
    let modifiedIndex: Int?
  }

  private struct State {
    var answers = 0
    var seen: [UInt16: Int] = [:]
    var writings: [Int: Writing] = [:]
    /// Of which nobody knows whether they took place.
    var unknown: [Writing] = []
    var readings: [Reading] = []
    var complaints: [String] = []
  }

  private let state = Mutex(State())

  /// How many answers said something about the store.
  var answers: Int { state.withLock { $0.answers } }

  func start(at port: UInt16) -> Start {
    state.withLock {
      Start(seenHere: $0.seen[port] ?? 0, seenAnywhere: $0.seen.values.max() ?? 0)
    }
  }

  /// - Parameters:
  ///   - index: the answer's X-Etcd-Index; 0 for none.
  ///   - value: what the key holds, for a read.
  func end(
    _ deed: Deed, at port: UInt16, since start: Start, status: Int, index: Int, value: String?,
    modifiedIndex: Int?
  ) {
    let isRead = deed.kind == .read || deed.kind == .quorumRead
    let writing = Writing(key: deed.key, value: deed.kind == .delete ? nil : deed.value)
    state.withLock { state in
      guard index > 0 else {
        if !isRead { state.unknown.append(writing) }
        return
      }
      state.answers += 1
      let bound = deed.kind == .read ? start.seenHere : start.seenAnywhere
      if index < bound {
        state.complaints.append("\(deed) is answered at \(index), after \(bound) had been told")
      }
      state.seen[port] = max(state.seen[port] ?? 0, index)
      if isRead {
        state.readings.append(
          Reading(key: deed.key, index: index, value: value, modifiedIndex: modifiedIndex))
      } else if status < 300, state.writings.updateValue(writing, forKey: index) != nil {
        state.complaints.append("two writes have the index \(index)")
      }
    }
  }

  /// What cannot be, in words.
  var complaints: [String] {
    state.withLock { state in
      state.complaints
        + state.readings.filter { !Self.isPossible($0, in: state) }.map { "\($0) cannot be" }
    }
  }

  /// Whether a key held what was read, when it was read: what was last written to it by then.
  private static func isPossible(_ reading: Reading, in state: State) -> Bool {
    let known = state.writings.filter { $0.value.key == reading.key && $0.key <= reading.index }
    let last = known.max { $0.key < $1.key }
    if let modified = reading.modifiedIndex, modified == last?.key {
      return reading.value == last?.value.value
    }
    if reading.value == nil && last?.value.value == nil { return true }
    // Otherwise a write of which nobody knows must have come after it.
    if let modified = reading.modifiedIndex, modified < last?.key ?? 0 { return false }
    return state.unknown.contains { $0.key == reading.key && $0.value == reading.value }
  }
}
