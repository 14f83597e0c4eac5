//! The examples of the spec show every member, so that the tests made from them pin every member.

use atlas_backup_document::{Document, lint_coverage, load};

use crate::repository::{apis, document};

fn members_in_no_example(document: &Document) -> String {
    let loaded = load(document).unwrap_or_else(|error| panic!("{error}"));
    let error = lint_coverage(&loaded).err();
    error
        .map(|error| error.render(document, false))
        .unwrap_or_default()
}

#[test]
fn every_member_of_a_request_or_response_is_in_an_example() {
    let text: String = apis()
        .map(|api| members_in_no_example(&document(api)))
        .collect();
    assert!(text.is_empty(), "\n{text}");
}

#[test]
fn a_member_that_is_in_no_example_is_named_with_its_place() {
    for (member, schema, what) in [
        ("restoreWindowDays", "ScheduleUpdateRequest", "request"),
        ("restoreWindowDays", "Schedule", "response"),
        ("endpointId", "PrivateDownloadUrl", "response"),
    ] {
        let mut document = document("v2");
        let in_example = format!("{member}: ");
        document.text = document
            .text
            .split_inclusive('\n')
            .filter(|line| !line.trim_start().starts_with(&in_example))
            .collect();
        let text = members_in_no_example(&document);
        let message = format!("no example of a {what} has this member");
        let found = text.split("\n\n").any(|finding| {
            finding.contains(&message)
                && finding.contains("spec/v2.yaml:")
                && finding.contains(&format!("{member}:"))
                && finding.contains(schema)
        });
        assert!(found, "{schema}.{member}:\n{text}");
    }
}
