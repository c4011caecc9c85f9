/// The version of etcd whose behaviour this API has; clients decide by it what they may ask.
package enum EtcdVersion {
  package static let server = "3.4.23"
  package static let cluster = "3.4.0"
}
