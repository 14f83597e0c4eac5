//! What this Atlas does, asked as plainly as can be.

use std::time::Duration;

use serde_json::{Value, json};

use super::{Atlas, FakeAtlas, Family, PROJECT};
use crate::fake_atlas::peer::{Answered, Peer};

const V2: &str = "application/vnd.atlas.2023-01-01+json";

/// A peer, and what it calls.
struct Caller {
    atlas: Atlas,
    peer: Peer,
}

impl Caller {
    fn of(atlas: FakeAtlas) -> Self {
        let atlas = atlas.open().start();
        let peer = Peer::of(atlas.server());
        Caller { atlas, peer }
    }

    fn answer(&mut self, method: &str, path: &str, body: Option<&Value>) -> Answered {
        let content = body.map_or(String::new(), |_| format!("Content-Type: {V2}\r\n"));
        let body = body.map_or(String::new(), Value::to_string);
        self.peer.call(method, &format!("/api/atlas/v2/groups/{PROJECT}/{path}"), &format!("Accept: {V2}\r\n{content}"), &body)
    }

    fn call(&mut self, method: &str, path: &str, body: Option<&Value>) -> (u16, Value) {
        let answered = self.answer(method, path, body);
        assert_eq!(self.atlas.faults_of_its_own(), [""; 0]);
        (answered.status, serde_json::from_slice(&answered.body).unwrap_or_default())
    }

    fn get(&mut self, path: &str) -> Value {
        let (status, body) = self.call("GET", path, None);
        assert_eq!(status, 200, "{path}: {body}");
        body
    }

    fn post(&mut self, path: &str, body: &Value) -> Value {
        let (status, answer) = self.call("POST", path, Some(body));
        assert_eq!(status, 200, "{path}: {answer}");
        answer
    }

    fn pass(&self, seconds: u64) {
        self.atlas.clock().advance(Duration::from_secs(seconds));
    }
}

const SNAPSHOTS: &str = "clusters/orders/backup/snapshots";

#[test]
fn a_snapshot_makes_progress() {
    let mut caller = Caller::of(FakeAtlas::new());
    let taken = caller.post(SNAPSHOTS, &json!({"retentionInDays": 5}));
    assert_eq!((&taken["status"], &taken["frequencyType"]), (&json!("queued"), &json!("ondemand")));
    for absent in ["createdAt", "cloudProvider", "mongodVersion"] {
        assert!(taken.get(absent).is_none(), "{absent}");
    }
    assert_eq!((&taken["expiresAt"], &taken["storageSizeBytes"]), (&json!("2026-01-06T00:00:00Z"), &json!(0)));
    let path = format!("{SNAPSHOTS}/{}", taken["id"].as_str().unwrap());
    let (status, refused) = caller.call("POST", SNAPSHOTS, Some(&json!({})));
    assert_eq!((status, &refused["errorCode"]), (409, &json!("ATLAS_CLUSTER_SNAPSHOT_IN_PROGRESS")));
    caller.pass(10);
    assert_eq!(caller.get(&path)["status"], "inProgress");
    caller.pass(50);
    let done = caller.get(&path);
    assert_eq!((&done["status"], &done["createdAt"]), (&json!("completed"), &json!("2026-01-01T00:00:10Z")));
    caller.atlas.fail_next(Family::Snapshot);
    caller.post(SNAPSHOTS, &json!({}));
    caller.pass(60);
    assert_eq!(caller.get(SNAPSHOTS)["results"][0]["status"], "failed");
}
