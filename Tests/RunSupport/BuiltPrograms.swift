public import Foundation

/// The folder of the programs that were built together with the tests.
///
/// On Linux the tests are a program in that folder. On macOS they are a bundle in it, and the
/// running program is a helper of the toolchain's that has loaded them: so the question is where
/// this code is.
public let builtPrograms: URL = {
  var place = CommandLine.arguments[0]
  #if canImport(Darwin)
    var information = Dl_info()
    dladdr(#dsohandle, &information)
    if let name = information.dli_fname { place = String(cString: name) }
  #endif
  place = URL(filePath: place).resolvingSymlinksInPath().path
  while let slash = place.lastIndex(of: "/") {
    let isTests = place.hasSuffix(".xctest")
    place = String(place[..<slash])
    if isTests { break }
  }
  return URL(filePath: place)
}()
