//! How the project's commands read documents and replace files.

mod read;
mod replace;

pub use read::{document, published};
pub use replace::replace;
