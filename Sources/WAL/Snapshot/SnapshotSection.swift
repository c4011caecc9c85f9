import Bytes
public import JSON
public import Store

/// State beside the store's tree that a snapshot carries along: step 4's event history.
///
/// It belongs in a snapshot for the reason the tree does: it follows from the log, and a node that
/// starts from the snapshot no longer has that part of the log. The same commands give the same
/// lines on every node.
///
/// The lines stand behind the tree's, each an object whose one member has the section's name:
///
///     {"history":{"from":1}}
///     {"history":{"index":1,"action":"set","key":"/cloud","node":{...}}}
///
/// A program refuses a snapshot with a section it does not know, as it refuses a log with a command
/// it does not know: it would drop what a later step wrote with its next snapshot. A snapshot
/// without the section was written by an earlier step and says nothing about it.
public protocol SnapshotSection: Sendable {
  /// The name by which snapshots know it. It must never change, nor be the name of a member that a
  /// line of the tree has.
  var name: StaticString { get }

  /// Returns the section as it is now, one element per line.
  ///
  /// The thread that applies commands calls this when it takes the store's snapshot, so both are of
  /// the same moment. It must be quick: encoding happens later, on another thread.
  func capture() -> [LineEncoder]

  /// Begins to read the section out of a snapshot of a store that stands at `index`. Called on any
  /// thread, and only if the snapshot has such a line.
  func makeReader(at index: StoreIndex) -> any SectionReader
}

/// Appends one JSON value, without a line break.
public typealias LineEncoder = @Sendable (inout [UInt8]) -> Void

/// Takes in the lines of one section of one snapshot.
public protocol SectionReader {
  /// Takes the next line's value; returns false if no such section has it there.
  mutating func read(_ value: JSONValue) -> Bool

  /// Puts what was read in force. All of the snapshot is verified by then, and
  /// ``Store/KeyValueStore/restore(_:applied:)`` follows at once, on the same thread.
  func restore()
}
