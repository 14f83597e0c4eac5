//! The project's commands as a library, so that `xtask/tests/` can run them on folders of its own.

pub mod binary;
pub mod codegen;
pub mod tree;
pub mod upstream;
