import Store

/// Reads a snapshot's file from head to foot, and verifies all of it on the way.
enum SnapshotReader {
  /// Reads the snapshot at `index`.
  static func read(
    _ disk: any Disk, _ index: LogIndex, expecting expected: SnapshotRecord?,
    takeLine: (UnsafeRawBufferPointer) throws(JournalError) -> Void
  ) throws(JournalError) -> SnapshotRecord {
    let name = FileName.ofSnapshot(index)
    let file = try withDisk { () throws(DiskError) in try disk.open(name) }
    return try read(file, named: name, at: index, expecting: expected, takeLine: takeLine)
  }

  /// Reads a snapshot block by block, so that it may be larger than the memory.
  ///
  /// - Parameters:
  ///   - index: of what it must be the snapshot; nil if that is all the same.
  ///   - expected: what the log says of it.
  ///   - takeLine: is given every line of content, as it was encoded. What it is given is known to
  ///     be right only when all is read.
  /// - Throws: ``JournalError/corrupt(_:)``, or what `takeLine` throws.
  static func read(
    _ file: any DiskFile, named name: String, at index: LogIndex?,
    expecting expected: SnapshotRecord?,
    takeLine: (UnsafeRawBufferPointer) throws(JournalError) -> Void
  ) throws(JournalError) -> SnapshotRecord {
    var check = Check(index)
    var block = [UInt8](repeating: 0, count: 1 << 20)
    var held = 0
    var offset = 0
    while true {
      if held == block.count {
        // A line that is longer than the block.
        block.append(contentsOf: repeatElement(0, count: held))
      }
      let count = try withDisk { () throws(DiskError) in
        try block.withUnsafeMutableBufferPointer { bytes throws(DiskError) in
          let room = UnsafeMutableRawBufferPointer(
            rebasing: UnsafeMutableRawBufferPointer(bytes)[held...])
          return try file.read(at: offset, into: room)
        }
      }
      offset += count
      held += count
      let isAtEnd = held < block.count
      try block.withUnsafeMutableBufferPointer { block throws(JournalError) in
        let bytes = UnsafeMutableRawBufferPointer(
          rebasing: UnsafeMutableRawBufferPointer(block)[..<held])
        let taken = try takeLines(of: bytes, isAtEnd: isAtEnd, name, &check, takeLine)
        bytes.copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[taken...]))
        held -= taken
      }
      if isAtEnd { break }
    }
    do throws(Damage) { return try check.finish(length: offset, expecting: expected) } catch {
      throw .damaged(name, max(check.line, 1), error)
    }
  }

  /// Takes the whole lines at the beginning of `bytes`.
  /// - Returns: how many bytes they are.
  static func takeLines(
    of bytes: UnsafeMutableRawBufferPointer, isAtEnd: Bool, _ name: String,
    _ check: inout Check,
    _ takeLine: (UnsafeRawBufferPointer) throws(JournalError) -> Void
  ) throws(JournalError) -> Int {
    var offset = 0
    while offset < bytes.count {
      let line: LineFrame.Line
      let isContent: Bool
      do throws(Damage) {
        line = try LineFrame.verify(UnsafeRawBufferPointer(bytes), at: offset)
        isContent = try check.accept(UnsafeRawBufferPointer(bytes), line, at: offset)
      } catch {
        if error == .unfinished, !isAtEnd { return offset }
        throw .damaged(name, check.line + 1, error)
      }
      if isContent {
        // The comma after the checksum replaced the object's opening brace.
        let brace = line.covered.lowerBound - 1
        bytes[brace] = UInt8(ascii: "{")
        let content = UnsafeRawBufferPointer(rebasing: bytes[brace..<line.covered.upperBound])
        do throws(JournalError) { try takeLine(content) } catch {
          throw error.at(name, line: check.line)
        }
      }
      offset = line.end
    }
    return offset
  }
}

extension SnapshotReader {
  /// Checks that a snapshot's lines are those that were written, all of them and in order.
  struct Check {
    /// How many lines were accepted.
    private(set) var line = 0
    /// Where the snapshot must be; nil until its head says so.
    private var index: LogIndex?
    private var term = Term.zero
    private var sum = CRC32C()
    /// Set by the foot.
    private var foot: (lines: UInt64, checksum: UInt32)?

    /// - Parameter index: nil if it may be a snapshot at any index.
    init(_ index: LogIndex?) { self.index = index }

    /// Accepts the next line, which is verified.
    /// - Returns: whether it is one of content.
    mutating func accept(
      _ bytes: UnsafeRawBufferPointer, _ line: LineFrame.Line, at start: Int
    ) throws(Damage) -> Bool {
      guard foot == nil else { throw .contradiction("a line stands behind the foot") }
      var reader = try FieldScanner(bytes, fieldsOf: line)
      if self.line == 0 {
        try readHead(&reader)
      } else if reader.skipIfThere(#""t":"end","lines":"#) {
        let lines = try reader.integer()
        try reader.skip(#","sum":"#)
        foot = (lines, UInt32(try reader.hexadecimal(digits: 8)))
        self.line += 1
        return false
      }
      sum.update(LineFrame.digits(of: bytes, at: start))
      self.line += 1
      return self.line > 1
    }

    private mutating func readHead(_ reader: inout FieldScanner) throws(Damage) {
      try reader.skip(#""t":"snapshot","v":"#)
      guard try reader.integer() == HeadRecord.version else { throw reader.unknown }
      try reader.skip(#","i":"#)
      let found = LogIndex(try reader.integer())
      guard found == index ?? found else {
        throw .contradiction("this is a snapshot under another's name")
      }
      index = found
      try reader.skip(#","term":"#)
      term = Term(try reader.integer())
    }

    /// Says what was read, once the file has come to its end.
    mutating func finish(
      length: Int, expecting expected: SnapshotRecord?
    ) throws(Damage) -> SnapshotRecord {
      guard let foot, let index else { throw .contradiction("the snapshot has no foot") }
      let lines = UInt64(line - 2)
      guard foot.lines == lines else {
        throw .contradiction("the foot says \(foot.lines) lines, there are \(lines)")
      }
      guard foot.checksum == sum.value else {
        throw .checksum(expected: sum.value, found: foot.checksum)
      }
      let found = SnapshotRecord(
        index: index, term: term, lines: lines, bytes: UInt64(length), checksum: foot.checksum)
      guard expected == nil || expected == found else {
        throw .contradiction("this is not the snapshot of which the log speaks")
      }
      return found
    }
  }
}
