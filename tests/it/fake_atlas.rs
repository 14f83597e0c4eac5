//! Tests the fake Atlas against the client and the spec: calls every operation of both generations,
//! and then runs `conform` on the recorded exchanges.

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Read};
use std::process::{Command, Stdio};
use std::time::Duration;

use atlas_backup_api::{Client, Credentials, RetryPolicy};
use atlas_backup_tests::conform::capture;
use atlas_backup_tests::conform::route::{Route, route};
use atlas_backup_tests::conform::{Examiner, Report};
use atlas_backup_tests::fake_atlas::{
    FakeAtlas, Family, PRIVATE_KEY, PROJECT, PROJECT_NAME, PUBLIC_KEY,
};
use atlas_backup_tests::{Arguments, Entry, entries};
use serde_json::{Value, json};

use crate::repository::{apis, spec};

/// A client program that calls every operation.
struct Walker {
    atlas: FakeAtlas,
    client: Client,
    called: BTreeSet<String>,
}

fn client(url: &str) -> Client {
    let builder = Client::builder()
        .base_url(url)
        .credentials(Credentials::api_key(PUBLIC_KEY, PRIVATE_KEY));
    builder
        .retry(RetryPolicy::never())
        .build()
        .expect("the address is a base URL")
}

/// Returns the cluster that has the kind of resource that an operation is about.
fn cluster(entry: &Entry) -> &'static str {
    let known = [
        ("Flex", "flex"),
        ("Tenant", "tenant"),
        ("Serverless", "serverless"),
        ("Legacy", "legacy"),
        ("Sharded", "events"),
    ];
    known
        .iter()
        .find(|(word, _)| entry.id.contains(word))
        .map_or("orders", |(_, cluster)| cluster)
}

fn operation(api: &str, method: &str, path: &str) -> Option<&'static Entry> {
    entries().find(|entry| entry.api == api && entry.method == method && entry.path == path)
}

impl Walker {
    async fn call(&mut self, entry: &Entry, arguments: &Arguments) -> Value {
        let called = (entry.call)(&self.client, arguments)
            .unwrap_or_else(|error| panic!("{}/{}: {error}", entry.api, entry.id));
        let answered = called
            .await
            .unwrap_or_else(|error| panic!("{}/{}: {error:?}", entry.api, entry.id));
        self.called.insert(format!("{}/{}", entry.api, entry.id));
        answered.value.json
    }

    /// Returns the id of the latest or the oldest resource in the list at this path.
    async fn id(&mut self, entry: &Entry, list: &str, latest: bool) -> String {
        let found = self.resource(entry, list, latest).await;
        ["id", "_id"]
            .iter()
            .find_map(|id| found[*id].as_str())
            .expect("an id")
            .to_owned()
    }

    /// Returns the latest or the oldest resource in the list at this path.
    async fn resource(&mut self, entry: &Entry, list: &str, latest: bool) -> Value {
        let list = if list.ends_with("shardedCluster") {
            format!("{list}s")
        } else {
            list.to_owned()
        };
        let list =
            operation(entry.api, "GET", &list).unwrap_or_else(|| panic!("{} is no list", list));
        let mut arguments = self.place(entry, list);
        arguments
            .path
            .retain(|name, _| list.path.contains(name.as_str()));
        let page = self.call(list, &arguments).await;
        let results = page["results"]
            .as_array()
            .unwrap_or_else(|| panic!("{}: no results", list.id));
        if latest {
            results.first()
        } else {
            results.last()
        }
        .unwrap_or_else(|| panic!("{}: nothing there", list.id))
        .clone()
    }

    /// Returns the path arguments that do not depend on existing resources.
    fn place(&self, family: &Entry, entry: &Entry) -> Arguments {
        let given = [
            ("groupId", PROJECT),
            ("groupName", PROJECT_NAME),
            ("clusterName", cluster(family)),
            ("name", cluster(family)),
            ("cloudProvider", "AWS"),
            ("databaseName", "shop"),
            ("collectionName", "customers"),
            ("sourceNamespace", "shop.customers"),
        ];
        let path = given
            .iter()
            .filter(|(name, _)| entry.path.contains(&format!("{{{name}}}")));
        Arguments {
            path: path
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
                .collect(),
            ..Arguments::default()
        }
    }

    /// Returns the arguments of the call, with the ids of existing resources.
    async fn arguments(&mut self, entry: &Entry, body: Option<&Value>) -> Arguments {
        if !FakeAtlas::is_stateful(entry.id) {
            let mut arguments = spec(entry.api).arguments(entry);
            let given = self.place(entry, entry).path.into_iter();
            arguments
                .path
                .extend(given.filter(|(name, _)| name == "groupId"));
            arguments.query.clear();
            arguments.body = body.cloned();
            return arguments;
        }
        let mut arguments = self.place(entry, entry);
        for name in entry
            .path
            .split('/')
            .filter_map(|segment| segment.strip_prefix('{')?.strip_suffix('}'))
        {
            if !arguments.path.contains_key(name) {
                let (list, _) = entry
                    .path
                    .split_once(&format!("/{{{name}}}"))
                    .expect("the name is from this path");
                let id = self.id(entry, list, entry.id == "cancelRestoreJob").await;
                arguments.path.insert(name.to_owned(), id);
            }
        }
        if let Some(body) = body {
            arguments.body = Some(self.body(entry, body.clone()).await);
        }
        arguments
    }

    /// Returns the body of an example, with the ids of existing resources.
    async fn body(&mut self, entry: &Entry, mut body: Value) -> Value {
        if body["snapshotId"].is_string() {
            let list = entries().find(|list| {
                let name = ["Flex", "Tenant", "Serverless", "Legacy"]
                    .iter()
                    .find(|word| entry.id.contains(**word))
                    .unwrap_or(&"");
                list.api == entry.api && list.id == format!("list{name}Snapshots")
            });
            body["snapshotId"] = self
                .id(
                    entry,
                    list.expect("every family lists its snapshots").path,
                    false,
                )
                .await
                .into();
        }
        if body["checkpointId"].is_string() {
            let list = entry.path.replace("/restoreJobs", "/backupCheckpoints");
            let checkpoint = self.resource(entry, &list, true).await;
            body["checkpointId"] = checkpoint["id"].clone();
            body["delivery"]["targetClusterId"] = checkpoint["clusterId"].clone();
        }
        if body["exportBucketId"].is_string() {
            let path = entry.path.split("/clusters/").next().unwrap_or_default();
            body["exportBucketId"] = self
                .id(entry, &format!("{path}/backup/exportBuckets"), true)
                .await
                .into();
        }
        for holder in ["", "/delivery"] {
            let Some(holder) = body.pointer_mut(holder).and_then(Value::as_object_mut) else {
                continue;
            };
            for (name, value) in holder.iter_mut() {
                match name.as_str() {
                    "targetGroupId" | "targetProjectId" => *value = PROJECT.into(),
                    "targetClusterName" | "targetDeploymentItemName" => {
                        *value = cluster(entry).into()
                    }
                    // The dates of the documents are in the past of the fake.
                    "expires" => *value = "2027-01-01T00:00:00Z".into(),
                    _ => {}
                }
            }
        }
        body
    }

    /// Sends every example body of an operation, and lists the resources while each job is in
    /// progress.
    async fn write(&mut self, entry: &'static Entry) {
        for (_, body) in spec(entry.api).bodies(entry) {
            let arguments = self.arguments(entry, Some(body)).await;
            self.call(entry, &arguments).await;
            self.atlas.clock().advance(Duration::from_secs(15));
            if let Some(list) = operation(entry.api, "GET", entry.path) {
                let arguments = self.arguments(list, None).await;
                self.call(list, &arguments).await;
            }
            self.atlas.clock().advance(Duration::from_secs(120));
        }
    }

    async fn read(&mut self, entry: &Entry) {
        let mut arguments = self.arguments(entry, None).await;
        self.call(entry, &arguments).await;
        arguments.query = spec(entry.api).arguments(entry).query;
        self.call(entry, &arguments).await;
    }

    async fn delete(&mut self, entry: &Entry) {
        if entry.id == "cancelRestoreJob" {
            let create = operation(
                entry.api,
                "POST",
                entry.path.rsplit_once('/').expect("a path").0,
            )
            .expect("jobs can be made");
            let body = json!({"deliveryType": "download", "snapshotId": ""});
            let arguments = self.arguments(create, Some(&body)).await;
            self.call(create, &arguments).await;
        }
        let arguments = self.arguments(entry, None).await;
        self.call(entry, &arguments).await;
    }
}

fn block_on<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime")
        .block_on(future)
}

#[test]
fn every_operation_answers_as_the_spec_says_and_conform_finds_nothing() {
    let walker = block_on(everywhere());
    assert_eq!(walker.called.len(), entries().count());
    assert_eq!(walker.atlas.spec_violations(), [""; 0]);
    examine(&walker.atlas, &[]);
}

async fn everywhere() -> Walker {
    let atlas = FakeAtlas::start().await;
    let client = client(&atlas.url());
    let mut walker = Walker {
        atlas,
        client,
        called: BTreeSet::new(),
    };
    for api in apis() {
        let of = |methods: &'static [&str]| {
            entries().filter(move |entry| entry.api == api && methods.contains(&entry.method))
        };
        // The test creates a bucket before it exports snapshots to it, and changes the bucket
        // afterwards.
        for methods in [&["POST", "PUT"][..], &["PATCH"]] {
            for entry in of(methods) {
                walker.write(entry).await;
            }
        }
        walker.atlas.clock().advance(Duration::from_secs(3600));
        for entry in of(&["GET"]) {
            walker.read(entry).await;
        }
        for entry in of(&["DELETE"]) {
            walker.delete(entry).await;
        }
    }
    walker
}

/// Asserts that the client decodes every exchange without loss, and that it deviates from the spec
/// only as declared.
fn examine(atlas: &FakeAtlas, declared: &[(&str, &str)]) {
    let examiner = Examiner::start().expect("the documents are there");
    let (mut found, mut report) = (Vec::new(), Report::default());
    for exchange in capture::parse(atlas.server().har().to_string().as_bytes()).expect("an archive")
    {
        let Route::Operation(entry) = route(&exchange.method, &exchange.path) else {
            continue;
        };
        let examined = examiner.examine(entry, &exchange);
        let deviations = examined
            .deviations
            .iter()
            .filter(|found| !declared.contains(&(&*found.path, &*found.example)));
        found.extend(
            deviations.map(|deviation| format!("{}/{}: {deviation:?}", entry.api, entry.id)),
        );
        found.extend(
            examined
                .unreadable
                .map(|fault| format!("{}/{}: not decoded: {fault}", entry.api, entry.id)),
        );
        found.extend(
            examined
                .lost
                .map(|lost| format!("{}/{}: lost: {lost}", entry.api, entry.id)),
        );
        report.add(&examiner, &exchange, &[]);
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
    assert!(!report.failed());
}

#[test]
fn failures_and_refusals_are_read_as_well() {
    let walker = block_on(refused());
    let statuses: Vec<_> = walker
        .atlas
        .server()
        .received_requests()
        .iter()
        .rev()
        .filter_map(|received| received.status)
        .take(5)
        .collect();
    assert_eq!(statuses, [429, 403, 200, 409, 200]);
    assert_eq!(walker.atlas.spec_violations(), [""; 0]);
    // The documentation of this operation says that only one snapshot may be in progress at a time,
    // but documents no status for a second request.
    examine(&walker.atlas, &[("HTTP status", "409")]);
}

async fn refused() -> Walker {
    let atlas = FakeAtlas::start().await;
    let client = client(&atlas.url());
    for family in [
        Family::Snapshot,
        Family::RestoreJob,
        Family::ExportJob,
        Family::CollectionRestoreJob,
        Family::LegacyRestoreJob,
    ] {
        atlas.fail_next(family);
    }
    let mut walker = Walker {
        atlas,
        client,
        called: BTreeSet::new(),
    };
    let makes = [
        "takeSnapshot",
        "createExportBucket",
        "createExportJob",
        "createCollectionRestoreJob",
        "createLegacyRestoreJob",
    ];
    for api in apis() {
        for entry in makes
            .iter()
            .filter_map(|id| entries().find(|entry| entry.api == api && entry.id == *id))
        {
            walker.write(entry).await;
        }
    }
    let take = entries()
        .find(|entry| entry.id == "takeSnapshot" && entry.api == "v2")
        .expect("an operation");
    for (enveloped, access) in [(false, true), (false, true), (true, true), (false, false)] {
        walker.atlas.set_access_allowed(access);
        let mut arguments = walker.place(take, take);
        arguments.body = Some(json!({}));
        if enveloped {
            arguments.query.insert("envelope".to_owned(), true.into());
        }
        drop((take.call)(&walker.client, &arguments).expect("sent").await);
    }
    walker.atlas.set_rate_limit(Some(1));
    let arguments = walker.place(take, take);
    drop(
        (take.call)(
            &walker.client,
            &Arguments {
                body: Some(json!({})),
                ..arguments
            },
        )
        .expect("sent")
        .await,
    );
    walker
}

#[cfg(unix)]
#[test]
fn the_program_serves_the_clusters_that_it_is_asked_for() {
    let mut child = Command::new(env!("CARGO_BIN_EXE_fake-atlas"))
        .args(["--clusters", "2", "--speed", "1"])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .expect("fake-atlas runs");
    let mut output = BufReader::new(child.stdout.take().expect("piped"));
    let mut text = String::new();
    while !text.contains("export MONGODB_ATLAS_PROJECT=") {
        assert_ne!(output.read_line(&mut text).expect("text"), 0, "{text}");
    }
    let value = |name: &str| {
        let line = text
            .lines()
            .find_map(|line| line.trim().strip_prefix(&format!("export {name}=")));
        line.unwrap_or_else(|| panic!("no {name} in {text}"))
            .to_owned()
    };
    let client = client(&value("MONGODB_ATLAS_BASE_URL"));
    let name = value("MONGODB_ATLAS_PROJECT");
    let project = block_on(client.v2().find_project(&name)).expect("the project");
    let call = client.v2().list_snapshots(&project, "cluster-002");
    assert_eq!(block_on(call.send()).expect("a page").results.len(), 3);
    crate::programs::signals::send("TERM", child.id());
    output.read_to_string(&mut text).expect("text");
    assert!(child.wait().expect("it ends").success(), "{text}");
}
