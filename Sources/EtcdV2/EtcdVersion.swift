/// The version of etcd that this API behaves like; clients choose their requests by it.
package enum EtcdVersion {
  package static let server = "3.4.23"
  package static let cluster = "3.4.0"
}
