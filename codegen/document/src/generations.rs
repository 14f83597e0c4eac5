//! The generations of the Atlas API that this project knows: the one list of them.

/// One generation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Generation {
    /// Its name, which is the name of modules and cargo features too: `v2`.
    pub api: &'static str,
    /// Where its document is, from the root of the project: `spec/v2.yaml`.
    pub document: &'static str,
    /// How the paths of its operations begin: `/api/atlas/v2/`.
    pub prefix: &'static str,
}

/// All of them, the oldest first.
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
    /// The generation of that name.
    pub fn of(api: &str) -> Option<&'static Generation> {
        GENERATIONS.iter().find(|generation| generation.api == api)
    }
}
