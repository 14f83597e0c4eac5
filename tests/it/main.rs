//! The integration tests, in one binary.

mod documents;
mod generated;
mod handles;
mod rejections;
mod repository;
mod wire;
