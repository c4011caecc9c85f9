internal import Bytes
internal import HTTP
internal import JSON
internal import Store

/// An error as etcd's v2 API words it:
/// `{"errorCode":100,"message":"Key not found","cause":"/a","index":7}`.
struct EtcdError: Error {
  /// What is wrong; the raw value is etcd's `errorCode`.
  enum Code: Int {
    case keyNotFound = 100
    case compareFailed = 101
    case notAFile = 102
    case notADirectory = 104
    case keyExists = 105
    case rootIsReadOnly = 107
    case directoryNotEmpty = 108
    case prevValueRequired = 201
    case ttlNotANumber = 202
    case indexNotANumber = 203
    case invalidField = 209
    case invalidForm = 210
    case valueOnRefresh = 211
    case ttlRequiredOnRefresh = 212
    case raftInternal = 300
    case eventIndexCleared = 401
  }

  let code: Code
  /// What it is about; left out of the response if empty.
  let cause: [UInt8]
  /// The store's index; zero if the store was not asked.
  let index: StoreIndex

  init(_ code: Code, _ cause: [UInt8], at index: StoreIndex = .zero) {
    self.code = code
    self.cause = cause
    self.index = index
  }

  init(_ code: Code, _ cause: String) {
    self.init(code, Array(cause.utf8))
  }
}

extension EtcdError {
  /// The error for a refusal by the store at `index`.
  init(_ error: StoreError, at index: StoreIndex) {
    switch error {
    case .keyNotFound(let path): self.init(.keyNotFound, path.bytes, at: index)
    case .compareFailed(let cause): self.init(.compareFailed, cause, at: index)
    // etcd keeps its keys beneath /1 and cuts that off an answer, which leaves nothing of the root.
    case .notAFile(let path): self.init(.notAFile, path.isRoot ? [] : path.bytes, at: index)
    case .notADirectory(let path): self.init(.notADirectory, path.bytes, at: index)
    case .keyExists(let path): self.init(.keyExists, path.bytes, at: index)
    case .rootIsReadOnly: self.init(.rootIsReadOnly, Path.root.bytes, at: index)
    case .directoryNotEmpty(let path): self.init(.directoryNotEmpty, path.bytes, at: index)
    }
  }

  /// What could not be put in order, or may have been or not: the client must not take it for done,
  /// nor for refused. What is too large is refused, and always will be.
  init(_ error: ProposalError) {
    switch error {
    case .notAccepted(let reason), .unknown(let reason): self.init(.raftInternal, reason)
    case .tooLarge(let reason): self.init(.invalidField, reason)
    }
  }
}

extension EtcdError.Code {
  var message: StaticString {
    switch self {
    case .keyNotFound: "Key not found"
    case .compareFailed: "Compare failed"
    case .notAFile: "Not a file"
    case .notADirectory: "Not a directory"
    case .keyExists: "Key already exists"
    case .rootIsReadOnly: "Root is read only"
    case .directoryNotEmpty: "Directory not empty"
    case .prevValueRequired: "PrevValue is Required in POST form"
    case .ttlNotANumber: "The given TTL in POST form is not a number"
    case .indexNotANumber: "The given index in POST form is not a number"
    case .invalidField: "Invalid field"
    case .invalidForm: "Invalid POST form"
    case .valueOnRefresh: "Value provided on refresh"
    case .ttlRequiredOnRefresh: "A TTL must be provided on refresh"
    case .raftInternal: "Raft Internal Error"
    case .eventIndexCleared: "The event in requested index is outdated and cleared"
    }
  }

  var status: Status {
    switch self {
    case .keyNotFound: .notFound
    case .compareFailed, .keyExists: .preconditionFailed
    case .notAFile, .directoryNotEmpty: .forbidden
    case .raftInternal: .internalServerError
    default: .badRequest
    }
  }
}

extension Response {
  /// Answers with `error`.
  func fail(with error: EtcdError) {
    status = error.code.status
    contentType = .json
    addHeader("X-Etcd-Index", error.index)
    body.append("{\"errorCode\":")
    body.append(decimal: error.code.rawValue)
    body.append(",\"message\":\"")
    body.append(error.code.message)
    body.append("\"")
    if !error.cause.isEmpty {
      body.append(",\"cause\":")
      body.append(jsonString: error.cause)
    }
    body.append(",\"index\":")
    body.append(decimal: error.index.rawValue)
    body.append("}\n")
  }

  func addHeader(_ name: StaticString, _ index: StoreIndex) {
    addHeader(name, Int(clamping: index.rawValue))
  }
}
