public import HTTP
public import Store

extension Router {
  /// Adds the course's routes over `store`, which changes through `proposer`.
  ///
  /// | request | handler |
  /// | --- | --- |
  /// | `POST /put` | ``PutHandler`` |
  /// | `GET /get?key=K` | ``GetHandler`` |
  /// | `DELETE /delete?key=K`, `POST /delete?key=K` | ``DeleteHandler`` |
  public mutating func addKeyRoutes(_ store: KeyValueStore, changedBy proposer: any Proposer) {
    add("/put", .post, answer: PutHandler(proposer).respond)
    add("/get", .get, answer: GetHandler(store, upToDateBy: proposer).respond)
    add("/delete", .delete, .post, answer: DeleteHandler(proposer).respond)
  }
}
