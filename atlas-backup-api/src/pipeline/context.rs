//! What it takes to send a request: the settings of a client and its credentials.

use crate::auth::Auth;
use crate::config::settings::Settings;

/// All clones of a client share one.
pub(crate) struct Context {
    pub(crate) settings: Settings,
    pub(crate) auth: Auth,
}
