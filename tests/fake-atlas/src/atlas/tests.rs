//! The behaviour of the fake Atlas, tested with a minimal HTTP client.

mod expiry;
mod restores;

use std::time::Duration;

use serde_json::{Value, json};

use super::{FakeAtlas, FakeAtlasBuilder, Family, PROJECT};
use crate::test_client::{TestClient, TestResponse};

const V2: &str = "application/vnd.atlas.2023-01-01+json";

/// The version of the operations of flex clusters.
const FLEX: &str = "application/vnd.atlas.2024-11-13+json";

/// A fake Atlas and a client connected to it.
struct Caller {
    atlas: FakeAtlas,
    client: TestClient,
}

impl Caller {
    fn new(atlas: FakeAtlasBuilder) -> Self {
        let atlas = atlas.without_authentication().start_blocking();
        let client = TestClient::connect(atlas.server());
        Caller { atlas, client }
    }

    fn send(&mut self, method: &str, path: &str, body: Option<&Value>) -> TestResponse {
        self.send_in(PROJECT, method, path, body)
    }

    fn send_in(
        &mut self,
        project: &str,
        method: &str,
        path: &str,
        body: Option<&Value>,
    ) -> TestResponse {
        let media = if path.starts_with("flexClusters/") {
            FLEX
        } else {
            V2
        };
        let content = body.map_or(String::new(), |_| format!("Content-Type: {media}\r\n"));
        let body = body.map_or(String::new(), Value::to_string);
        self.client.call(
            method,
            &format!("/api/atlas/v2/groups/{project}/{path}"),
            &format!("Accept: {media}\r\n{content}"),
            &body,
        )
    }

    fn call(&mut self, method: &str, path: &str, body: Option<&Value>) -> (u16, Value) {
        self.call_in(PROJECT, method, path, body)
    }

    fn call_in(
        &mut self,
        project: &str,
        method: &str,
        path: &str,
        body: Option<&Value>,
    ) -> (u16, Value) {
        let response = self.send_in(project, method, path, body);
        assert_eq!(self.atlas.spec_violations(), [""; 0]);
        (
            response.status,
            serde_json::from_slice(&response.body).unwrap_or_default(),
        )
    }

    fn get(&mut self, path: &str) -> Value {
        let (status, body) = self.call("GET", path, None);
        assert_eq!(status, 200, "{path}: {body}");
        body
    }

    fn post(&mut self, path: &str, body: &Value) -> Value {
        let (status, response) = self.call("POST", path, Some(body));
        assert_eq!(status, 200, "{path}: {response}");
        response
    }

    fn advance(&self, seconds: u64) {
        self.atlas.clock().advance(Duration::from_secs(seconds));
    }
}

const SNAPSHOTS: &str = "clusters/orders/backup/snapshots";

#[test]
fn a_snapshot_makes_progress() {
    let mut caller = Caller::new(FakeAtlas::builder());
    let taken = caller.post(SNAPSHOTS, &json!({"retentionInDays": 5}));
    assert_eq!(
        (&taken["status"], &taken["frequencyType"]),
        (&json!("queued"), &json!("ondemand"))
    );
    for absent in ["createdAt", "cloudProvider", "mongodVersion"] {
        assert!(taken.get(absent).is_none(), "{absent}");
    }
    assert_eq!(
        (&taken["expiresAt"], &taken["storageSizeBytes"]),
        (&json!("2026-01-06T00:00:00Z"), &json!(0))
    );
    let path = format!("{SNAPSHOTS}/{}", taken["id"].as_str().unwrap());
    let (status, refused) = caller.call("POST", SNAPSHOTS, Some(&json!({})));
    assert_eq!(
        (status, &refused["errorCode"]),
        (409, &json!("ATLAS_CLUSTER_SNAPSHOT_IN_PROGRESS"))
    );
    caller.advance(10);
    assert_eq!(caller.get(&path)["status"], "inProgress");
    caller.advance(50);
    let done = caller.get(&path);
    assert_eq!(
        (&done["status"], &done["createdAt"]),
        (&json!("completed"), &json!("2026-01-01T00:00:10Z"))
    );
    caller.atlas.fail_next(Family::Snapshot);
    caller.post(SNAPSHOTS, &json!({}));
    caller.advance(60);
    assert_eq!(caller.get(SNAPSHOTS)["results"][0]["status"], "failed");
}

/// Invalid requests and their error responses: status, code, and the invalid member if there is
/// one.
#[test]
fn what_is_wrong_is_refused() {
    let mut caller = Caller::new(FakeAtlas::builder());
    let group = format!("/api/atlas/v2/groups/{PROJECT}");
    let (snapshots, jobs) = (
        format!("{group}/{SNAPSHOTS}"),
        format!("{group}/clusters/orders/backup/restoreJobs"),
    );
    let (json, dated) = (
        "Content-Type: application/json\r\n",
        "Content-Type: application/vnd.atlas.2023-01-01+json\r\n",
    );
    let accept = "Accept: application/vnd.atlas.2023-01-01+json\r\n";
    let full = format!("{accept}{dated}");
    for (method, path, headers, body, status, code, member) in [
        (
            "GET",
            "/api/atlas/v2/other",
            accept,
            "",
            404,
            "RESOURCE_NOT_FOUND",
            "",
        ),
        (
            "PUT",
            &*snapshots,
            accept,
            "",
            405,
            "METHOD_NOT_ALLOWED",
            "",
        ),
        ("GET", &snapshots, "", "", 406, "INVALID_VERSION_DATE", ""),
        (
            "GET",
            &snapshots,
            "Accept: application/vnd.atlas.2024-01-01+json\r\n",
            "",
            406,
            "INVALID_VERSION_DATE",
            "",
        ),
        (
            "POST",
            &snapshots,
            accept,
            "{}",
            415,
            "UNSUPPORTED_MEDIA_TYPE",
            "",
        ),
        (
            "POST",
            &snapshots,
            &format!("{accept}{json}"),
            "{}",
            415,
            "UNSUPPORTED_MEDIA_TYPE",
            "",
        ),
        ("POST", &snapshots, &full, "{", 400, "INVALID_JSON", ""),
        (
            "POST",
            &snapshots,
            &full,
            r#"{"retentionInDays": 0}"#,
            400,
            "VALIDATION_ERROR",
            "retentionInDays",
        ),
        (
            "POST",
            &snapshots,
            &full,
            r#"{"retention": 1}"#,
            400,
            "VALIDATION_ERROR",
            "retention",
        ),
        (
            "POST",
            &jobs,
            &full,
            r#"{"deliveryType": "download"}"#,
            400,
            "VALIDATION_ERROR",
            "snapshotId",
        ),
        ("GET", &snapshots, accept, "{}", 400, "UNEXPECTED_BODY", ""),
        (
            "GET",
            &format!("{snapshots}?itemsPerPage=501"),
            accept,
            "",
            400,
            "INVALID_QUERY_PARAMETER",
            "",
        ),
        (
            "GET",
            &format!("{snapshots}?pageNum=0"),
            accept,
            "",
            400,
            "INVALID_QUERY_PARAMETER",
            "",
        ),
        (
            "GET",
            &format!("{snapshots}?page=1"),
            accept,
            "",
            400,
            "INVALID_QUERY_PARAMETER",
            "",
        ),
        (
            "GET",
            &format!("{snapshots}/abc"),
            accept,
            "",
            400,
            "VALIDATION_ERROR",
            "snapshotId",
        ),
        (
            "GET",
            &format!("{snapshots}/32b6e34b3d91647abb20e7b8"),
            accept,
            "",
            404,
            "RESOURCE_NOT_FOUND",
            "",
        ),
        (
            "GET",
            &snapshots.replace("orders", "none"),
            accept,
            "",
            404,
            "CLUSTER_NOT_FOUND",
            "",
        ),
        (
            "GET",
            &snapshots.replace("orders", "flex"),
            accept,
            "",
            404,
            "CLUSTER_NOT_FOUND",
            "",
        ),
        (
            "GET",
            &snapshots.replace("32b6", "32b7"),
            accept,
            "",
            404,
            "GROUP_NOT_FOUND",
            "",
        ),
    ] {
        let response = caller.client.call(method, path, headers, body);
        let error: Value = serde_json::from_slice(&response.body).unwrap();
        assert_eq!(
            (response.status, response.header("x-error-code")),
            (status, Some(code)),
            "{method} {path} {headers} {body}: {error}"
        );
        assert_eq!(
            (error["error"].as_u64(), &error["errorCode"]),
            (Some(status.into()), &json!(code))
        );
        assert_eq!(
            error["badRequestDetail"]["fields"][0]["field"]
                .as_str()
                .unwrap_or_default(),
            member,
            "{error}"
        );
    }
}

#[test]
fn a_flex_call_on_another_cluster_is_refused_as_such() {
    let mut caller = Caller::new(FakeAtlas::builder());
    let id = PROJECT;
    let restore = json!({"snapshotId": id, "targetDeploymentItemName": "flex"});
    let download = json!({"snapshotId": id});
    for cluster in ["orders", "events", "tenant", "serverless", "legacy"] {
        for (method, path, body) in [
            ("GET", "snapshots", None),
            ("GET", &format!("snapshots/{id}"), None),
            ("POST", "download", Some(&download)),
            ("GET", "restoreJobs", None),
            ("POST", "restoreJobs", Some(&restore)),
            ("GET", &format!("restoreJobs/{id}"), None),
        ] {
            let path = format!("flexClusters/{cluster}/backup/{path}");
            let (status, refused) = caller.call(method, &path, body);
            assert_eq!(
                (status, &refused["errorCode"], &refused["parameters"]),
                (
                    400,
                    &json!("CANNOT_USE_NON_FLEX_CLUSTER_IN_FLEX_API"),
                    &json!([cluster])
                ),
                "{method} {path}"
            );
        }
    }
    let none = caller.call("GET", "flexClusters/none/backup/snapshots", None);
    assert_eq!(
        (none.0, &none.1["errorCode"]),
        (404, &json!("CLUSTER_NOT_FOUND"))
    );
}

#[test]
fn an_older_version_is_given_to_who_asks_for_it_and_called_deprecated() {
    let mut caller = Caller::new(FakeAtlas::builder());
    let sunset = "Thu, 01 Jul 2027 00:00:00 GMT";
    // Each version is deprecated since the date of the next one.
    let (second, third) = ("@1675209600", "@1722816000");
    for (path, version, dates) in [
        ("clusters/orders/backup/schedule", "2024-08-05", None),
        ("clusters/orders/backup/schedule", "2023-01-01", Some(third)),
        ("clusters", "2024-08-05", None),
        ("clusters", "2023-02-01", Some(third)),
        ("clusters", "2023-01-01", Some(second)),
    ] {
        let path = format!("/api/atlas/v2/groups/{PROJECT}/{path}");
        let media = format!("application/vnd.atlas.{version}+json");
        let accept = format!("Accept: {media}\r\n");
        let response = caller.client.call("GET", &path, &accept, "");
        let headers = ["content-type", "deprecation", "sunset"].map(|name| response.header(name));
        assert_eq!(
            (response.status, headers),
            (
                200,
                [
                    Some(&*format!("{media};charset=utf-8")),
                    dates,
                    dates.map(|_| sunset)
                ]
            ),
            "{path}"
        );
    }
    let path = format!("/api/atlas/v1.0/groups/{PROJECT}/clusters/orders/backup/schedule");
    let response = caller.client.get(&path);
    let headers = ["content-type", "deprecation", "sunset"].map(|name| response.header(name));
    assert_eq!(
        (response.status, headers),
        (200, [Some("application/json"), None, None])
    );
}

#[test]
fn lists_come_in_pages() {
    let mut caller = Caller::new(FakeAtlas::builder().snapshots("orders", 1234));
    let mut ids = Vec::new();
    for number in 1..=3 {
        let page = caller.get(&format!("{SNAPSHOTS}?itemsPerPage=500&pageNum={number}"));
        let rels: Vec<_> = page["links"]
            .as_array()
            .unwrap()
            .iter()
            .map(|link| link["rel"].as_str().unwrap().to_owned())
            .collect();
        let expected: &[&str] = [
            &["self", "next"][..],
            &["self", "previous", "next"],
            &["self", "previous"],
        ][number - 1];
        assert_eq!(
            (&rels[..], &page["totalCount"]),
            (
                &expected.iter().map(ToString::to_string).collect::<Vec<_>>()[..],
                &json!(1234)
            )
        );
        ids.extend(
            page["results"]
                .as_array()
                .unwrap()
                .iter()
                .map(|one| one["id"].as_str().unwrap().to_owned()),
        );
    }
    // The newest first, and each of them once.
    assert!(ids.windows(2).all(|pair| pair[0] > pair[1]) && ids.len() == 1234);
    let page = caller.get(&format!("{SNAPSHOTS}?includeCount=false"));
    assert_eq!(
        (
            page["results"].as_array().unwrap().len(),
            page.get("totalCount")
        ),
        (100, None)
    );
}

#[test]
fn lists_can_be_difficult() {
    let mut caller = Caller::new(FakeAtlas::builder());
    caller.atlas.set_count_offset(-1);
    assert_eq!(caller.get(SNAPSHOTS)["totalCount"], 2);
    caller.atlas.set_max_countable(2);
    assert_eq!(
        caller.call("GET", SNAPSHOTS, None).1["errorCode"],
        "TIMEOUT_WHILE_PAGING"
    );
    caller.atlas.add_snapshots_between_pages(1);
    let page = |number| format!("{SNAPSHOTS}?includeCount=false&itemsPerPage=1&pageNum={number}");
    let (first, second) = (caller.get(&page(1)), caller.get(&page(2)));
    assert_eq!(first["results"][0]["id"], second["results"][0]["id"]);
}

#[test]
fn an_answer_comes_in_an_envelope_and_pretty() {
    let mut caller = Caller::new(FakeAtlas::builder());
    let list = caller.get(&format!("{SNAPSHOTS}?envelope=true"));
    assert_eq!(
        (&list["status"], list["results"].as_array().unwrap().len()),
        (&json!(200), 3)
    );
    let path = format!("{SNAPSHOTS}/{}", list["results"][0]["id"].as_str().unwrap());
    let one = caller.get(&format!("{path}?envelope=true"));
    assert_eq!(
        (&one["status"], &one["content"]),
        (&json!(200), &list["results"][0])
    );
    let error = caller.get(&format!(
        "{}?envelope=true",
        SNAPSHOTS.replace("orders", "none")
    ));
    assert_eq!(
        (&error["status"], &error["content"]["errorCode"]),
        (&json!(404), &json!("CLUSTER_NOT_FOUND"))
    );
    let pretty = caller.send("GET", &format!("{path}?pretty=true"), None);
    assert!(pretty.body.starts_with(b"{\n  \""));
    let (status, body) = caller.call("DELETE", &format!("{path}?envelope=true"), None);
    assert_eq!((status, body), (200, json!({"status": 204})));
    let gone = caller.send("DELETE", &path, None);
    assert_eq!(gone.status, 404);
}

#[test]
fn limits_go_by_the_clock() {
    let mut caller = Caller::new(FakeAtlas::builder());
    caller.atlas.set_rate_limit(Some(60));
    for left in (0..60).rev() {
        let response = caller.send("GET", SNAPSHOTS, None);
        assert_eq!(
            (response.status, response.header("ratelimit-remaining")),
            (200, Some(&*left.to_string()))
        );
        assert_eq!(response.header("ratelimit-limit"), Some("60"));
    }
    let limited = caller.send("GET", SNAPSHOTS, None);
    assert_eq!(
        (
            limited.status,
            limited.header("retry-after"),
            limited.header("x-error-code")
        ),
        (429, Some("1"), Some("RATE_LIMITED"))
    );
    caller.advance(1);
    caller.get(SNAPSHOTS);
    caller.atlas.set_rate_limit(None);
    caller.get(SNAPSHOTS);
    caller.atlas.set_access_allowed(false);
    assert_eq!(
        caller.send("GET", SNAPSHOTS, None).header("x-error-code"),
        Some("IP_ADDRESS_NOT_ON_ACCESS_LIST")
    );
}

const EVENTS: &str = "clusters/events/backup";

#[test]
fn a_sharded_cluster_is_downloaded_shard_by_shard() {
    let mut caller = Caller::new(FakeAtlas::builder());
    let snapshot = caller.get(&format!("{EVENTS}/snapshots/shardedClusters"))["results"][0].clone();
    assert_eq!(
        (
            snapshot["members"].as_array().unwrap().len(),
            &snapshot["type"]
        ),
        (3, &json!("shardedCluster"))
    );
    let job = caller.post(
        &format!("{EVENTS}/restoreJobs"),
        &json!({"deliveryType": "download", "snapshotId": snapshot["id"]}),
    );
    assert_eq!(
        (
            &job["deliveryUrl"],
            job.get("components"),
            job.get("expiresAt")
        ),
        (&json!([]), None, None)
    );
    let path = format!("{EVENTS}/restoreJobs/{}", job["id"].as_str().unwrap());
    caller.advance(60);
    let ready = caller.get(&path);
    assert_eq!(
        (&ready["finishedAt"], &ready["expiresAt"]),
        (
            &json!("2026-01-01T00:01:00Z"),
            &json!("2026-01-01T01:01:00Z")
        )
    );
    let urls: Vec<_> = ready["components"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["downloadUrl"].clone())
        .collect();
    assert_eq!((urls.len(), &ready["deliveryUrl"]), (3, &json!(urls)));
    assert_ne!(urls[0], urls[1]);
    caller.advance(3600);
    let expired = caller.get(&path);
    assert_eq!(
        (
            &expired["expired"],
            &expired["deliveryUrl"],
            &expired["failed"]
        ),
        (&json!(true), &json!([]), &json!(false))
    );
}

#[test]
fn a_restore_takes_its_cluster_until_it_ends() {
    let mut caller = Caller::new(FakeAtlas::builder());
    let snapshot = caller.get(SNAPSHOTS)["results"][0]["id"].clone();
    let jobs = "clusters/orders/backup/restoreJobs";
    let body = |target: &str| json!({"deliveryType": "automated", "snapshotId": snapshot, "targetGroupId": PROJECT, "targetClusterName": target});
    assert_eq!(
        caller.call("POST", jobs, Some(&body("none"))).1["errorCode"],
        "CLUSTER_NOT_FOUND"
    );
    caller.atlas.hang_next(Family::RestoreJob);
    let job = caller.post(jobs, &body("orders"));
    let path = format!("{jobs}/{}", job["id"].as_str().unwrap());
    caller.advance(500_000);
    let (status, other) = caller.call("POST", jobs, Some(&body("orders")));
    assert_eq!(
        (status, &other["errorCode"]),
        (409, &json!("ATLAS_CLUSTER_RESTORE_IN_PROGRESS"))
    );
    assert_eq!(caller.get(&path).get("finishedAt"), None);
    assert_eq!(caller.call("DELETE", &path, None).0, 204);
    let cancelled = caller.get(&path);
    assert_eq!(
        (&cancelled["cancelled"], &cancelled["failed"]),
        (&json!(true), &json!(false))
    );
    assert!(cancelled["finishedAt"].is_string() && caller.call("DELETE", &path, None).0 == 400);
    caller.atlas.fail_next(Family::RestoreJob);
    let job = caller.post(jobs, &body("orders"));
    caller.advance(60);
    let failed = caller.get(&format!("{jobs}/{}", job["id"].as_str().unwrap()));
    assert_eq!(
        (&failed["failed"], failed["finishedAt"].is_string()),
        (&json!(true), true)
    );
}

#[test]
fn what_atlas_takes_beyond_need_changes_nothing() {
    let mut caller = Caller::new(FakeAtlas::builder());
    let snapshot = caller.get(SNAPSHOTS)["results"][0]["id"].clone();
    let jobs = "clusters/orders/backup/restoreJobs";
    let with = |kind: &str, point: Value| {
        let target = json!({"deliveryType": kind, "snapshotId": snapshot, "targetGroupId": PROJECT, "targetClusterName": "orders"});
        let mut body = target;
        body.as_object_mut()
            .unwrap()
            .extend(point.as_object().cloned().unwrap_or_default());
        body
    };
    // A download that names a target does not block restores to it.
    caller.post(jobs, &with("download", json!({})));
    let job = caller.post(
        jobs,
        &with(
            "pointInTime",
            json!({"pointInTimeUTCSeconds": 1_767_225_600}),
        ),
    );
    assert_eq!(
        (&job["snapshotId"], &job["desiredTimestamp"]["date"]),
        (&snapshot, &json!("2026-01-01T00:00:00Z"))
    );
    caller.advance(60);
    let job = caller.post(
        jobs,
        &with("automated", json!({"pointInTimeUTCSeconds": 1_767_225_600})),
    );
    assert_eq!(job["desiredTimestamp"]["date"], Value::Null);
}

#[test]
fn a_legacy_restore_finds_its_target_by_name_or_id() {
    let mut caller = Caller::new(FakeAtlas::builder());
    let snapshot = caller.get("clusters/legacy/snapshots")["results"][0].clone();
    let jobs = "clusters/legacy/restoreJobs";
    let body = |name: Option<&str>, id: Option<&Value>| {
        let mut delivery = json!({"methodName": "AUTOMATED_RESTORE", "targetGroupId": PROJECT});
        name.into_iter()
            .for_each(|name| delivery["targetClusterName"] = name.into());
        id.into_iter()
            .for_each(|id| delivery["targetClusterId"] = id.clone());
        json!({"snapshotId": snapshot["id"], "delivery": delivery})
    };
    let (name, id) = (Some("legacy"), Some(&snapshot["clusterId"]));
    for body in [body(name, None), body(None, id), body(name, id)] {
        let delivery = caller.post(jobs, &body)["results"][0]["delivery"].clone();
        assert_eq!(
            (&delivery["targetClusterName"], &delivery["targetClusterId"]),
            (&json!("legacy"), &snapshot["clusterId"])
        );
        caller.advance(60);
    }
    let other = json!("32b6e34b3d91647abb20e7b9");
    for body in [
        body(name, Some(&other)),
        body(None, Some(&other)),
        body(Some("none"), id),
    ] {
        assert_eq!(
            caller.call("POST", jobs, Some(&body)).1["errorCode"],
            "CLUSTER_NOT_FOUND",
            "{body}"
        );
    }
    let (status, refused) = caller.call("POST", jobs, Some(&body(None, None)));
    assert_eq!(
        (status, &refused["errorCode"]),
        (400, &json!("VALIDATION_ERROR"))
    );
}

#[test]
fn both_generations_tell_of_the_same_things() {
    let mut caller = Caller::new(FakeAtlas::builder());
    let group = format!("/api/atlas/v1.0/groups/{PROJECT}/clusters/orders/backup");
    let json = "Accept: application/json\r\nContent-Type: application/json\r\n";
    let body = r#"{"copySettings": [{"cloudProvider": "AWS", "replicationSpecId": "64f0c2a91b7e3d5508d2a9e4"}]}"#;
    let response = caller
        .client
        .call("PATCH", &format!("{group}/schedule"), json, body);
    let first: Value = serde_json::from_slice(&response.body).unwrap();
    assert_eq!(
        first["copySettings"][0]["replicationSpecId"],
        "64f0c2a91b7e3d5508d2a9e4"
    );
    assert_eq!(
        (
            &first["links"][1]["rel"],
            first.get("autoCopySettingsEnabled")
        ),
        (&json!("http://mms.mongodb.com/cluster"), None)
    );
    let accept = "Accept: application/vnd.atlas.2024-08-05+json\r\n";
    let second = caller.client.call(
        "GET",
        &format!("{}/schedule", group.replace("v1.0", "v2")),
        accept,
        "",
    );
    let second: Value = serde_json::from_slice(&second.body).unwrap();
    assert_eq!(
        second["copySettings"][0]["zoneId"],
        "64f0c2a91b7e3d5508d2a9e4"
    );
    assert_eq!(
        second["links"][1]["rel"],
        "https://cloud.mongodb.com/cluster"
    );
    assert_eq!(caller.atlas.spec_violations(), [""; 0]);
}

#[test]
fn a_legacy_download_asks_for_a_header() {
    let mut caller = Caller::new(FakeAtlas::builder());
    let snapshot = caller.get("clusters/legacy/snapshots")["results"][0]["id"].clone();
    let body = json!({"snapshotId": snapshot, "delivery": {"methodName": "HTTP", "maxDownloads": 2, "expirationHours": 3}});
    let job = caller.post("clusters/legacy/restoreJobs", &body)["results"][0].clone();
    assert_eq!(
        (
            &job["delivery"]["statusName"],
            job["delivery"].get("authValue")
        ),
        (&json!("NOT_STARTED"), None)
    );
    caller.advance(60);
    let ready = caller.get(&format!(
        "clusters/legacy/restoreJobs/{}",
        job["id"].as_str().unwrap()
    ));
    let delivery = &ready["delivery"];
    assert_eq!(
        (
            job["hashes"].as_array().unwrap().len(),
            ready["hashes"][0]["hash"].as_str().unwrap().len()
        ),
        (0, 40)
    );
    assert_eq!(
        (&delivery["statusName"], &delivery["maxDownloads"]),
        (&json!("READY"), &json!(2))
    );
    assert_eq!(
        (&delivery["expires"], &ready["statusName"]),
        (&json!("2026-01-01T03:01:00Z"), &json!("FINISHED"))
    );
    assert!(
        delivery["url"].is_string()
            && delivery["authHeader"].is_string()
            && delivery["authValue"].is_string()
    );
}

#[test]
fn there_can_be_many_clusters() {
    let mut caller = Caller::new(FakeAtlas::builder().clusters(300));
    for name in ["cluster-001", "cluster-300"] {
        assert_eq!(
            caller.get(&SNAPSHOTS.replace("orders", name))["totalCount"],
            3
        );
    }
    assert_eq!(
        caller
            .call("GET", &SNAPSHOTS.replace("orders", "cluster-301"), None)
            .0,
        404
    );
}
