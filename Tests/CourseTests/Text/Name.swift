import Foundation

/// A code span, judged by what it looks like.
///
/// | looks like                            | must                                           |
/// | ------------------------------------- | ---------------------------------------------- |
/// | `Sources/...`, `steps/...`, `.ci/...` | exist                                          |
/// | `...swift`                            | be a file of that name or end of path          |
/// | `...go`, `...proto`                   | stand where etcd is spoken of                  |
/// | `KeyValueStore`, `storeIndex`         | be declared or a module's, or known            |
/// | `apply(_:at:)`, `Path.init`           | be declared so, or known                       |
/// | anything else                         | nothing                                        |
struct Name {
  let span: String
  init(_ span: String) { self.span = span }

  /// What is wrong with it, if anything.
  func complaint(under heading: String) -> String? {
    guard !span.contains(where: { "<…*{}\"=".contains($0) }), !span.contains("...") else {
      return nil
    }
    var word = String(span.prefix { $0 != " " })
    if word.hasPrefix("./") { word.removeFirst(2) }
    if ["Sources/", "Tests/", "steps/", ".ci/"].contains(where: word.hasPrefix)
      || word.hasPrefix("wal-data/") && word.hasSuffix(".md")
    {
      return Repository.exists(word) ? nil : "no such file: \(span)"
    }
    guard !span.contains(" ") else { return nil }
    if word.hasSuffix(".swift") {
      let isThere = Repository.files.contains { $0 == word || $0.hasSuffix("/" + word) }
      return isThere ? nil : "no such file: \(span)"
    }
    if word.hasSuffix(".go") || word.hasSuffix(".proto") {
      return heading.contains("etcd") ? nil : "a file of etcd's, outside of \"How etcd does it\""
    }
    return isDeclared(word) ? nil : "neither declared nor in KnownNames.txt: \(span)"
  }

  private func isDeclared(_ word: String) -> Bool {
    if Name.known.contains(word) || Repository.exists("Sources/\(word)") { return true }
    if Repository.exists("Tests/\(word)") { return true }
    let declared = Declarations.ofRepository
    let parts = word.split(separator: "(", maxSplits: 1).first?.split(separator: ".") ?? []
    guard parts.allSatisfy({ $0.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber) } }),
      let last = parts.last
    else { return true }
    let isCall = word.hasSuffix(")")
    if isCall, let labels = word.split(separator: "(", maxSplits: 1).last {
      let signature = "\(last)(\(labels)"
      guard labels == ")" || labels.hasSuffix(":)") else { return true }
      return declared.signatures.contains(signature) || Name.known.contains(signature)
    }
    guard parts.count > 1 || Name.looksDeclared(last) else { return true }
    guard parts.count == 1 || parts[0].first?.isUppercase == true else { return true }
    return parts.allSatisfy { part in
      declared.names.contains(String(part)) || Name.known.contains(String(part)) || part == "init"
        || part == "self"
    }
  }

  /// Whether it is written as names in Swift are: `Path`, `storeIndex`; not `GET`, `put`.
  private static func looksDeclared(_ word: Substring) -> Bool {
    guard let first = word.first, first.isLetter else { return false }
    let rest = word.dropFirst()
    return rest.contains(where: \.isLowercase)
      && (first.isUppercase || rest.contains(where: \.isUppercase))
  }

  /// Names that others declared, and words of our answers: Tests/CourseTests/KnownNames.txt.
  private static let known: Set<String> = {
    let text = (try? Repository.text(of: "Tests/CourseTests/KnownNames.txt")) ?? ""
    return Set(
      text.split(separator: "\n").filter { !$0.hasPrefix("#") }
        .flatMap { $0.split(separator: " ") }.map(String.init))
  }()
}
