/// Has a ``SnapshotWriter`` write into a file that is there already, and whose name is others'
/// business.
struct OneFileDisk: Disk {
  let file: any DiskFile

  func create(_: String) throws(DiskError) -> any DiskFile { file }
  func rename(_: String, to _: String) throws(DiskError) {}
  func remove(_: String) throws(DiskError) {}
  func syncDirectory() throws(DiskError) {}

  // What a writer does not do.

  func makeDirectory() throws(DiskError) {}
  func lock() throws(DiskError) {}
  func list() throws(DiskError) -> [String] { [] }
  func open(_: String) throws(DiskError) -> any DiskFile { file }
  func openForWriting(_: String) throws(DiskError) -> any DiskFile { file }
}
