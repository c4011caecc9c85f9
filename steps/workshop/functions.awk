# Finds a declaration in a Swift file by its name, and shows or replaces it.
#
#   awk -f functions.awk -v name='Path.isWithin(_:)' -v mode=show Sources/Store/Path.swift
#
# A name is that of a function, an initializer or a computed property: `Path.init(logged:)`,
# `KeySpace.nextExpiration`. Words behind it must stand in the signature; they tell overloads apart:
# `RaftCore.receive(_:from:) AppendEntries`. A name without a type is looked for outside of types.
#
#   mode=line     the line on which the declaration begins
#   mode=show     the declaration, from its first modifier to its closing brace
#   mode=body     what stands between its braces
#   mode=empty    the file, with `text` as the only statement of the body
#   mode=replace  the file, with what the file `with` holds in place of the declaration
#   mode=plant    the file, with the variants in the file `plan` in front of the body; each line of
#                 it is a condition, a tab and a file with the statements that are run if it holds
#
# With exact=1, a name must be the whole one. It ends with 1 and a reason if there is not exactly
# one such declaration.

{ source = source $0 "\n" }

END {
  masked = mask(source)
  words = split(name, word, " ")
  find(word[1])
  if (count != 1) {
    reason = count ? "declares " count " of the name " : "declares no "
    print FILENAME " " reason name >"/dev/stderr"
    exit 1
  }
  if (mode == "line") print line_of(first)
  if (mode == "show") print substr(source, first, last - first + 1)
  if (mode == "body") print body()
  if (mode == "empty") rewrite(open + 1, last - 1, "\n" indent() "  " text "\n" indent())
  if (mode == "replace") rewrite(first, last, text_of(with))
  if (mode == "plant") rewrite(open + 1, last - 1, planted())
}

function rewrite(from, to, new) {
  printf "%s%s%s", substr(source, 1, from - 1), new, substr(source, to + 1)
}

function text_of(file,    line, all) {
  while ((getline line <file) > 0) all = all (all == "" ? "" : "\n") line
  return all
}

function body() { return substr(source, open + 1, last - open - 1) }

function indent(    line) {
  line = substr(source, first)
  match(line, /^ */)
  return substr(line, 1, RLENGTH)
}

function line_of(place,    before) {
  before = substr(source, 1, place)
  return gsub(/\n/, "", before) + 1
}

# The body, with the variants in front of it. A variant that falls through returns nothing; an
# original of one expression needs the word `return` now.
function planted(    new, line, part, statement, signature, returns, original) {
  signature = substr(masked, first, open - first)
  returns = has_result(signature) || signature ~ /(^|[ \n])var /
  while ((getline line <plan) > 0) {
    split(line, part, "\t")
    new = new "\nif " part[1] " {\n"
    while ((getline statement <part[2]) > 0) new = new statement "\n"
    close(part[2])
    new = new (returns ? "" : "return\n") "}\n"
  }
  original = substr(masked, open + 1, last - open - 1)
  # Inside braces a statement returns for the function, but a closure for itself.
  if (original !~ /^[ \n]*(if|switch|guard|for|while|do|let|var)[ \n]/)
    while (sub(/[{][^{}]*[}]/, "", original)) {}
  if (returns && original !~ /(^|[^A-Za-z])return([^A-Za-z]|$)/) {
    match(body(), /^[ \n]*/)
    return new "return " substr(body(), RLENGTH + 1)
  }
  return new body()
}

# Whether a function's signature has an arrow of its own, not only that of a parameter's type.
function has_result(text,    i, depth, character) {
  for (i = 1; i < length(text); i++) {
    character = substr(text, i, 1)
    if (character == "(") depth++
    if (character == ")") depth--
    if (depth == 0 && substr(text, i, 2) == "->") return 1
  }
  return 0
}

# The text with comments and strings blanked out, so that every brace left is one of the code's.
function mask(text,    place, rest, end, masked) {
  place = 1
  while (1) {
    rest = substr(text, place)
    if (!match(rest, /"|\/\/|\/\*/)) return masked rest
    masked = masked substr(rest, 1, RSTART - 1)
    place += RSTART - 1
    rest = substr(rest, RSTART)
    if (substr(rest, 1, 2) == "//") end = index(rest, "\n") - 1
    else if (substr(rest, 1, 2) == "/*") end = index(rest, "*/") + 1
    else if (substr(rest, 1, 3) == "\"\"\"") end = index(substr(rest, 4), "\"\"\"") + 5
    else end = string_end(rest, 1)
    rest = substr(rest, 1, end)
    gsub(/[^\n]/, " ", rest)
    masked = masked rest
    place += end
  }
}

# Where the string that begins at `place` ends; it may hold code with strings of its own.
function string_end(text, place,    character, depth) {
  for (place++; place <= length(text); place++) {
    character = substr(text, place, 1)
    if (character == "\"" || character == "\n") return place
    if (character != "\\") continue
    place++
    if (substr(text, place, 1) != "(") continue
    for (depth = 1; depth > 0 && place < length(text);) {
      character = substr(text, ++place, 1)
      if (character == "\"") place = string_end(text, place)
      if (character == "(") depth++
      if (character == ")") depth--
    }
  }
  return place
}

# Walks from brace to brace with a stack of what they belong to. Only directly in a type, or outside
# of all, can a brace begin a declaration.
function find(wanted,    place, header, depth, kind, path, begin) {
  kind[0] = "type"
  header = place = 1
  while (match(substr(masked, place), /[{}]/)) {
    place += RSTART - 1
    if (substr(masked, place, 1) == "{") {
      depth++
      kind[depth] = kind[depth - 1] == "type" ? declared(header, place) : "other"
      path[depth] = path[depth - 1] (path[depth - 1] == "" ? "" : ".") declared_name
      begin[depth] = declared_start
      if (kind[depth] == "function" && is_named(path[depth], wanted, begin[depth], place)) {
        count++
        found = depth
        first = begin[depth]
        open = place
      }
    } else {
      if (found == depth) { last = place; found = 0 }
      depth--
    }
    header = ++place
  }
}

function is_named(path, wanted, from, to,    i, signature) {
  if (path != wanted && (exact || substr(path, length(path) - length(wanted)) != "." wanted))
    return 0
  signature = substr(masked, from, to - from)
  for (i = 2; i <= words; i++) if (index(signature, word[i]) == 0) return 0
  return 1
}

# What the text before a brace declares: "type", "function" or "other"; its name and its beginning.
function declared(from, to,    text, place, offset, keyword, rest) {
  text = " " substr(masked, from, to - from)
  declared_name = ""
  while (match(substr(text, place + 1), \
    /[ \n](struct|class|enum|actor|extension|protocol|func|init|subscript|var)[ ?!(<]/)) {
    offset = place + RSTART + 1
    keyword = substr(text, offset, RLENGTH - 2)
    place += RSTART
  }
  if (!offset) return "other"
  rest = substr(text, offset + length(keyword))
  declared_start = from + offset - 2
  while (declared_start > 1 && substr(masked, declared_start - 1, 1) != "\n") declared_start--
  if (keyword ~ /^(func|init|subscript)$/) {
    match(rest, /^[ ?!]*[A-Za-z0-9_]*/)
    declared_name = substr(rest, 1, RLENGTH)
    gsub(/[ ?!]/, "", declared_name)
    if (keyword != "func") declared_name = keyword
    declared_name = declared_name "(" labels(substr(rest, RLENGTH + 1)) ")"
    return "function"
  }
  match(rest, /^ *[A-Za-z0-9_.]+/)
  declared_name = substr(rest, 2, RLENGTH - 1)
  if (keyword != "var") return "type"
  return rest ~ /=/ ? "other" : "function"
}

# The labels of the parameters, each with its colon.
function labels(text,    i, character, depth, begun, label, expects) {
  for (i = 1; i <= length(text); i++) {
    character = substr(text, i, 1)
    if (character == "(" || character == "[" || character == "<") {
      depth++
      if (character == "(" && !begun) { begun = depth; expects = 1 }
    } else if (character == ")" || character == "]" || \
      character == ">" && substr(text, i - 1, 1) != "-") {
      depth--
      if (begun && depth < begun) return label
    } else if (character == "," && depth == begun) {
      expects = 1
    } else if (expects && match(substr(text, i), /^[A-Za-z0-9_]+/)) {
      label = label substr(text, i, RLENGTH) ":"
      expects = 0
    }
  }
  return label
}
