//! What can be wrong with `use`, with `score.toml` and `score.lock`: with places, in the score or in the file.

use miette::Diagnostic;
use thiserror::Error;

use crate::base::Span;
use crate::report::Finding;

/// What is wrong with a `use` or with `score.toml`.
#[derive(Debug, Clone, PartialEq, Eq, Error, Diagnostic)]
pub enum UseError {
    /// No such module.
    #[error("there is no module `{path}`")]
    #[diagnostic(code(score::load::unknown_module))]
    UnknownModule {
        /// As written.
        path: String,
        /// What may have been meant.
        #[help]
        help: String,
        /// Where.
        #[label("no such module")]
        span: Span,
    },
    /// A module that can't be read.
    #[error("the module `{path}` can't be read: {reason}")]
    #[diagnostic(code(score::load::unreadable_module))]
    UnreadableModule {
        /// As written.
        path: String,
        /// What is wrong with its file.
        reason: String,
        /// The edit.
        #[help]
        help: String,
        /// Where.
        #[label("brought in here")]
        span: Span,
    },
    /// Modules that bring each other in.
    #[error("modules bring each other in: {path}")]
    #[diagnostic(
        code(score::load::module_cycle),
        help("Move what both need into a module of its own, and `use` that one in both.")
    )]
    Cycle {
        /// All of them.
        path: String,
        /// Where the circle closes.
        #[label("leads back to itself")]
        span: Span,
    },
    /// A package that `score.toml` doesn't name.
    #[error("no package is called `{name}`")]
    #[diagnostic(code(score::load::unknown_package))]
    UnknownPackage {
        /// The first step of the path.
        name: String,
        /// The edit.
        #[help]
        help: String,
        /// Where.
        #[label("not in `score.toml`")]
        span: Span,
    },
    /// A package that is no folder of this machine.
    #[error("the package `{name}` is no local folder; packages can't be fetched yet")]
    #[diagnostic(
        code(score::load::remote_package),
        help("Get it yourself and name its folder: `{name} = {{ path = \"../{name}\" }}`.")
    )]
    RemotePackage {
        /// Its name.
        name: String,
        /// Where.
        #[label("has no `path`")]
        span: Span,
    },
    /// Not TOML.
    #[error("`score.toml` is no TOML: {reason}")]
    #[diagnostic(
        code(score::load::bad_toml),
        help("A line looks like `writer = \"local()\"`, under `[instruments]`.")
    )]
    BadToml {
        /// What its reader says.
        reason: String,
        /// Where.
        #[label("not understood")]
        span: Span,
    },
    /// A `score.lock` that is not as it was made.
    #[error("`score.lock` can't be used: {reason}")]
    #[diagnostic(
        code(score::load::bad_lock),
        help("It is made anew by `score update FILE`; what it pins is shown there before it changes.")
    )]
    BadLock {
        /// What is wrong with it.
        reason: String,
        /// Where.
        #[label("here")]
        span: Span,
    },
    /// A key that means nothing.
    #[error("`score.toml` knows no `{key}`")]
    #[diagnostic(code(score::load::unknown_key))]
    UnknownKey {
        /// As written.
        key: String,
        /// What there is.
        #[help]
        help: String,
        /// Where.
        #[label("not known")]
        span: Span,
    },
    /// A value of the wrong kind.
    #[error("`{key}` in `score.toml` is {found}")]
    #[diagnostic(code(score::load::bad_setting))]
    BadSetting {
        /// Its key.
        key: String,
        /// What it is.
        found: &'static str,
        /// The edit.
        #[help]
        help: String,
        /// Where.
        #[label("not what is wanted here")]
        span: Span,
    },
}

impl Finding for UseError {}
