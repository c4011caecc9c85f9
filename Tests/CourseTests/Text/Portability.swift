/// What macOS does not understand in a shell script: its bash is 3.2, its tools are BSD's.
///
/// A table of patterns, not a parser: it judges a line at a time, without comments. What it lets
/// pass may still be wrong; what it refuses has a plain replacement.
enum Portability {
  struct Rule {
    let pattern: String
    let reason: String
  }

  /// A tool where a command can begin.
  private static func tool(_ names: String, _ arguments: String = "") -> String {
    #"(?:^|[;&|({`!]|\b(?:then|do|else|elif|if|while|until|exec|env|within|timed|xargs)\b)\s*"#
      + #"(?:[A-Z_]+=\S* )*(?:"# + names + #")(?![\w/.=-])"# + arguments
  }

  static let rules: [Rule] = [
    // bash
    Rule(
      pattern: #"\b(?:declare|local|typeset) -[a-z]*[Agnlu]"#,
      reason: "bash 3.2 has no associative arrays, references or global locals"),
    Rule(pattern: tool("mapfile|readarray"), reason: "bash 3.2 reads lines with `while read`"),
    Rule(pattern: tool("coproc"), reason: "bash 3.2 has no coprocesses: use mkfifo"),
    Rule(
      pattern: #"\$\{\w+(?:\[[^\]]*\])?(?:,|\^|@[A-Za-z]\})"#,
      reason: "bash 3.2 changes no case, and quotes with printf %q"),
    Rule(
      pattern: #"\$\{\w+:[^}-]*: *-|\[ *-[0-9]+\]\}"#,
      reason: "bash 3.2 does not count from the end"),
    Rule(pattern: #"&>>|\|&|;;?&"#, reason: "bash 3.2 has no &>>, |&, ;& and ;;&"),
    Rule(
      pattern: #"\b(?:wait -n|EPOCHREALTIME|EPOCHSECONDS|BASHPID|SRANDOM)\b"#,
      reason: "not in bash 3.2; `timed`, in step 2's serving.sh, measures time"),
    Rule(
      pattern: #"\[\[ -[vR] |printf ['"]%\(|exec \{|\bshopt -s (?:globstar|lastpipe)"#,
      reason: "bash 3.2 does not know it"),
    Rule(
      pattern: #"\$\([^)]*\bcase\b.* in\b"#,
      reason: "bash 3.2 takes a pattern's parenthesis for the end of $("),
    // Tools that are not there
    Rule(pattern: tool("timeout"), reason: "use `within`, in step 2's serving.sh"),
    Rule(
      pattern: tool("realpath|nproc|tac|shuf|setsid|truncate|sha256sum|md5sum|ss|flock|numfmt"),
      reason: "not on macOS"),
    Rule(pattern: #"/proc/"#, reason: "only Linux has /proc"),
    // Flags that are GNU's
    Rule(
      pattern: tool(
        "sed|grep|sort|cp|mv|ls|head|tail|wc|date|stat|find|cut|tr|mktemp|ps|xargs|du|df|touch|rm"
          + "|mkdir|cat|kill|pgrep|pkill", #"[^|;)]* --[a-z]"#),
      reason: "long options are GNU's"),
    Rule(
      pattern: tool("sed", #"[^|;)]* -[a-zA-Z]*i"#),
      reason: "BSD's -i wants a suffix: write another file"),
    Rule(
      pattern: tool("sed", #"[^|]*["']0,/"#), reason: "BSD sed has no line 0: use awk"),
    Rule(
      pattern: tool("sed", #"[^|]*[a-z]\}["']"#),
      reason: "BSD sed wants a semicolon before the brace"),
    Rule(
      pattern: tool("sed|grep|awk", #".*\\[bBsSwW<>]"#),
      reason: #"\b, \s, \w, \< and the like are GNU's"#),
    Rule(
      pattern: tool("sed|grep", #"(?![^|]* -[a-zA-Z]*E)[^|]*\\\|"#),
      reason: #"\| in a basic regular expression is GNU's: use -E"#),
    Rule(pattern: tool("grep", #"[^|;]* -[a-zA-Z]*P"#), reason: "BSD grep has no -P"),
    Rule(pattern: tool("date", #"[^|;)]*(?:%N| -[dI])"#), reason: "BSD date has no -d, -I, %N"),
    Rule(pattern: tool("readlink", " -f"), reason: "macOS before 12.3 has no -f"),
    Rule(pattern: tool("sort", #"[^|;]* -[a-zA-Z]*V"#), reason: "sort -V is GNU's"),
    Rule(pattern: tool("xargs", #"[^|;]* -[rd]\b"#), reason: "xargs -r and -d are GNU's"),
    Rule(pattern: tool("stat", " -c"), reason: "stat -c is GNU's"),
    Rule(
      pattern: tool("head|tail", #" -[cn] *(?:-[0-9]|[0-9]+[a-zA-Z])"#),
      reason: "BSD's head has no negative counts and no suffixes"),
    Rule(pattern: tool("find", #"[^|;]* -printf"#), reason: "find -printf is GNU's"),
    Rule(pattern: tool("ps", #" [^|;]*-[a-z]*q"#), reason: "ps -q is GNU's"),
    Rule(pattern: tool("pgrep", #" [^|;]*-[a-z]*[ac]"#), reason: "pgrep -a differs, -c is GNU's"),
    Rule(
      pattern: tool("wc", " -[a-z]"), reason: "BSD's wc pads with spaces: grep -c '' counts lines"),
    Rule(
      pattern: #"\b(?:gensub|strftime|systime|asorti?|PROCINFO|IGNORECASE)\b"#,
      reason: "gawk's own"),
    Rule(
      pattern: #"\bprint \w+ (?:[!=]=|[<>]=?) "#,
      reason: "the original awk wants a comparison that is printed in parentheses"),
    // Linux alone
    Rule(
      pattern: tool("prlimit|mount|umount|unshare|setpriv|ip"), reason: "only on Linux"),
  ]

  /// Only where a script has ended already if it is not on Linux.
  private static let guardLine = #""$(uname)" != Linux"#

  /// What is wrong in a script, as `LINE: reason: text`.
  static func faults(in script: String) throws -> [String] {
    let compiled = try rules.map { (try Regex($0.pattern), $0.reason) }
    let lines = script.split(separator: "\n", omittingEmptySubsequences: false)
    let isLinux = script.contains(guardLine)
    let empty = Set(script.matches(of: /\b(\w+)=\((?:\)|"\$@")/).map { String($0.1) })
    var faults: [String] = []
    for (number, line) in zip(1..., lines) {
      let code = line.drop { $0 == " " }
      if code.hasPrefix("#") { continue }
      for (pattern, reason) in compiled where code.contains(pattern) {
        if isLinux, ["only on Linux", "only Linux has /proc"].contains(reason) { continue }
        faults.append("\(number): \(reason): \(code)")
      }
      for match in code.matches(of: /(?<plus>\+)?"\$\{(?<name>\w+)\[[@*]\]\}"/)
      where match.plus == nil && empty.contains(String(match.name)) {
        faults.append(
          "\(number): bash 3.2 with set -u fails for an empty array: "
            + #"${\#(match.name)[@]+"${\#(match.name)[@]}"}"#)
      }
    }
    return faults
  }
}
