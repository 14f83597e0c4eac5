//! The generations of the Atlas API that this project supports. This is the only list of them.

/// One generation of the Atlas API.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Generation {
    /// Its name (`v2`), which is also the name of modules and cargo features.
    pub api: &'static str,
    /// The path of its document, relative to the project's root: `spec/v2.yaml`.
    pub document: &'static str,
    /// The prefix of its paths: `/api/atlas/v2/`.
    pub prefix: &'static str,
}

/// All generations, the oldest first.
pub const GENERATIONS: &[Generation] = &[
    Generation {
        api: "v1",
        document: "spec/v1.yaml",
        prefix: "/api/atlas/v1.0/",
    },
    Generation {
        api: "v2",
        document: "spec/v2.yaml",
        prefix: "/api/atlas/v2/",
    },
];

impl Generation {
    /// Returns the generation with this name, or `None` if there is none.
    pub fn of(api: &str) -> Option<&'static Generation> {
        GENERATIONS.iter().find(|generation| generation.api == api)
    }
}
