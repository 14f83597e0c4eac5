//! What a program may do with a client. `atlas_backup_tests::calls::Call`, which holds one future
//! of each kind, proves that the futures are `Send`.

use std::collections::BTreeSet;

use atlas_backup_api::{Client, Error, Response, v1, v2};

#[test]
fn handles_can_be_cloned_and_shared_between_threads() {
    fn shared<T: Clone + Send + Sync + 'static>() {}
    fn moved<T: Send + 'static>() {}
    shared::<Client>();
    shared::<v1::Api>();
    shared::<v2::Api>();
    shared::<v2::types::Snapshot>();
    moved::<Response<v2::types::Snapshot>>();
    moved::<Error>();
}

#[test]
fn a_type_that_both_generations_have_in_common_is_one_type() {
    let read = v1::types::TenantSnapshot::default();
    let mut page = v2::types::TenantSnapshotPage::default();
    page.results.push(read);
    assert_eq!(page.results.len(), 1);
}

#[test]
fn every_operation_of_the_spec_is_in_the_table() {
    for api in crate::repository::apis() {
        let spec = crate::repository::spec(api).operations().iter();
        let spec: BTreeSet<_> = spec
            .map(|known| (&*known.method, &*known.path, &*known.id))
            .collect();
        let table = atlas_backup_tests::entries().filter(|entry| entry.api == api);
        let table: BTreeSet<_> = table
            .map(|entry| (entry.method, entry.path, entry.id))
            .collect();
        assert_eq!(spec, table);
    }
}
