//! Calls every operation of one API generation on a server, with the arguments of the document's
//! examples. `.ci/openapi-tools` runs it against a mock that another tool makes from the document.

use std::process::ExitCode;

use atlas_backup_api::{Client, Credentials, RetryPolicy};
use atlas_backup_tests::fake_atlas::documents;
use atlas_backup_tests::{Entry, entries};
use clap::Parser;

/// Call every operation of one API generation on a server
#[derive(Parser)]
#[command(
    name = "call-every-operation",
    max_term_width = 100,
    after_help = "Exit status: 0 if every call had its documented success, 1 if one had not."
)]
struct Arguments {
    /// The API generation: v1 or v2
    api: String,
    /// The URL of the server
    url: String,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    match run(&Arguments::parse()).await {
        Ok(calls) => {
            println!("{calls} calls, all with their documented success");
            ExitCode::SUCCESS
        }
        Err(faults) => {
            eprintln!("{faults}");
            ExitCode::FAILURE
        }
    }
}

/// Returns the number of calls, or what went wrong.
async fn run(arguments: &Arguments) -> Result<usize, String> {
    let client = Client::builder()
        .base_url(&arguments.url)
        .credentials(Credentials::token("not-a-secret"))
        .retry(RetryPolicy::never())
        .build()
        .map_err(|error| error.to_string())?;
    let mut faults = Vec::new();
    let mut calls = 0;
    for entry in entries().filter(|entry| entry.api == arguments.api) {
        calls += 1;
        faults.extend(call(&client, entry).await.err());
    }
    match (calls, faults.is_empty()) {
        (0, _) => Err(format!("there is no API {}", arguments.api)),
        (_, true) => Ok(calls),
        (_, false) => Err(faults.join("\n")),
    }
}

async fn call(client: &Client, entry: &Entry) -> Result<(), String> {
    let spec = &documents()[entry.api];
    let (mut arguments, documented) = (spec.arguments(entry), spec.success_status(entry));
    // A mock serves the examples, which have no envelope.
    arguments.query.remove("envelope");
    let fault = |fault: String| format!("{} {} ({}): {fault}", entry.method, entry.path, entry.id);
    let answered = (entry.call)(client, &arguments)
        .map_err(fault)?
        .await
        .map_err(|error| fault(error.to_string()))?;
    match answered.status {
        status if status == documented => Ok(()),
        status => Err(fault(format!("status {status} instead of {documented}"))),
    }
}
