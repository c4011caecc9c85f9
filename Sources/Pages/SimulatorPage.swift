internal import Bytes
public import HTTP

extension PageFile {
  /// The simulator's page, which shares its picture and its words with the cluster's.
  public static var simulator: [PageFile] {
    [
      PageFile(name: "", type: .html, bytes: PackageResources.simulator_html),
      PageFile(name: "cluster.css", type: .css, bytes: PackageResources.cluster_css),
      PageFile(name: "simulator.css", type: .css, bytes: PackageResources.simulator_css),
      PageFile(name: "words.js", type: .script, bytes: PackageResources.words_js),
      PageFile(name: "nodes.js", type: .script, bytes: PackageResources.nodes_js),
      PageFile(name: "simulator.js", type: .script, bytes: PackageResources.simulator_js),
      PageFile(name: "icon.svg", type: .picture, bytes: PackageResources.icon_svg),
    ]
  }
}

/// The page of the simulator, and the runs that it asks for.
///
/// | request | answer |
/// | --- | --- |
/// | `GET /` | the page |
/// | `GET /ui/NAME` | one of its files |
/// | `GET /run?do=...` | the recording of a run, with what the reader does; without `do`: as the program was told |
public struct SimulatorPage: Handler {
  private let run: @Sendable (_ deeds: String?) throws(HTTPError) -> [UInt8]

  /// - Parameter run: makes a recording; it blocks the loop, so only for a server with one reader.
  public init(running run: @escaping @Sendable (_ deeds: String?) throws(HTTPError) -> [UInt8]) {
    self.run = run
  }

  public func respond(to request: Request, with response: Response) async throws {
    guard request.method == .get || request.method == .head else {
      throw HTTPError(.methodNotAllowed, "Method Not Allowed")
    }
    response.addHeader("X-Content-Type-Options", "nosniff")
    response.addHeader("Cache-Control", "no-cache")
    if request.path.elementsEqual("/run".utf8) {
      let deeds: [UInt8]?
      do { deeds = try request.parameter("do") } catch {
        throw HTTPError(.badRequest, "\(error)")
      }
      response.body = try run(deeds.map { String(decoding: $0, as: UTF8.self) })
      response.contentType = .json
      return
    }
    let path = request.path
    let name = path.starts(with: "/ui/".utf8) ? path.dropFirst(4) : path.dropFirst()
    guard path.count == 1 || path.starts(with: "/ui/".utf8) && !name.isEmpty,
      let file = PageFile.simulator.first(where: { name.span.equals($0.name) })
    else { throw HTTPError(.notFound, "404 page not found") }
    response.addHeader(
      "Content-Security-Policy",
      "default-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
    response.contentType = file.type
    response.body = file.bytes
  }

  /// One file that plays a recording in a browser, without a server.
  public static func file(playing recording: [UInt8]) -> [UInt8] {
    var page = PackageResources.simulator_html
    page.replace(
      "<link rel=\"icon\" href=\"ui/icon.svg\">",
      with: Array("<link rel=\"icon\" href=\"data:,\">".utf8))
    var icon = Array("\"data:image/svg+xml;base64,".utf8)
    let picture = PackageResources.icon_svg
    icon.append(base64: picture.span)
    icon.append("\"")
    page.replace("\"ui/icon.svg\"", with: icon)
    for file in PageFile.simulator {
      switch "\(file.type.text)" {
      case "\(ContentType.css.text)":
        page.replace(
          "<link rel=\"stylesheet\" href=\"ui/\(file.name)\">",
          with: Array("<style>\n".utf8) + file.bytes + Array("</style>".utf8))
      case "\(ContentType.script.text)":
        page.replace(
          "<script src=\"ui/\(file.name)\"></script>",
          with: Array("<script>\n".utf8) + file.bytes + Array("</script>".utf8))
      default: break
      }
    }
    // The recording's JSON has no "<" of its own.
    page.replace(
      "</main>",
      with: Array("</main>\n<script type=\"application/json\" id=\"recording\">".utf8) + recording
        + Array("</script>".utf8))
    return page
  }
}

extension [UInt8] {
  fileprivate mutating func replace(_ text: String, with bytes: [UInt8]) {
    guard let range = firstRange(of: Array(text.utf8)) else { return }
    replaceSubrange(range, with: bytes)
  }
}
