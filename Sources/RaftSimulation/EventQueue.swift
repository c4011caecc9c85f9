/// Virtual time, in microseconds since the schedule began.
typealias Instant = Int64

/// What happens at some instant. Small numbers only, so that the queue moves nothing that counts
/// references; `life` tells a host's processes apart, and an event of an earlier one is void.
enum ScheduledEvent {
  /// A message arrives; its place among ``MessageBag``'s.
  case deliver(Int32)
  case tick(host: Int16, life: Int32)
  /// The disk has finished the oldest batch it was given.
  case diskDone(host: Int16, life: Int32)
  case snapshotDone(host: Int16, life: Int32)
  /// The stream that brings a snapshot to another host has ended, well or not.
  case streamEnds(host: Int16, life: Int32, receiver: Int16, succeeded: Bool)
  /// A client has thought, or its request arrives, or its answer, or its patience ends.
  case clientActs(client: Int16)
  case requestArrives(client: Int16, operation: Int32)
  case answerArrives(client: Int16, operation: Int32)
  case patienceEnds(client: Int16, operation: Int32)
  case fault
  /// The reader does something; its place among the deeds.
  case deed(Int16)
  /// A leader who was cut off when it was elected crashes as well.
  case jinx(host: Int16, life: Int32)
  /// An operator wants a change of membership at once.
  case operatorActs
  /// Two nodes' patience ends at one moment.
  case rivalry
  case restart(host: Int16, life: Int32)
  case resume(host: Int16, life: Int32)
}

/// The future: a binary heap, earliest first; of events at one instant, first come first served.
struct EventQueue {
  private struct Item {
    var time: Instant
    var order: UInt64
    var event: ScheduledEvent

    func precedes(_ other: Item) -> Bool {
      time != other.time ? time < other.time : order < other.order
    }
  }

  private var heap: [Item] = []
  private var scheduled: UInt64 = 0

  init() { heap.reserveCapacity(256) }

  mutating func schedule(_ event: ScheduledEvent, at time: Instant) {
    let item = Item(time: time, order: scheduled, event: event)
    scheduled += 1
    heap.append(item)
    var child = heap.count - 1
    while child > 0 {
      let parent = (child - 1) / 2
      guard item.precedes(heap[parent]) else { break }
      heap[child] = heap[parent]
      child = parent
    }
    heap[child] = item
  }

  mutating func next() -> (time: Instant, event: ScheduledEvent)? {
    guard let first = heap.first, let last = heap.popLast() else { return nil }
    guard !heap.isEmpty else { return (first.time, first.event) }
    var parent = 0
    while true {
      var child = 2 * parent + 1
      guard child < heap.count else { break }
      if child + 1 < heap.count, heap[child + 1].precedes(heap[child]) { child += 1 }
      guard heap[child].precedes(last) else { break }
      heap[parent] = heap[child]
      parent = child
    }
    heap[parent] = last
    return (first.time, first.event)
  }
}
