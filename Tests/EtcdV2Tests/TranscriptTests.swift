import Foundation
import HTTP
import HTTPAPI
import RunSupport
import ServingSupport
import Testing

/// What etcd 3.4.23 answered, taken down from a fresh one for each fact; ours must answer the same.
///
/// The files in Facts hold requests, as ``Question`` reads them, each with the answer beneath: its
/// status, its Allow or Location if it has one, and its body, times blanked.
struct Transcript: Sendable, CustomTestStringConvertible {
  let title: String
  let exchanges: [(question: String, answer: String)]

  var testDescription: String { title }

  static let all: [Transcript] = ["indexes", "errors", "parameters", "paths", "listings"]
    .flatMap(transcripts(in:))

  private static func transcripts(in file: String) -> [Transcript] {
    let path = "\(#filePath)".replacing("TranscriptTests.swift", with: "Facts/\(file).txt")
    let text = (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
    return text.components(separatedBy: "\n\n").map { block in
      let lines = block.split(separator: "\n").map(String.init)
      var exchanges: [(question: String, answer: String)] = []
      for line in lines.dropFirst() {
        if !line.hasPrefix("  ") {
          exchanges.append((line, ""))
        } else if let last = exchanges.indices.last {
          exchanges[last].answer += line + "\n"
        }
      }
      return Transcript(title: String(lines[0].dropFirst(2)), exchanges: exchanges)
    }
  }
}

@Suite(.inTurn, .timeLimit(.minutes(10))) struct TranscriptTests {
  @Test func `the facts are there`() { #expect(Transcript.all.count == 46) }

  @Test(arguments: Transcript.all) func `is answered as etcd has answered`(
    transcript: Transcript
  ) async throws {
    try await withServing(OurServer(time: SteadyTime()).handler) { serving async throws in
      for (line, expected) in transcript.exchanges {
        let response = try await serving.perform(Question(line).request(in: ""))
        let answer = Answer(response)
        var text = answer.body
        for name in ["location", "allow"] {
          guard let header = answer.header(name) else { continue }
          text = (name == "allow" ? "Allow: " : "") + header + "\n" + text
        }
        while text.hasSuffix("\n") { text.removeLast() }
        let status = text.isEmpty ? "\(answer.status)" : "\(answer.status) "
        #expect("  \(status)\(text.replacing("\n", with: "\n      "))\n" == expected, "\(line)")
      }
    }
  }
}
