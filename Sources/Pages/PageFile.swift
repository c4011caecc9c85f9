internal import HTTP

/// A file of a page, embedded in the program: it needs nothing beside itself to be served.
public struct PageFile: Sendable {
  /// Below the page's own path; empty for the page itself.
  let name: StaticString
  let type: ContentType
  let bytes: [UInt8]
}

extension PageFile {
  /// The cluster's live page: `/ui` of `mini-etcd`.
  public static var cluster: [PageFile] {
    [
      PageFile(name: "", type: .html, bytes: PackageResources.cluster_html),
      PageFile(name: "cluster.css", type: .css, bytes: PackageResources.cluster_css),
      PageFile(name: "cluster.js", type: .script, bytes: PackageResources.cluster_js),
      PageFile(name: "nodes.js", type: .script, bytes: PackageResources.nodes_js),
      PageFile(name: "words.js", type: .script, bytes: PackageResources.words_js),
      PageFile(name: "icon.svg", type: .picture, bytes: PackageResources.icon_svg),
    ]
  }
}

extension ContentType {
  static let css = ContentType("text/css; charset=utf-8")
  static let script = ContentType("text/javascript; charset=utf-8")
  static let picture = ContentType("image/svg+xml")
  static let events = ContentType("text/event-stream")
}
