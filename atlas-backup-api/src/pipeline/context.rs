//! What a request needs to be sent: the settings of a client, and its credentials.

use crate::auth::Auth;
use crate::config::settings::Settings;

/// Shared by all clones of a client.
pub(crate) struct Context {
    pub(crate) settings: Settings,
    pub(crate) auth: Auth,
}
