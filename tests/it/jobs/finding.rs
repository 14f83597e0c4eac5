//! Finding a project and a cluster by its name or its id.

use std::fmt::Debug;

use atlas_backup_api::{Client, Credentials, Error, FindError, ObjectId, StatusCode};
use atlas_backup_tests::fake_atlas::{
    ClusterKind, FakeAtlas, FakeAtlasBuilder, Fault, Faults, HttpResponse, PRIVATE_KEY, PROJECT,
    PROJECT_NAME, PUBLIC_KEY,
};
use serde_json::json;

use super::{Setting, setting, setting_with};

const HEX_NAME: &str = "0123456789abcdef01234567";

/// A setting whose fake has these projects besides the usual one.
fn with_projects(names: &[&str]) -> Setting {
    let add = |world: FakeAtlasBuilder| {
        let world = world.without_authentication();
        names.iter().fold(world, |world, name| world.project(name))
    };
    setting_with(add, |builder| builder)
}

/// A setting in which every response to a GET of this path is the given one.
fn with_response(path: &str, response: HttpResponse) -> Setting {
    let faults = Faults::always(Fault::respond(response))
        .on_method("GET")
        .on_path(path);
    setting_with(
        |world| world.without_authentication().faults(&faults),
        |builder| builder,
    )
}

fn path(rest: &str) -> String {
    format!("/api/atlas/v2/groups/{PROJECT}/{rest}")
}

fn refusal(status: u16, code: &str) -> HttpResponse {
    HttpResponse::json(status, "application/json", &json!({"errorCode": code}))
}

/// Asserts that a request was refused, and returns its error.
fn refused<T: Debug>(outcome: Result<T, FindError>) -> Error {
    match outcome {
        Err(FindError::Call(error)) => error,
        other => panic!("{other:?}"),
    }
}

/// The names of others that the error of a missing project or cluster has.
fn others<T: Debug>(outcome: Result<T, FindError>) -> Option<Vec<String>> {
    match outcome {
        Err(FindError::NotFound { others, .. }) => others,
        other => panic!("{other:?}"),
    }
}

impl Setting {
    fn id_of(&self, cluster: &str) -> String {
        self.atlas.cluster_id(cluster).expect("the fake has it")
    }
}

#[tokio::test]
async fn a_project_is_found_by_its_name_or_its_id() {
    let it = setting();
    for name_or_id in [PROJECT_NAME, PROJECT] {
        let project = it.client.v2().find_project(name_or_id).await.unwrap();
        assert_eq!(project.id, *PROJECT);
        assert_eq!(project.name.as_deref(), Some(PROJECT_NAME));
    }
    assert_eq!(it.sent("GET"), 2);
}

#[tokio::test]
async fn a_project_may_have_any_name() {
    let names = [
        "Project 0",
        "Größen & Maße",
        "a/b",
        "100%25+1",
        "clusters",
        "byName",
        "日本",
        "?x=y#z",
    ];
    let it = with_projects(&names);
    for name in names {
        let project = it.client.v2().find_project(name).await.unwrap();
        assert_eq!(project.name.as_deref(), Some(name));
    }
}

#[tokio::test]
async fn text_that_looks_like_an_id_is_not_the_name_of_a_project() {
    let it = with_projects(&[HEX_NAME]);
    let api = it.client.v2();
    assert!(others(api.find_project(HEX_NAME).await).is_some());
    let project = api.get_project_by_name(HEX_NAME).send().await.unwrap();
    assert_eq!(project.name.as_deref(), Some(HEX_NAME));
}

#[tokio::test]
async fn of_several_projects_with_one_name_none_is_chosen() {
    let it = with_projects(&["Twice", "Twice"]);
    let error = refused(it.client.v2().find_project("Twice").await);
    assert_eq!(error.error_code(), Some("MULTIPLE_GROUPS"));
}

#[tokio::test]
async fn a_missing_project_is_reported_with_those_that_there_are() {
    let it = with_projects(&["Lager"]);
    let error = it.client.v2().find_project("Shopp").await.unwrap_err();
    assert_eq!(
        error.to_string(),
        r#"there is no project "Shopp", or the credentials may not see it; they may see Shop, Lager"#
    );
    let source = std::error::Error::source(&error).expect("the response");
    assert!(source.to_string().contains("NOT_IN_GROUP"), "{source}");
}

#[tokio::test]
async fn a_missing_project_is_reported_although_the_projects_may_not_be_listed() {
    let it = with_response(
        "/api/atlas/v2/groups",
        refusal(403, "ORG_REQUIRES_ACCESS_LIST"),
    );
    assert_eq!(others(it.client.v2().find_project("Shopp").await), None);
}

/// Atlas answers 401 to the name of a project that does not exist, also if the key is right.
#[tokio::test]
async fn a_missing_project_is_not_taken_for_wrong_credentials() {
    let atlas = FakeAtlas::start().await;
    let client = |private: &str| {
        let builder = Client::builder().base_url(atlas.url());
        let key = Credentials::api_key(PUBLIC_KEY, private);
        builder.credentials(key).build().unwrap()
    };
    let right = client(PRIVATE_KEY).v2().find_project("Shopp").await;
    assert_eq!(others(right), Some(vec![PROJECT_NAME.to_owned()]));
    let wrong = refused(
        client("00000000-0000-0000-0000-000000000000")
            .v2()
            .find_project("Shop")
            .await,
    );
    assert!(matches!(wrong, Error::Auth(_)), "{wrong:?}");
}

#[tokio::test]
async fn a_project_that_is_not_visible_is_reported_as_missing() {
    let path = format!("/api/atlas/v2/groups/{PROJECT}");
    for response in [
        refusal(401, "USER_CANNOT_ACCESS_GROUP"),
        refusal(401, "NOT_IN_GROUP"),
        refusal(404, "GROUP_NOT_FOUND"),
    ] {
        let it = with_response(&path, response);
        let found = it.client.v2().find_project(PROJECT).await;
        assert_eq!(others(found), Some(vec![PROJECT_NAME.to_owned()]));
    }
}

#[tokio::test]
async fn a_refusal_is_not_taken_for_a_missing_project_or_cluster() {
    let refusals = [
        refusal(401, "UNEXPECTED_ERROR"),
        refusal(403, "IP_ADDRESS_NOT_ON_ACCESS_LIST"),
        refusal(429, "RATE_LIMITED"),
        refusal(500, "UNEXPECTED_ERROR"),
        HttpResponse::new(503),
        // A gateway, or another server than Atlas.
        HttpResponse::new(404),
    ];
    for response in refusals {
        let status = StatusCode::from_u16(response.status).unwrap();
        let by_name = format!("/api/atlas/v2/groups/byName/{PROJECT_NAME}");
        let it = with_response(&by_name, response.clone());
        let error = refused(it.client.v2().find_project(PROJECT_NAME).await);
        assert_eq!((error.status(), it.sent("GET")), (Some(status), 1));

        let it = with_response(&path("clusters/orders"), response.clone());
        let error = refused(it.client.v2().find_cluster(PROJECT, "orders").await);
        assert_eq!((error.status(), it.sent("GET")), (Some(status), 1));

        let it = with_response(&path("flexClusters/flex"), response);
        let error = refused(it.client.v2().find_flex_cluster(PROJECT, "flex").await);
        assert_eq!((error.status(), it.sent("GET")), (Some(status), 1));
    }
}

#[tokio::test]
async fn what_was_found_is_an_argument_of_other_calls() {
    let it = setting();
    let api = it.client.v2();
    let project = api.find_project(PROJECT_NAME).await.unwrap();
    let cluster = api.find_cluster(&project, "events").await.unwrap();
    let flex = api.find_flex_cluster(&project, "flex").await.unwrap();
    assert_eq!(cluster.is_sharded(), Some(true));
    let snapshots = api.list_cluster_snapshots(&project, &cluster).all().await;
    assert_eq!(snapshots.unwrap().len(), 3);
    let snapshots = api.list_flex_snapshots(&project, &flex).send().await;
    assert_eq!(snapshots.unwrap().results.len(), 3);

    // So is the response to a look-up, and each by value.
    let project = api.get_project(project).send().await.unwrap();
    let orders = api.get_cluster(&project, "orders").send().await.unwrap();
    assert_eq!(orders.is_sharded(), Some(false));
    let snapshots = api.list_snapshots(&project, &orders).send().await;
    assert_eq!(snapshots.unwrap().results.len(), 3);
    let snapshots = api.list_snapshots(&project, cluster).send().await;
    assert_eq!(snapshots.unwrap().results.len(), 3);
}

#[tokio::test]
async fn a_cluster_is_found_by_its_id_on_any_page() {
    let it = setting_with(
        |world| world.without_authentication().clusters(600),
        |builder| builder,
    );
    let id = it.id_of("cluster-600");
    let cluster = it.client.v2().find_cluster(PROJECT, &id).await.unwrap();
    assert_eq!(cluster.name.unwrap(), *"cluster-600");
    assert_eq!(it.sent("GET"), 3, "by name, and two pages");
}

#[tokio::test]
async fn a_name_comes_before_an_id() {
    let id = setting().id_of("orders");
    let it = setting_with(
        |world| {
            world
                .without_authentication()
                .cluster(&id, ClusterKind::Sharded)
        },
        |builder| builder,
    );
    assert_eq!(it.id_of("orders"), id, "each fake assigns the same ids");
    let cluster = it.client.v2().find_cluster(PROJECT, &id).await.unwrap();
    assert_eq!(cluster.name.unwrap(), *id);
}

#[tokio::test]
async fn a_missing_cluster_is_reported_with_those_that_there_are() {
    let it = setting();
    let error = it.client.v2().find_cluster(PROJECT, "ordres").await;
    assert_eq!(
        error.unwrap_err().to_string(),
        format!(
            r#"project {PROJECT} has no cluster "ordres"; it has orders, events, tenant, legacy"#
        )
    );
    let error = it.client.v2().find_cluster(PROJECT, HEX_NAME).await;
    assert_eq!(others(error).unwrap().len(), 4);
    let error = it.client.v2().find_flex_cluster(PROJECT, "flexx").await;
    assert_eq!(others(error), Some(vec!["flex".to_owned()]));
}

#[tokio::test]
async fn a_message_names_a_few_others_and_an_error_a_hundred() {
    let it = setting_with(
        |world| world.without_authentication().clusters(200),
        |builder| builder,
    );
    let error = it.client.v2().find_cluster(PROJECT, "ordres").await;
    let error = error.unwrap_err();
    let text = error.to_string();
    assert!(text.ends_with("cluster-005, cluster-006, …"), "{text}");
    assert_eq!(others::<()>(Err(error)).unwrap().len(), 100);
}

#[tokio::test]
async fn a_missing_cluster_is_reported_although_the_clusters_may_not_be_listed() {
    let it = with_response(&path("clusters"), refusal(403, "ACCESS_FORBIDDEN"));
    let api = it.client.v2();
    assert_eq!(others(api.find_cluster(PROJECT, "ordres").await), None);
    // Text that may be an id: without the list, nobody knows.
    let error = refused(api.find_cluster(PROJECT, HEX_NAME).await);
    assert_eq!(error.status(), Some(StatusCode::FORBIDDEN));
}

#[tokio::test]
async fn a_cluster_of_a_missing_project_is_not_a_missing_cluster() {
    let it = setting();
    let error = refused(it.client.v2().find_cluster(HEX_NAME, "orders").await);
    assert_eq!(error.error_code(), Some("GROUP_NOT_FOUND"));
}

#[tokio::test]
async fn a_flex_cluster_is_told_from_others() {
    let it = setting();
    let api = it.client.v2();
    let flex = api.find_flex_cluster(PROJECT, "flex").await.unwrap();
    let orders = it.id_of("orders");
    for name_or_id in ["flex", flex.id.as_str()] {
        let found = api.find_flex_cluster(PROJECT, name_or_id).await.unwrap();
        assert_eq!(found, flex);
        let error = api.find_cluster(PROJECT, name_or_id).await.unwrap_err();
        assert!(matches!(error, FindError::IsFlex { .. }), "{error:?}");
        assert_eq!(
            error.to_string(),
            format!(
                "cluster {name_or_id:?} of project {PROJECT} is a flex cluster: look it up with find_flex_cluster"
            )
        );
    }
    for name_or_id in ["orders", &orders] {
        let error = api
            .find_flex_cluster(PROJECT, name_or_id)
            .await
            .unwrap_err();
        assert!(matches!(error, FindError::IsNotFlex { .. }), "{error:?}");
    }
}

#[tokio::test]
async fn what_no_cluster_can_be_named_is_not_sent() {
    let it = setting();
    for name in ["", "a b", "a/b", "..", "größe"] {
        let error = refused(it.client.v2().find_cluster(PROJECT, name).await);
        assert!(matches!(error, Error::InvalidArgument(_)), "{error:?}");
    }
    let error = refused(it.client.v2().find_cluster("Shop", "orders").await);
    assert!(
        error
            .to_string()
            .starts_with("getCluster: invalid argument group_id"),
        "{error}"
    );
    for name in ["", ".", ".."] {
        let error = refused(it.client.v2().find_project(name).await);
        assert!(matches!(error, Error::InvalidArgument(_)), "{error:?}");
    }
    assert_eq!(it.sent("GET"), 0);
}

#[test]
fn a_search_can_be_spawned() {
    fn spawned(_: impl Future + Send + 'static) {}
    let api = setting().client.v2();
    let project: ObjectId = PROJECT.parse().unwrap();
    spawned(async move {
        let found = api.find_cluster(&project, "orders").await.is_ok();
        let flex = api.find_flex_cluster(&project, "flex").await.is_ok();
        api.find_project(PROJECT_NAME).await.is_ok() && found && flex
    });
}
