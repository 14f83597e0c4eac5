//! All integration tests, in one binary.

mod access;
mod arbitrary;
mod compiled_on_use;
mod conform;
mod corpus;
mod crates;
mod documents;
mod download;
mod examples;
mod fake_atlas;
mod generated;
mod handles;
mod jobs;
mod mutation;
mod packages;
mod programs;
mod raw_calls;
mod rejections;
mod repository;
mod restores;
mod spec_changes;
mod storeys;
mod transport;
mod updates;
mod wire;
