import Foundation
import RunSupport
import Testing

/// The course's scripts run with what macOS has: bash 3.2, and tools without GNU's flags.
@Suite(.inTurn, .timeLimit(.minutes(10))) struct ScriptsTests {
  private static let scripts = Repository.files.filter { path in
    guard path.hasPrefix("steps/"), !path.contains("/.") else { return false }
    return path.hasSuffix(".sh")
      || (try? Repository.text(of: path))?.hasPrefix("#!/usr/bin/env bash\n") == true
  }

  @Test func `no script uses what macOS does not have`() throws {
    #expect(Self.scripts.count > 35)
    for path in Self.scripts + ["steps/workshop/functions.awk"] {
      for fault in try Portability.faults(in: Repository.text(of: path)) {
        Issue.record("\(path):\(fault)")
      }
    }
  }

  /// A page empties `wal-data` of another step's log; what git keeps there must stay.
  @Test func `emptying the data directory leaves what belongs to the repository`() throws {
    let commands = try Set(
      Repository.pages.flatMap { try Repository.text(of: $0).split(separator: "\n") }
        .filter { $0.hasPrefix("find wal-data ") })
    #expect(!commands.isEmpty)
    let kept = [".gitignore", "README.md", "README.zh.md"]
    for command in commands {
      let place = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
      let data = place.appending(path: "wal-data")
      try FileManager.default.createDirectory(
        at: data.appending(path: "node1"), withIntermediateDirectories: true)
      defer { try? FileManager.default.removeItem(at: place) }
      for name in kept + ["lock", "wal-0000000000000001.jsonl", "node1/lock"] {
        try Data().write(to: data.appending(path: name))
      }
      let shell = Process()
      shell.executableURL = URL(filePath: "/bin/sh")
      shell.arguments = ["-c", String(command)]
      shell.currentDirectoryURL = place
      try shell.run()
      shell.waitUntilExit()
      let left = try FileManager.default.contentsOfDirectory(atPath: data.path()).sorted()
      #expect(left == kept, "\(command)")
    }
  }

  @Test(arguments: [
    "declare -A roads", "local -n all=$1", "mapfile -t lines", "coproc { cat; }",
    "echo ${name,,}",
    "echo ${name@Q}", "last=${all[-1]}", "echo ${name:0:-1}", "make &>>log", "make |& cat",
    "wait -n", "now=$EPOCHREALTIME", "[[ -v name ]]", "exec {file}>out",
    "x=$(case $y in a) echo;; esac)",
    "timeout 5 cat", "x=$(timeout 60 \"$program\" wal)", "if ! timeout 1 true; then",
    "cat <x | tac", "truncate -s 0 f", "cat /proc/1/stat", "sed -i s/a/b/ f", "sed -ni p f",
    "cat f | sed '0,/a/d'", "sed -n '/a/{s///p;q}'", #"sed -E 's/\bid\b/ID/'"#, #"grep 'a\|b' f"#,
    "grep -oP x f",
    "date +%s%N", "date -d now", "readlink -f .", "sort -V", "ls | xargs -r rm", "stat -c %s f",
    "head -c 100m f", "head -n -1 f", "tail --pid 1 f", "find . -printf %p", "wc -l <f",
    "awk '{ print gensub(/a/, \"b\", 1) }'", "prlimit --pid 1", "sort --unique f",
    "awk 'END { print a != b ? a : b }'",
    "all=()\nfor one in \"${all[@]}\"; do", "flags=(\"$@\")\nrun \"${flags[@]}\"",
  ])
  func `what macOS does not have is found`(script: String) throws {
    #expect(try Portability.faults(in: script).count == 1)
  }

  @Test(arguments: [
    "# timeout 5 cat", "curl \"$url/watch?timeout=5s\"", "echo 'Watch timeout'", "within 5 cat",
    "server -watch-timeout 5s", "sed -n 's/a//p' f", "sed -n '/a/{s///p;q;}'", "grep -E 'a|b' f",
    "date +%Y%m%d", "grep -- '-grace' f", "head -c 100 f", "printf 'a\\nb' | sort -u", "a || b",
    "all=(1)\nrun \"${all[@]}\"", "all=()\nrun ${all[@]+\"${all[@]}\"}", "wait \"$n\"",
    "[ \"$(uname)\" != Linux ] && exit\nprlimit --pid 1", "curl --max-time 5 --data-binary @f",
  ])
  func `what macOS has is let pass`(script: String) throws {
    #expect(try Portability.faults(in: script) == [])
  }

  /// SC2034, SC2154: a script that is sourced sets and uses variables of the one that sources it.
  @Test(.enabled(if: Shellcheck.isInstalled, "shellcheck is not installed"))
  func `shellcheck finds nothing`() throws {
    #expect(try Shellcheck.said(of: Self.scripts, excluding: "SC2034,SC2154") == "")
  }

  @Test(.enabled(if: Shellcheck.isInstalled, "shellcheck is not installed"))
  func `what shellcheck complains of is told`() throws {
    let file = FileManager.default.temporaryDirectory.appending(path: "\(UUID()).sh")
    try Data("cd /nowhere\nrm -rf \"$1/\"*\n".utf8).write(to: file)
    defer { try? FileManager.default.removeItem(at: file) }
    #expect(try Shellcheck.said(of: [file.path()], excluding: "SC2034").contains("SC2164"))
  }
}

private enum Shellcheck {
  static let isInstalled = (try? run(["--version"]))?.contains("version:") == true

  static func said(of scripts: [String], excluding rules: String) throws -> String {
    try run(
      ["--shell=bash", "--severity=warning", "--format=gcc", "--external-sources"]
        + ["--exclude=\(rules)"] + scripts)
  }

  private static func run(_ arguments: [String]) throws -> String {
    try RunSupport.run("shellcheck", arguments, in: Repository.root, returning: .output).text
  }
}
