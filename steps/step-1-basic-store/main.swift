// Step 1's program: a prompt on the store. It reads one command per line and answers it; nothing is
// kept when it ends. The store itself is Sources/Store.

import Store

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

let usage = """
  put KEY VALUE    write a value (the rest of the line)
  get KEY          show a value
  delete KEY       remove a key
  list [KEY]       show what is in a directory, the root if none is named
  help             show this
  quit             leave; so does the end of input
  """

let store = KeyValueStore()
let proposer = DirectProposer(store)

/// The answer to one line; nil for `quit`.
func answer(to line: String) async -> String? {
  let words = line.split(separator: " ", maxSplits: 2).map { Array($0.utf8) }
  guard let verb = words.first else { return "" }
  do {
    switch (String(decoding: verb, as: UTF8.self), words.count) {
    case ("put", 3):
      _ = try await proposer.propose(Put(Path(words[1]), words[2])).result.get()
      return "OK"
    case ("get", 2):
      guard case .file(let file) = try store.get(Path(words[1])).node else {
        return "(a directory)"
      }
      return String(decoding: file.value, as: UTF8.self)
    case ("delete", 2):
      _ = try await proposer.propose(Delete(Path(words[1]))).result.get()
      return "Deleted"
    case ("list", 1), ("list", 2):
      return list(try store.get(words.count == 2 ? Path(words[1]) : .root).node)
    case ("help", 1): return usage
    case ("quit", 1): return nil
    default: return "error: \(complaint(about: line)) (help shows the commands)"
    }
  } catch let missing as KeyValueStore.Missing {
    return "(\(missing.error))"
  } catch {
    return "error: \(error)"
  }
}

/// What is wrong with a line that cannot be followed.
func complaint(about line: String) -> String {
  let verb = line.split(separator: " ").first ?? ""
  for command in usage.split(separator: "\n") where command.hasPrefix("\(verb) ") {
    let form = command.firstRange(of: "  ").map { command[..<$0.lowerBound] } ?? command
    return "must be \(form), not \(line)"
  }
  return "not a command: \(line)"
}

/// The names in a directory, a line each, a directory's with a slash; a file's value.
func list(_ node: TreeNode) -> String {
  switch node {
  case .file(let file): return String(decoding: file.value, as: UTF8.self)
  case .directory(let directory) where directory.count == 0: return "(empty)"
  case .directory(let directory):
    return directory.children.map { entry in
      let name = String(decoding: entry.name.bytes, as: UTF8.self)
      if case .directory = entry.node { return name + "/" }
      return name
    }.joined(separator: "\n")
  }
}

if CommandLine.arguments.count > 1 {
  print("step-1-basic-store has no flags; it reads commands, one per line:\n\n\(usage)")
  exit(2)
}

let isTerminal = isatty(STDIN_FILENO) == 1
print("A store in memory. help shows the commands.")
while true {
  if isTerminal { print("> ", terminator: "") }
  guard let line = readLine() else {
    // Ctrl-D: what the shell prints next begins a line.
    if isTerminal { print() }
    break
  }
  guard let text = await answer(to: line) else { break }
  if !text.isEmpty { print(text) }
}
