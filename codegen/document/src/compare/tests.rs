//! A small document of ours, an equivalent published document, and the differences found when one
//! thing changes in the latter.

use serde_json::{Value, json};

use super::*;

/// One flat schema for requests and one for responses, as in spec/.
const OURS: &str = r#"
openapi: 3.0.3
paths:
  /api/atlas/v2/groups/{groupId}/backup/buckets:
    get:
      operationId: listBuckets
      x-atlas-operation-id: listGroupBuckets
      tags: [Buckets]
      x-atlas-roles: [Project Read Only]
      parameters:
        - $ref: '#/components/parameters/groupId'
        - {name: itemsPerPage, in: query, schema: {type: integer, minimum: 1, maximum: 500, default: 100}}
      responses:
        "200":
          description: One page.
          content:
            application/vnd.atlas.2024-05-30+json:
              x-atlas-sunset: "2028-01-01"
              x-atlas-older-versions: [{version: "2023-01-01", sunset: "2027-07-01"}]
              schema: {$ref: '#/components/schemas/BucketPage'}
        "404": {$ref: '#/components/responses/notFound'}
    post:
      operationId: createBucket
      x-atlas-operation-id: createGroupBucket
      tags: [Buckets]
      deprecated: true
      x-atlas-roles: [Project Backup Manager]
      parameters:
        - $ref: '#/components/parameters/groupId'
      requestBody:
        required: true
        content:
          application/vnd.atlas.2024-05-30+json:
            schema: {$ref: '#/components/schemas/BucketRequest'}
      responses:
        "201":
          description: The bucket.
          headers: {RateLimit-Limit: {schema: {type: integer}}}
          content:
            application/vnd.atlas.2024-05-30+json:
              schema: {$ref: '#/components/schemas/Bucket'}
  /api/atlas/v2/groups/{groupId}/tenant/buckets:
    get:
      operationId: listTenantBuckets
      x-atlas-operation-id: listTenantBuckets
      deprecated: true
      x-atlas-deprecation: {ended: "2026-01-22", note: Gone.}
      responses:
        "200":
          description: One page.
          content:
            application/vnd.atlas.2023-01-01+json:
              schema: {$ref: '#/components/schemas/BucketPage'}
components:
  parameters:
    groupId: {name: groupId, in: path, required: true, schema: {$ref: '#/components/schemas/ObjectId'}}
  responses:
    notFound:
      description: No such thing.
      content:
        application/json:
          schema: {$ref: '#/components/schemas/ApiError'}
  schemas:
    ApiError:
      type: object
      properties:
        detail: {type: string, nullable: true}
        causes: {type: array, maxItems: 5, items: {$ref: '#/components/schemas/ApiError'}}
    Bucket:
      type: object
      required: [_id]
      properties:
        _id: {$ref: '#/components/schemas/ObjectId'}
        cloudProvider: {$ref: '#/components/schemas/CloudProvider'}
        created: {type: string, format: date-time}
        folder:
          allOf: [{$ref: '#/components/schemas/Folder'}]
          description: Where the files are.
        iamRoleId: {$ref: '#/components/schemas/ObjectId'}
        serviceUrl: {type: string, minLength: 33, maxLength: 2048}
        tenantId: {type: string, format: uuid, deprecated: true}
    BucketPage:
      type: object
      properties:
        results: {type: array, items: {$ref: '#/components/schemas/Bucket'}}
    BucketRequest:
      type: object
      x-atlas-rules:
        - when: {cloudProvider: AWS}
          require: [iamRoleId]
          forbid: [serviceUrl]
          reviewed: 2026-01-31
          reason: AWS has roles.
          source: {published: AwsRequest}
        - when: {cloudProvider: AZURE}
          require: [serviceUrl]
          forbid: [iamRoleId]
          reviewed: 2026-01-31
          reason: Azure has URLs.
          source: {published: AzureRequest}
        - when: {cloudProvider: [AWS, AZURE]}
          require: [cloudProvider]
          reviewed: 2026-01-31
          reason: Both are of one call.
          source: {published: createGroupBucket}
      required: [cloudProvider]
      properties:
        cloudProvider: {$ref: '#/components/schemas/CloudProvider'}
        iamRoleId: {$ref: '#/components/schemas/ObjectId'}
        serviceUrl: {type: string, minLength: 33, maxLength: 2048}
    CloudProvider: {type: string, enum: [AWS, AZURE]}
    Folder:
      type: object
      properties:
        name: {type: string}
        parent: {$ref: '#/components/schemas/Folder'}
        children: {type: array, items: {$ref: '#/components/schemas/Folder'}}
    ObjectId: {type: string, pattern: '^([a-f0-9]{24})$'}
  securitySchemes:
    DigestAuth: {type: http, scheme: digest, description: An API key.}
    ServiceAccounts:
      type: oauth2
      flows: {clientCredentials: {tokenUrl: https://cloud.mongodb.com/api/oauth/token, scopes: {}}}
security:
  - ServiceAccounts: []
  - DigestAuth: []
servers:
  - {url: https://cloud.mongodb.com, description: Atlas.}
"#;

const BUCKETS: &str = "/paths/~1api~1atlas~1v2~1groups~1{groupId}~1backup~1buckets";

/// A base schema with a discriminator whose subtypes include the base, for requests and responses,
/// and a folder schema that contains folders.
fn published() -> Value {
    let id = json!({"type": "string", "pattern": "^([a-f0-9]{24})$"});
    let version = |date: &str| format!("application/vnd.atlas.{date}+json");
    let page = json!({"type": "object", "properties": {
        "results": {"type": "array", "readOnly": true, "items": {"$ref": "#/components/schemas/BucketView"}},
    }});
    let base = |request: bool| {
        let kind = if request { "Request" } else { "View" };
        json!({
            "type": "object",
            "required": if request { vec!["cloudProvider"] } else { vec!["_id"] },
            "properties": {
                "_id": {"type": "string", "pattern": "^([a-f0-9]{24})$", "readOnly": true},
                "cloudProvider": {"type": "string", "enum": ["AWS", "AZURE"]},
            },
            "discriminator": {"propertyName": "cloudProvider", "mapping": {
                "AWS": format!("#/components/schemas/Aws{kind}"), "AZURE": format!("#/components/schemas/Azure{kind}"),
            }},
        })
    };
    let subtype = |base: &str, required: &[&str], properties: Value| {
        json!({
            "allOf": [{"$ref": format!("#/components/schemas/{base}")}, {"type": "object", "properties": properties}],
            "required": required,
        })
    };
    let url = json!({"type": "string", "minLength": 33, "maxLength": 2048});
    json!({
        "openapi": "3.0.1",
        "servers": [{"url": "https://cloud.mongodb.com"}],
        "security": [{"DigestAuth": []}, {"ServiceAccounts": []}],
        "paths": {
            "/api/atlas/v2/groups/{groupId}/backup/buckets": {
                "parameters": [{"$ref": "#/components/parameters/groupId"}],
                "get": {
                    "operationId": "listGroupBuckets",
                    "tags": ["Buckets"],
                    "x-rolesRequirements": ["Project Read Only"],
                    "parameters": [
                        {"name": "itemsPerPage", "in": "query", "schema": {"type": "integer", "minimum": 1, "maximum": 500, "default": 100}},
                    ],
                    "responses": {
                        "200": {"content": {
                            version("2023-01-01"): {"x-sunset": "2027-07-01", "schema": {"$ref": "#/components/schemas/Old"}},
                            version("2024-05-30"): {"x-sunset": "2028-01-01", "schema": page},
                            version("2030-01-01.upcoming"): {"schema": {"$ref": "#/components/schemas/Old"}},
                            version("preview"): {"schema": {"$ref": "#/components/schemas/Old"}},
                        }},
                        "404": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/ApiError"}}}},
                    },
                },
                "post": {
                    "operationId": "createGroupBucket",
                    "tags": ["Buckets"],
                    "deprecated": true,
                    "x-rolesRequirements": "Project Backup Manager",
                    "requestBody": {"required": true, "content": {
                        version("2024-05-30"): {"schema": {"$ref": "#/components/schemas/BucketRequest"}},
                    }},
                    "responses": {"201": {"headers": {"RateLimit-Limit": {"schema": {"type": "integer"}}}, "content": {version("2024-05-30"): {"schema": {"$ref": "#/components/schemas/BucketView"}}}}},
                },
            },
            // An operation of another family, which our document need not have.
            "/api/atlas/v2/groups/{groupId}/users": {"get": {"operationId": "listUsers", "tags": ["Users"], "responses": {}}},
        },
        "components": {
            "securitySchemes": {
                "DigestAuth": {"type": "http", "scheme": "digest"},
                "ServiceAccounts": {"type": "oauth2", "flows": {"clientCredentials": {
                    "scopes": {}, "tokenUrl": "https://cloud.mongodb.com/api/oauth/token",
                }}},
            },
            "parameters": {"groupId": {"name": "groupId", "in": "path", "required": true, "schema": id}},
            "schemas": {
                "ApiError": {"type": "object", "properties": {
                    "detail": {"type": "string", "nullable": true},
                    "causes": {"type": "array", "maxItems": 5, "items": {"$ref": "#/components/schemas/ApiError"}},
                }},
                "Old": {"type": "object", "properties": {"something": {"type": "boolean"}}},
                "BucketView": base(false),
                "AwsView": subtype("BucketView", &["_id"], json!({
                    "created": {"type": "string", "format": "date-time"}, "folder": {"$ref": "#/components/schemas/Folder"}, "iamRoleId": id,
                })),
                "AzureView": subtype("BucketView", &["_id"], json!({
                    "serviceUrl": url, "tenantId": {"type": "string", "format": "uuid", "deprecated": true},
                })),
                "BucketRequest": base(true),
                "AwsRequest": subtype("BucketRequest", &["cloudProvider", "iamRoleId"], json!({"iamRoleId": id})),
                "AzureRequest": subtype("BucketRequest", &["cloudProvider", "serviceUrl"], json!({"serviceUrl": url})),
                "Folder": {"type": "object", "properties": {
                    "name": {"type": "string"},
                    "parent": {"$ref": "#/components/schemas/Folder"},
                    "children": {"type": "array", "items": {"$ref": "#/components/schemas/Folder"}},
                }},
            },
        },
    })
}

fn document(path: &str, text: &str) -> Document {
    Document {
        api: "v2".into(),
        path: path.into(),
        text: text.into(),
    }
}

fn report(ours: &str, published: &Value, deviations: &str, part: bool) -> Report {
    let deviations = Deviations::read(&document("spec/deviations.yaml", deviations))
        .unwrap_or_else(|error| panic!("{error}"));
    compare(
        &document("spec/v2.yaml", ours),
        published,
        &deviations,
        part,
    )
    .unwrap_or_else(|error| panic!("{error}"))
}

/// Returns the unexplained differences, one line each.
fn found(published: &Value) -> Vec<String> {
    report(OURS, published, "deviations: []", false)
        .unexplained()
        .map(ToString::to_string)
        .collect()
}

/// Sets the value at a pointer; null removes it.
fn put(document: &mut Value, pointer: &str, value: Value) {
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    let parent = document
        .pointer_mut(parent)
        .unwrap_or_else(|| panic!("nothing at {parent}"));
    let name = name.replace("~1", "/");
    match parent {
        Value::Array(items) if value.is_null() => drop(items.remove(name.parse().unwrap())),
        Value::Array(items) => items.push(value),
        Value::Object(members) if value.is_null() => drop(members.remove(&name).unwrap()),
        Value::Object(members) => drop(members.insert(name, value)),
        _ => panic!("{pointer} is no place"),
    }
}

fn changed(pointer: &str, value: Value) -> Value {
    let mut document = published();
    put(&mut document, pointer, value);
    document
}

#[test]
fn what_is_the_same_in_another_way_is_no_difference() {
    assert_eq!(found(&published()), [""; 0]);
    let report = report(OURS, &published(), "deviations: []", false);
    assert_eq!(
        (
            report.operations,
            report.published,
            report.schemas,
            report.members
        ),
        (2, 3, 5, 22)
    );
    assert_eq!(report.ended, ["listTenantBuckets"]);
}

#[test]
fn one_change_of_each_kind_is_found_and_nothing_else() {
    let get = format!("{BUCKETS}/get");
    let ok = format!("{get}/responses/200/content");
    let newest = format!("{ok}/application~1vnd.atlas.2024-05-30+json");
    let aws = "/components/schemas/AwsView/allOf/1/properties";
    let azure = "/components/schemas/AzureView/allOf/1/properties";
    let cases: Vec<(String, Value, &str)> = vec![
        (
            "/paths/~1api~1atlas~1v2~1groups~1{groupId}~1backup~1rings".into(),
            json!({"get": {"operationId": "listRings", "responses": {}}}),
            "GET /api/atlas/v2/groups/{groupId}/backup/rings: published, and not in our document [operation-missing]",
        ),
        (
            "/paths/~1api~1atlas~1v2~1groups~1{groupId}~1pails".into(),
            json!({"get": {"operationId": "listPails", "tags": ["Buckets"], "responses": {}}}),
            "GET /api/atlas/v2/groups/{groupId}/pails: published, and not in our document [operation-missing]",
        ),
        (
            format!("{get}/x-removed"),
            json!(true),
            "listBuckets: no longer published [operation-ended]",
        ),
        (
            get.clone(),
            Value::Null,
            "listBuckets: no longer published [operation-ended]",
        ),
        (
            "/servers/0/url".into(),
            json!("https://cloud.mongodb.org"),
            "servers: only published: https://cloud.mongodb.org; only ours: https://cloud.mongodb.com [servers]",
        ),
        (
            "/security/0".into(),
            Value::Null,
            "security: only ours: DigestAuth [security]",
        ),
        (
            "/components/securitySchemes/DigestAuth/scheme".into(),
            json!("basic"),
            r#"securitySchemes, DigestAuth: published {"scheme":"basic","type":"http"}, ours {"scheme":"digest","type":"http"} [security-scheme]"#,
        ),
        (
            "/components/securitySchemes/DigestAuth".into(),
            Value::Null,
            r#"securitySchemes, DigestAuth: published nothing, ours {"scheme":"digest","type":"http"} [security-scheme]"#,
        ),
        (
            "/components/securitySchemes/ServiceAccounts/flows/clientCredentials/tokenUrl".into(),
            json!("https://cloud.mongodb.com/oauth"),
            r#"securitySchemes, ServiceAccounts: published {"flows":{"clientCredentials":{"scopes":{},"tokenUrl":"https://cloud.mongodb.com/oauth"}},"type":"oauth2"}, ours {"flows":{"clientCredentials":{"scopes":{},"tokenUrl":"https://cloud.mongodb.com/api/oauth/token"}},"type":"oauth2"} [security-scheme]"#,
        ),
        (
            format!("{BUCKETS}/post/responses/201/headers/RateLimit-Remaining"),
            json!({}),
            "createBucket, answer: only published: RateLimit-Remaining [headers]",
        ),
        (
            format!("{get}/responses/404/headers"),
            json!({"Retry-After": {}}),
            "listBuckets, answer 404: only published: Retry-After [headers]",
        ),
        (
            format!("{get}/operationId"),
            json!("listBucketsOfGroup"),
            "listBuckets: published listBucketsOfGroup, ours listGroupBuckets [operation-id]",
        ),
        (
            format!("{get}/deprecated"),
            json!(true),
            "listBuckets: published true, ours false [deprecated]",
        ),
        (
            format!("{get}/x-rolesRequirements"),
            json!(["Project Owner", "Project Read Only"]),
            r#"listBuckets: published ["Project Owner","Project Read Only"], ours ["Project Read Only"] [roles]"#,
        ),
        (
            format!("{get}/responses/409"),
            json!({}),
            "listBuckets: only published: 409 [statuses]",
        ),
        (
            format!("{get}/responses/404"),
            Value::Null,
            "listBuckets: only ours: 404 [statuses]",
        ),
        (
            format!("{ok}/application~1vnd.atlas.2025-03-12+json"),
            json!({"schema": {"$ref": "#/components/schemas/Page"}}),
            "listBuckets, answer: published application/vnd.atlas.2025-03-12+json, ours application/vnd.atlas.2024-05-30+json [media-type]",
        ),
        (
            format!("{newest}/x-sunset"),
            json!("2029-01-01"),
            "listBuckets, answer: published 2029-01-01, ours 2028-01-01 [sunset]",
        ),
        (
            format!("{ok}/application~1vnd.atlas.2023-01-01+json/x-sunset"),
            json!("2026-07-01"),
            r#"listBuckets, answer: published [{"sunset":"2026-07-01","version":"2023-01-01"}], ours [{"sunset":"2027-07-01","version":"2023-01-01"}] [older-versions]"#,
        ),
        (
            format!("{get}/parameters/-"),
            json!({"name": "pretty", "in": "query", "required": true, "schema": {"type": "boolean"}}),
            "listBuckets, query pretty: published (boolean, required), and not in our document [member-missing]",
        ),
        (
            format!("{get}/parameters/0"),
            Value::Null,
            "listBuckets, query itemsPerPage: in our document, and not published [member-extra]",
        ),
        (
            format!("{get}/parameters/0/required"),
            json!(true),
            "listBuckets, query itemsPerPage: published true, ours false in the request [required]",
        ),
        (
            format!("{get}/parameters/0/schema/maximum"),
            json!(1000),
            "listBuckets, query itemsPerPage: published 1000, ours 500 [maximum]",
        ),
        (
            format!("{get}/parameters/0/schema/default"),
            json!(20),
            "listBuckets, query itemsPerPage: published 20, ours 100 [default]",
        ),
        (
            format!("{BUCKETS}/post/requestBody/required"),
            json!(false),
            "createBucket, body: published false, ours true in the request [required]",
        ),
        (
            format!("{BUCKETS}/post/requestBody"),
            Value::Null,
            "createBucket, body: in our document, and not published [member-extra]",
        ),
        (
            format!("{aws}/size"),
            json!({"type": "integer"}),
            "Bucket.size: published (integer), and not in our document [member-missing]",
        ),
        (
            format!("{aws}/created"),
            Value::Null,
            "Bucket.created: in our document, and not published [member-extra]",
        ),
        (
            format!("{aws}/created/type"),
            json!("integer"),
            "Bucket.created: published integer, ours string [type]",
        ),
        (
            format!("{aws}/created/format"),
            json!("date"),
            "Bucket.created: published date, ours date-time [format]",
        ),
        (
            format!("{aws}/created/nullable"),
            json!(true),
            "Bucket.created: published true, ours false [nullable]",
        ),
        (
            format!("{azure}/serviceUrl/minLength"),
            json!(10),
            "Bucket.serviceUrl: published 10, ours 33 [minLength]",
        ),
        (
            format!("{azure}/serviceUrl/maxLength"),
            Value::Null,
            "Bucket.serviceUrl: published nothing, ours 2048 [maxLength]",
        ),
        (
            format!("{azure}/tenantId/deprecated"),
            Value::Null,
            "Bucket.tenantId: published false, ours true [deprecated]",
        ),
        (
            "/components/schemas/BucketView/properties/cloudProvider/enum/-".into(),
            json!("GCP"),
            "Bucket.cloudProvider: only published: GCP [enum]",
        ),
        (
            "/components/schemas/BucketView/properties/cloudProvider/enum/0".into(),
            Value::Null,
            "Bucket.cloudProvider: only ours: AWS [enum]",
        ),
        (
            "/components/schemas/BucketView/properties/_id/pattern".into(),
            json!("^x$"),
            "Bucket._id: published ^x$, ours ^([a-f0-9]{24})$ [pattern]",
        ),
        (
            "/components/schemas/ApiError/properties/causes/maxItems".into(),
            json!(9),
            "ApiError.causes: published 9, ours 5 [maxItems]",
        ),
        (
            "/components/schemas/ApiError/properties/detail/nullable".into(),
            json!(false),
            "ApiError.detail: published false, ours true [nullable]",
        ),
        (
            "/components/schemas/Folder/nullable".into(),
            json!(true),
            "Folder: published true, ours false [nullable]",
        ),
        (
            "/components/schemas/Folder/required".into(),
            json!(["name"]),
            "Folder.name: published true, ours false in the answer [required]",
        ),
        (
            "/components/schemas/Folder/properties/children/items".into(),
            json!({"type": "string"}),
            "Folder: published [\"object\",\"string\"], ours object [type]",
        ),
        (
            "/components/schemas/AwsRequest/allOf/1/properties/iamRoleId".into(),
            Value::Null,
            "BucketRequest.iamRoleId: in our document, and not published [member-extra]",
        ),
        (
            "/components/schemas/AzureRequest/required".into(),
            json!(["cloudProvider"]),
            "BucketRequest.cloudProvider=AZURE: only ours: serviceUrl [required-when]",
        ),
        (
            "/components/schemas/AzureRequest/allOf/1/properties/iamRoleId".into(),
            json!({"type": "string", "pattern": "^([a-f0-9]{24})$"}),
            "BucketRequest.cloudProvider=AZURE: only ours: iamRoleId [forbidden-when]",
        ),
    ];
    for (pointer, value, expected) in cases {
        // A newer version has the same content as the one before, unless the test case changes it.
        let mut document = changed(&pointer, value);
        let page = document.pointer(&format!("{newest}/schema")).cloned();
        document["components"]["schemas"]["Page"] = page.unwrap_or_default();
        assert_eq!(found(&document), [expected], "{pointer}");
    }
}

#[test]
fn what_a_rule_names_as_its_source_must_be_published() {
    let with = |source: &str, other: &str| {
        let ours = OURS.replacen(
            &format!("source: {{{source}}}"),
            &format!("source: {{{other}}}"),
            1,
        );
        assert_ne!(ours, OURS);
        let lines = |part| {
            report(&ours, &published(), "deviations: []", part)
                .unexplained()
                .map(ToString::to_string)
                .collect::<Vec<_>>()
        };
        assert_eq!(lines(true), [""; 0], "a part may lack it");
        lines(false)
    };
    let source = "published: AwsRequest";
    for other in [
        "AwsRequest.roleId",
        "AwsRequests",
        "AwsRequests.iamRoleId",
        "createGroupBuckets",
    ] {
        let line = format!(
            "BucketRequest.x-atlas-rules[0]: its source is {other}, which is not published [source]"
        );
        assert_eq!(with(source, &format!("published: {other}")), [line]);
    }
    let line = "BucketRequest.x-atlas-rules[2]: its source is createBucket, which is not published [source]";
    assert_eq!(
        with("published: createGroupBucket", "published: createBucket"),
        [line],
        "that is our name of it"
    );
    // Pages and the wire cannot be looked up. A member may be declared in the base of a subtype.
    for other in [
        "wire: Seen.",
        "page: https://www.mongodb.com/docs/atlas/",
        "published: AzureRequest.cloudProvider",
        "published: AwsRequest.iamRoleId",
    ] {
        assert_eq!(with(source, other), [""; 0], "{other}");
    }
}

#[test]
fn a_subtype_that_lacks_a_member_need_not_forbid_it() {
    let ours = OURS
        .replace("          forbid: [serviceUrl]\n", "")
        .replace("          forbid: [iamRoleId]\n", "");
    assert_ne!(ours, OURS);
    assert_eq!(
        report(&ours, &published(), "deviations: []", false)
            .unexplained()
            .count(),
        0
    );
}

#[test]
fn a_condition_with_several_values_is_one_for_each() {
    let ours = OURS.replace(
        "when: {cloudProvider: AWS}",
        "when: {cloudProvider: [AZURE, AWS]}",
    );
    let lines: Vec<_> = report(&ours, &published(), "deviations: []", false)
        .unexplained()
        .map(ToString::to_string)
        .collect();
    assert_eq!(
        lines,
        [
            "BucketRequest.cloudProvider=AZURE: only ours: iamRoleId [required-when]",
            "BucketRequest.cloudProvider=AZURE: only ours: serviceUrl [forbidden-when]",
        ]
    );
}

#[test]
fn a_new_member_of_a_request_says_that_it_is_required() {
    let mut document = published();
    put(
        &mut document,
        "/components/schemas/BucketRequest/properties/name",
        json!({"type": "string"}),
    );
    put(
        &mut document,
        "/components/schemas/BucketRequest/required/-",
        json!("name"),
    );
    assert_eq!(
        found(&document),
        [
            "BucketRequest.name: published (string, required), and not in our document [member-missing]"
        ]
    );
}

#[test]
fn a_path_parameter_may_change_its_name_and_stays_the_same_parameter() {
    let text = published()
        .to_string()
        .replace("/{groupId}/backup/", "/{projectId}/backup/")
        .replace(r#""name":"groupId""#, r#""name":"projectId""#);
    let paths: Vec<_> = found(&serde_json::from_str(&text).unwrap());
    let path = "published /api/atlas/v2/groups/{projectId}/backup/buckets, ours /api/atlas/v2/groups/{groupId}/backup/buckets [path]";
    assert_eq!(
        paths,
        [
            format!("createBucket: {path}"),
            format!("listBuckets: {path}")
        ]
    );
}

#[test]
fn an_ended_operation_may_be_there_marked_or_with_a_sunset() {
    let pointer = "/paths/~1api~1atlas~1v2~1groups~1{groupId}~1tenant~1buckets";
    let with = |extra: Value, media: Value| {
        let mut operation = json!({"operationId": "listTenantBuckets", "deprecated": true, "responses": {"200": {"content": {
            "application/vnd.atlas.2023-01-01+json": media,
        }}}});
        operation
            .as_object_mut()
            .unwrap()
            .extend(extra.as_object().unwrap().clone());
        found(&changed(pointer, json!({"get": operation})))
    };
    let schema = json!({"type": "object", "properties": {"results": {"type": "array", "items": {"$ref": "#/components/schemas/BucketView"}}}});
    assert_eq!(
        with(json!({"x-removed": true}), json!({"schema": schema})),
        [""; 0]
    );
    assert_eq!(
        with(json!({}), json!({"schema": schema})),
        [
            "listTenantBuckets: ended on 2026-01-22 by our document, but published without an end [ended]"
        ]
    );
    assert_eq!(
        with(
            json!({}),
            json!({"schema": schema, "x-sunset": "2026-01-22"})
        ),
        ["listTenantBuckets, answer: published 2026-01-22, ours nothing [sunset]"]
    );
}

#[test]
fn an_operation_that_may_change_any_day_is_not_missing() {
    let preview = json!({"get": {"tags": ["Buckets"], "responses": {"200": {"content": {"application/vnd.atlas.preview+json": {}}}}}});
    assert_eq!(
        found(&changed(
            "/paths/~1api~1atlas~1v2~1groups~1{groupId}~1backup~1soon",
            preview
        )),
        [""; 0]
    );
}

#[test]
fn a_part_says_nothing_about_what_it_lacks() {
    // Without the list, nothing refers to BucketPage and ApiError; without the create operation, it
    // is unknown whether Bucket has other members.
    let mut document = published();
    put(&mut document, &format!("{BUCKETS}/post"), Value::Null);
    put(
        &mut document,
        "/components/schemas/AwsView/allOf/1/properties/created",
        Value::Null,
    );
    let deviations = "deviations:\n  - {in: [v2], schema: BucketRequest, kind: nullable, reviewed: 2026-01-31, reason: Not in the part.}\n";
    let part = report(OURS, &document, deviations, true);
    assert_eq!((part.unexplained().count(), part.stale.len()), (0, 0));
    assert_eq!(part.skipped, ["createBucket"]);
    let whole = report(OURS, &document, deviations, false);
    assert_eq!(
        whole
            .unexplained()
            .map(ToString::to_string)
            .collect::<Vec<_>>(),
        ["createBucket: no longer published [operation-ended]"]
    );
}

#[test]
fn differences_have_their_place_in_both_documents() {
    let report = report(
        OURS,
        &changed(
            "/components/schemas/AwsView/allOf/1/properties/created/format",
            json!("date"),
        ),
        "deviations: []",
        false,
    );
    let [difference] = &report.differences[..] else {
        panic!("{:?}", report.differences)
    };
    let line = OURS
        .lines()
        .position(|line| line.contains("created:"))
        .unwrap()
        + 1;
    assert_eq!(
        (difference.location.line, difference.location.column),
        (line, 9)
    );
    assert_eq!(
        difference.pointer,
        "/components/schemas/Bucket/properties/created"
    );
    assert_eq!(
        difference.published_pointer,
        "/components/schemas/AwsView/allOf/1/properties/created"
    );
}

#[test]
fn a_reference_that_leads_nowhere_is_an_error_and_no_difference() {
    let cut = changed("/components/schemas/Folder", Value::Null);
    let error = compare(
        &document("spec/v2.yaml", OURS),
        &cut,
        &Deviations::default(),
        false,
    )
    .unwrap_err();
    assert!(
        error
            .to_string()
            .contains("`#/components/schemas/Folder` leads nowhere"),
        "{error}"
    );
    let broken = OURS.replace("schemas/BucketPage'", "schemas/Bucketpage'");
    let error = compare(
        &document("spec/v2.yaml", &broken),
        &published(),
        &Deviations::default(),
        false,
    )
    .unwrap_err();
    assert_eq!(error.path, "spec/v2.yaml");
    assert!(
        error
            .to_string()
            .contains("`#/components/schemas/Bucketpage` leads nowhere"),
        "{error}"
    );
}

#[test]
fn circles_of_every_sort_end() {
    let mut round = published();
    let schemas = [
        (
            "Folder",
            json!({"allOf": [{"$ref": "#/components/schemas/Folder"}], "type": "object", "properties": {"name": {"type": "string"}}}),
        ),
        (
            "AwsView",
            json!({"oneOf": [{"$ref": "#/components/schemas/AzureView"}, {"$ref": "#/components/schemas/BucketView"}]}),
        ),
        (
            "AzureView",
            json!({"anyOf": [{"$ref": "#/components/schemas/AwsView"}], "allOf": [{"$ref": "#/components/schemas/AzureView"}]}),
        ),
    ];
    for (name, schema) in schemas {
        put(&mut round, &format!("/components/schemas/{name}"), schema);
    }
    assert!(!found(&round).is_empty());
    // A reference to itself is an error.
    put(
        &mut round,
        "/components/schemas/Folder",
        json!({"$ref": "#/components/schemas/Folder"}),
    );
    put(
        &mut round,
        "/components/schemas/AwsView",
        json!({"properties": {"folder": {"$ref": "#/components/schemas/Folder"}}}),
    );
    assert!(
        compare(
            &document("spec/v2.yaml", OURS),
            &round,
            &Deviations::default(),
            false
        )
        .is_err()
    );
}

#[test]
fn schemas_within_schemas_without_end_are_an_error_and_no_overflow() {
    let mut deep = published();
    for index in 0..20_000 {
        let next = json!({"allOf": [{"$ref": format!("#/components/schemas/Deep{}", index + 1)}]});
        put(&mut deep, &format!("/components/schemas/Deep{index}"), next);
    }
    put(
        &mut deep,
        "/components/schemas/Deep20000",
        json!({"type": "object"}),
    );
    put(
        &mut deep,
        "/components/schemas/Folder",
        json!({"$ref": "#/components/schemas/Deep0"}),
    );
    let error = compare(
        &document("spec/v2.yaml", OURS),
        &deep,
        &Deviations::default(),
        false,
    )
    .unwrap_err();
    assert!(
        error.to_string().contains("more than 64 schemas"),
        "{error}"
    );
}

#[test]
fn generations_are_told_by_their_paths() {
    let of = |paths: Value| {
        generations(&json!({"paths": paths}))
            .iter()
            .map(|generation| generation.api)
            .collect::<Vec<_>>()
    };
    assert_eq!(of(json!({"/api/atlas/v1.0/groups": {}})), ["v1"]);
    assert_eq!(of(json!({"/api/atlas/v2/groups": {}})), ["v2"]);
    assert_eq!(
        of(json!({"/api/atlas/v2/groups": {}, "/api/atlas/v1.0/groups": {}})),
        ["v1", "v2"]
    );
    assert_eq!(of(json!({"/api/public/v1.0/groups": {}})), [""; 0]);
    for nothing in [json!([]), json!(null), json!({"paths": 1})] {
        assert!(generations(&nothing).is_empty());
    }
}

/// Adds a third value to `cloudProvider` in the published document only, for the tests of
/// deviations.
fn with_gcp() -> Value {
    changed(
        "/components/schemas/BucketView/properties/cloudProvider/enum/-",
        json!("GCP"),
    )
}

const GCP: &str = "deviations:
  - in: [v2]
    schema: Bucket
    member: cloudProvider
    kind: enum
    published: [GCP]
    ours: []
    reviewed: 2026-01-31
    reason: Not for us.
";

#[test]
fn a_deviation_explains_its_difference() {
    let report = report(OURS, &with_gcp(), GCP, false);
    let [difference] = &report.differences[..] else {
        panic!("{:?}", report.differences)
    };
    let explanation = difference.explanation.as_ref().unwrap();
    assert_eq!(
        (
            explanation.reason.as_str(),
            explanation.location.line,
            explanation.location.column
        ),
        ("Not for us.", 2, 5)
    );
    assert!(report.stale.is_empty() && difference.outdated.is_none());
}

#[test]
fn a_deviation_does_not_explain_what_changed_since() {
    let mut document = with_gcp();
    put(
        &mut document,
        "/components/schemas/BucketView/properties/cloudProvider/enum/-",
        json!("OCI"),
    );
    let report = report(OURS, &document, GCP, false);
    let [difference] = &report.differences[..] else {
        panic!("{:?}", report.differences)
    };
    assert_eq!(difference.message(), "only published: GCP, OCI");
    assert!(difference.explanation.is_none());
    assert_eq!(difference.outdated.as_ref().map(|at| at.line), Some(2));
    // The change is reported once, not twice.
    assert!(report.stale.is_empty());
}

#[test]
fn a_deviation_without_a_difference_is_stale() {
    let stale = |published: &Value, deviations: &str| {
        let report = report(OURS, published, deviations, false);
        report
            .stale
            .iter()
            .map(|finding| finding.line("spec/deviations.yaml"))
            .collect::<Vec<_>>()
    };
    let gone = "explains nothing in v2: schema Bucket, member cloudProvider has no difference of kind `enum` (any more) [stale-deviation]";
    assert_eq!(
        stale(&published(), GCP),
        [format!("spec/deviations.yaml:2:5: {gone}")]
    );
    assert_eq!(
        stale(&published(), &GCP.replace("schema: Bucket", "schema: Pail")),
        [
            "spec/deviations.yaml:2:5: explains nothing in v2: there is no schema `Pail` [stale-deviation]"
        ]
    );
    assert_eq!(
        stale(
            &published(),
            "deviations:\n  - {in: [v2], operation: listPails, kind: deprecated, reviewed: 2026-01-31, reason: r}\n"
        ),
        [
            "spec/deviations.yaml:2:5: explains nothing in v2: there is no operation `listPails` [stale-deviation]"
        ]
    );
    let policy = "policies:\n  - {in: [v1, v2], operation: '*', kind: deprecated, reviewed: 2026-01-31, reason: r}\n";
    assert_eq!(stale(&published(), policy).len(), 1);
    // Entries for the other generation, or for an operation that has ended, cannot be tested here.
    assert_eq!(stale(&published(), &GCP.replace("[v2]", "[v1]")), [""; 0]);
    let roles = "deviations:\n  - {in: [v2], operation: listTenantBuckets, kind: roles, published: null, ours: [x], reviewed: 2026-01-31, reason: r}\n";
    assert_eq!(stale(&published(), roles), [""; 0]);
    // If the member itself is missing, only that is reported.
    let missing = changed(
        "/components/schemas/BucketView/properties/cloudProvider",
        Value::Null,
    );
    assert_eq!(stale(&missing, GCP), [""; 0]);
}

#[test]
fn a_policy_explains_many_and_a_single_entry_comes_first() {
    let deviations = "policies:
  - {in: [v2], schema: '*', member: '*', kind: required, side: answer, published: true, ours: false, reviewed: 2026-01-31, reason: Policy.}
deviations:
  - {in: [v2], schema: Folder, member: parent, kind: required, reviewed: 2026-01-31, reason: Single.}
";
    let document = changed(
        "/components/schemas/Folder/required",
        json!(["name", "parent", "children"]),
    );
    let report = report(OURS, &document, deviations, false);
    let reasons: Vec<_> = report
        .differences
        .iter()
        .map(|difference| {
            (
                difference.label(),
                difference
                    .explanation
                    .as_ref()
                    .map(|explanation| (explanation.reason.clone(), explanation.policy)),
            )
        })
        .collect();
    let expected = |member: &str, reason: &str, policy| {
        (
            format!("Folder.{member}"),
            Some((reason.to_owned(), policy)),
        )
    };
    assert_eq!(
        reasons,
        [
            expected("name", "Policy.", true),
            expected("parent", "Single.", false),
            expected("children", "Policy.", true)
        ]
    );
    assert!(report.stale.is_empty());
}
