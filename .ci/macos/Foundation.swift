// What the tests use of Foundation, without its work: enough to see that names and types fit.

@_exported import Darwin

public typealias TimeInterval = Double

public struct Date: Comparable, Sendable {
  public init() { fatalError() }
  public static var now: Date { fatalError() }
  public var timeIntervalSince1970: TimeInterval { fatalError() }
  public func timeIntervalSince(_ other: Date) -> TimeInterval { fatalError() }
  public func addingTimeInterval(_ interval: TimeInterval) -> Date { fatalError() }
  public static func < (one: Date, other: Date) -> Bool { fatalError() }
  public static func + (date: Date, interval: TimeInterval) -> Date { fatalError() }
}

public struct UUID: CustomStringConvertible, Sendable {
  public init() { fatalError() }
  public var uuidString: String { fatalError() }
  public var description: String { fatalError() }
}

public struct URL: Sendable {
  public init(filePath: String) { fatalError() }
  public init(fileURLWithPath: String) { fatalError() }
  public init?(string: String) { fatalError() }
  public var path: String { fatalError() }
  public func path(percentEncoded: Bool = true) -> String { fatalError() }
  public var hasDirectoryPath: Bool { fatalError() }
  public func checkResourceIsReachable() throws -> Bool { fatalError() }
  public var standardizedFileURL: URL { fatalError() }
  public var lastPathComponent: String { fatalError() }
  public func appending(path: some StringProtocol) -> URL { fatalError() }
  public func appending(component: some StringProtocol) -> URL { fatalError() }
  public func appendingPathComponent(_ component: String) -> URL { fatalError() }
  public func deletingLastPathComponent() -> URL { fatalError() }
  public func resolvingSymlinksInPath() -> URL { fatalError() }
}

public struct URLComponents {
  public init() { fatalError() }
  public var percentEncodedQuery: String?
  public var queryItems: [URLQueryItem]?
}

public struct URLQueryItem {
  public init(name: String, value: String?) { fatalError() }
  public var name: String
  public var value: String?
}

public struct Data: RandomAccessCollection, MutableCollection, RangeReplaceableCollection,
  Equatable, Sendable
{
  public struct WritingOptions: OptionSet, Sendable {
    public let rawValue: UInt
    public init(rawValue: UInt) { self.rawValue = rawValue }
    public static var atomic: WritingOptions { fatalError() }
  }
  public init() { fatalError() }
  public init(count: Int) { fatalError() }
  public init(contentsOf url: URL) throws { fatalError() }
  public init?(base64Encoded text: String) { fatalError() }
  public func write(to url: URL, options: WritingOptions = []) throws { fatalError() }
  public func base64EncodedString() -> String { fatalError() }
  public func base64EncodedData() -> Data { fatalError() }
  public func range(of data: Data) -> Range<Int>? { fatalError() }
  public mutating func append(_ data: Data) { fatalError() }
  public var startIndex: Int { fatalError() }
  public var endIndex: Int { fatalError() }
  public subscript(range: Range<Int>) -> Data {
    get { fatalError() }
    set { fatalError() }
  }
  public subscript(index: Int) -> UInt8 {
    get { fatalError() }
    set { fatalError() }
  }
  public mutating func replaceSubrange(
    _ range: Range<Int>, with bytes: some Collection<UInt8>
  ) { fatalError() }
}

public struct CharacterSet: Sendable {
  public static var whitespaces: CharacterSet { fatalError() }
  public static var whitespacesAndNewlines: CharacterSet { fatalError() }
  public static var newlines: CharacterSet { fatalError() }
  public static var urlQueryAllowed: CharacterSet { fatalError() }
  public static var alphanumerics: CharacterSet { fatalError() }
}

public struct NSRange: Sendable {
  public init(location: Int, length: Int) { fatalError() }
  public init(_ range: some RangeExpression<String.Index>, in text: some StringProtocol) {
    fatalError()
  }
  public var location: Int
  public var length: Int
}

public class NSNumber {
  public init(value: Int) { fatalError() }
  public var intValue: Int { fatalError() }
  public var uint16Value: UInt16 { fatalError() }
}

public final class NSNull {}

public struct NSTextCheckingResult {
  public var range: NSRange
}

public final class NSRegularExpression: @unchecked Sendable {
  public struct Options: OptionSet, Sendable {
    public let rawValue: UInt
    public init(rawValue: UInt) { self.rawValue = rawValue }
  }
  public struct MatchingOptions: OptionSet, Sendable {
    public let rawValue: UInt
    public init(rawValue: UInt) { self.rawValue = rawValue }
  }
  public init(pattern: String, options: Options = []) throws { fatalError() }
  public static func escapedPattern(for text: String) -> String { fatalError() }
  public func firstMatch(
    in text: String, options: MatchingOptions = [], range: NSRange
  ) -> NSTextCheckingResult? { fatalError() }
  public func matches(
    in text: String, options: MatchingOptions = [], range: NSRange
  ) -> [NSTextCheckingResult] { fatalError() }
}

extension String {
  public struct Encoding: Sendable {
    public static var utf8: Encoding { fatalError() }
  }
  public struct CompareOptions: OptionSet, Sendable {
    public let rawValue: UInt
    public init(rawValue: UInt) { self.rawValue = rawValue }
    public static var regularExpression: CompareOptions { fatalError() }
  }
  public init(contentsOf url: URL, encoding: Encoding) throws { fatalError() }
  public init(contentsOfFile path: String, encoding: Encoding) throws { fatalError() }
  public init(format: String, _ arguments: any CVarArg...) { fatalError() }
  public init?(data: Data, encoding: Encoding) { fatalError() }
}

extension StringProtocol {
  public func components(separatedBy separator: some StringProtocol) -> [String] { fatalError() }
  public func replacingOccurrences(
    of text: some StringProtocol, with other: some StringProtocol,
    options: String.CompareOptions = []
  ) -> String { fatalError() }
  public func trimmingCharacters(in set: CharacterSet) -> String { fatalError() }
  public func addingPercentEncoding(withAllowedCharacters set: CharacterSet) -> String? {
    fatalError()
  }
  public func range(
    of text: some StringProtocol, options: String.CompareOptions = []
  ) -> Range<String.Index>? { fatalError() }
  public func write(to url: URL, atomically: Bool, encoding: String.Encoding) throws {
    fatalError()
  }
  public func write(toFile: String, atomically: Bool, encoding: String.Encoding) throws {
    fatalError()
  }
  public func padding(
    toLength length: Int, withPad pad: some StringProtocol, startingAt index: Int
  ) -> String { fatalError() }
  public func replacingCharacters(
    in range: some RangeExpression<String.Index>, with text: some StringProtocol
  ) -> String { fatalError() }
  public func data(using encoding: String.Encoding) -> Data? { fatalError() }
}

public func NSTemporaryDirectory() -> String { fatalError() }

public struct FileAttributeKey: Hashable, Sendable {
  public static var posixPermissions: FileAttributeKey { fatalError() }
  public static var size: FileAttributeKey { fatalError() }
}

public struct ObjCBool: ExpressibleByBooleanLiteral {
  public init(booleanLiteral: Bool) { fatalError() }
  public var boolValue: Bool { fatalError() }
}

public final class FileManager: @unchecked Sendable {
  public final class DirectoryEnumerator: Sequence, IteratorProtocol {
    public init() { fatalError() }
    public func next() -> Any? { fatalError() }
  }
  public static var `default`: FileManager { fatalError() }
  public var temporaryDirectory: URL { fatalError() }
  public var currentDirectoryPath: String { fatalError() }
  public func contents(atPath path: String) -> Data? { fatalError() }
  public func attributesOfItem(atPath path: String) throws -> [FileAttributeKey: Any] {
    fatalError()
  }
  public func setAttributes(_ attributes: [FileAttributeKey: Any], ofItemAtPath: String) throws {
    fatalError()
  }
  public func contentsOfDirectory(atPath path: String) throws -> [String] { fatalError() }
  public func copyItem(at one: URL, to other: URL) throws { fatalError() }
  public func copyItem(atPath one: String, toPath other: String) throws { fatalError() }
  public func createDirectory(
    at url: URL, withIntermediateDirectories: Bool, attributes: [FileAttributeKey: Any]? = nil
  ) throws { fatalError() }
  public func createDirectory(
    atPath path: String, withIntermediateDirectories: Bool,
    attributes: [FileAttributeKey: Any]? = nil
  ) throws { fatalError() }
  @discardableResult
  public func createFile(atPath path: String, contents: Data?) -> Bool { fatalError() }
  public func createSymbolicLink(atPath path: String, withDestinationPath: String) throws {
    fatalError()
  }
  public func destinationOfSymbolicLink(atPath path: String) throws -> String { fatalError() }
  public func enumerator(atPath path: String) -> DirectoryEnumerator? { fatalError() }
  public func fileExists(atPath path: String) -> Bool { fatalError() }
  public func fileExists(
    atPath path: String, isDirectory: UnsafeMutablePointer<ObjCBool>?
  ) -> Bool { fatalError() }
  public func isExecutableFile(atPath path: String) -> Bool { fatalError() }
  public func moveItem(atPath one: String, toPath other: String) throws { fatalError() }
  public func removeItem(at url: URL) throws { fatalError() }
  public func removeItem(atPath path: String) throws { fatalError() }
}

public final class FileHandle: @unchecked Sendable {
  public init(fileDescriptor: Int32) { fatalError() }
  public init(fileDescriptor: Int32, closeOnDealloc: Bool) { fatalError() }
  public init?(forReadingAtPath path: String) { fatalError() }
  public init(forReadingFrom url: URL) throws { fatalError() }
  public init(forWritingTo url: URL) throws { fatalError() }
  public static var nullDevice: FileHandle { fatalError() }
  public static var standardError: FileHandle { fatalError() }
  public var fileDescriptor: Int32 { fatalError() }
  public var availableData: Data { fatalError() }
  public func close() throws { fatalError() }
  public func read(upToCount count: Int) throws -> Data? { fatalError() }
  public func readToEnd() throws -> Data? { fatalError() }
  public func readDataToEndOfFile() -> Data { fatalError() }
  @discardableResult public func seekToEnd() throws -> UInt64 { fatalError() }
  public func seek(toOffset offset: UInt64) throws { fatalError() }
  public func truncate(atOffset offset: UInt64) throws { fatalError() }
  public func write(_ data: Data) { fatalError() }
  public func write(contentsOf data: some Collection<UInt8>) throws { fatalError() }
}

public final class Pipe: @unchecked Sendable {
  public init() { fatalError() }
  public var fileHandleForReading: FileHandle { fatalError() }
  public var fileHandleForWriting: FileHandle { fatalError() }
}

public final class Process: @unchecked Sendable {
  public enum TerminationReason: Sendable { case exit, uncaughtSignal }
  public init() { fatalError() }
  @discardableResult
  public static func run(
    _ url: URL, arguments: [String],
    terminationHandler: (@Sendable (Process) -> Void)? = nil
  ) throws -> Process { fatalError() }
  public var arguments: [String]?
  public var currentDirectoryURL: URL?
  public var environment: [String: String]?
  public var executableURL: URL?
  public var standardError: Any?
  public var standardInput: Any?
  public var standardOutput: Any?
  public var terminationHandler: (@Sendable (Process) -> Void)?
  public var isRunning: Bool { fatalError() }
  public var processIdentifier: Int32 { fatalError() }
  public var terminationReason: TerminationReason { fatalError() }
  public var terminationStatus: Int32 { fatalError() }
  public func interrupt() { fatalError() }
  public func run() throws { fatalError() }
  public func terminate() { fatalError() }
  public func waitUntilExit() { fatalError() }
}

public final class ProcessInfo: @unchecked Sendable {
  public static var processInfo: ProcessInfo { fatalError() }
  public var activeProcessorCount: Int { fatalError() }
  public var arguments: [String] { fatalError() }
  public var environment: [String: String] { fatalError() }
  public var processIdentifier: Int32 { fatalError() }
}

public final class Thread: @unchecked Sendable {
  public init(block: @escaping @Sendable () -> Void) { fatalError() }
  public static func detachNewThread(_ block: @escaping @Sendable () -> Void) { fatalError() }
  public static func sleep(forTimeInterval interval: TimeInterval) { fatalError() }
  public var name: String?
  public var stackSize: Int
  public func start() { fatalError() }
}

public final class JSONSerialization {
  public struct ReadingOptions: OptionSet, Sendable {
    public let rawValue: UInt
    public init(rawValue: UInt) { self.rawValue = rawValue }
    public static var fragmentsAllowed: ReadingOptions { fatalError() }
  }
  public struct WritingOptions: OptionSet, Sendable {
    public let rawValue: UInt
    public init(rawValue: UInt) { self.rawValue = rawValue }
    public static var sortedKeys: WritingOptions { fatalError() }
    public static var fragmentsAllowed: WritingOptions { fatalError() }
  }
  public static func jsonObject(
    with data: Data, options: ReadingOptions = []
  ) throws -> Any { fatalError() }
  public static func data(
    withJSONObject object: Any, options: WritingOptions = []
  ) throws -> Data { fatalError() }
}

public final class JSONDecoder {
  public init() { fatalError() }
  public func decode<T: Decodable>(_ type: T.Type, from data: Data) throws -> T { fatalError() }
}

public struct DispatchTime: Sendable {
  public static func now() -> DispatchTime { fatalError() }
  public static func + (time: DispatchTime, seconds: Double) -> DispatchTime { fatalError() }
}

public enum DispatchTimeoutResult: Sendable { case success, timedOut }

public final class DispatchSemaphore: @unchecked Sendable {
  public init(value: Int) { fatalError() }
  public func wait() { fatalError() }
  public func wait(timeout: DispatchTime) -> DispatchTimeoutResult { fatalError() }
  @discardableResult public func signal() -> Int { fatalError() }
}

public final class NSCondition: @unchecked Sendable {
  public init() { fatalError() }
  public func lock() { fatalError() }
  public func unlock() { fatalError() }
  public func wait() { fatalError() }
  public func wait(until date: Date) -> Bool { fatalError() }
  public func signal() { fatalError() }
  public func broadcast() { fatalError() }
}

public final class NSLock: @unchecked Sendable {
  public init() { fatalError() }
  public func lock() { fatalError() }
  public func unlock() { fatalError() }
}

extension Range where Bound == String.Index {
  public init?(_ range: NSRange, in text: some StringProtocol) { fatalError() }
}

public struct POSIXError: Error {
  public enum Code: Int32, Sendable { case EADDRINUSE = 48 }
  public init(_ code: Code) { fatalError() }
}

public struct CocoaError: Error {
  public struct Code: Sendable {
    public static var fileReadUnknown: Code { fatalError() }
  }
  public init(_ code: Code) { fatalError() }
}
