//! What can be wrong with names.

use miette::Diagnostic;
use thiserror::Error;

use crate::base::{Edit, Help, Span};
use crate::report::Finding;

/// What is wrong with a name.
#[derive(Debug, Clone, PartialEq, Error, Diagnostic)]
pub enum ResolveError {
    /// Nothing has this name here.
    #[error("nothing here is called `{name}`")]
    #[diagnostic(code(score::resolve::unknown_name))]
    UnknownName {
        /// As written.
        name: String,
        /// What may have been meant.
        #[help]
        help: Option<Help>,
        /// Where.
        #[label("not known")]
        span: Span,
    },
    /// A name that exists, but not here.
    #[error("`{name}` can't be used here: {why}")]
    #[diagnostic(code(score::resolve::out_of_scope))]
    OutOfScope {
        /// As written.
        name: String,
        /// Why not.
        why: String,
        /// The edit.
        #[help]
        help: Help,
        /// Where it is used.
        #[label("used here")]
        span: Span,
        /// Where it is named.
        #[label("named here")]
        named: Span,
    },
    /// No type has this name.
    #[error("there is no type `{name}`")]
    #[diagnostic(code(score::resolve::unknown_type))]
    UnknownType {
        /// As written.
        name: String,
        /// What may have been meant.
        #[help]
        help: Option<Help>,
        /// Where.
        #[label("no such type")]
        span: Span,
    },
    /// A value where a type stands.
    #[error("`{name}` is {what}, not a type")]
    #[diagnostic(code(score::resolve::not_a_type))]
    NotAType {
        /// As written.
        name: String,
        /// What it is.
        what: &'static str,
        /// What may have been meant.
        #[help]
        help: Option<Help>,
        /// Where.
        #[label("a type is wanted here")]
        span: Span,
    },
    /// Two items of one file with one name.
    #[error("`{name}` is declared twice")]
    #[diagnostic(code(score::resolve::declared_twice), help("Give one of the two another name."))]
    DeclaredTwice {
        /// The name.
        name: String,
        /// The second one.
        #[label("again here")]
        span: Span,
        /// The first one.
        #[label("first here")]
        first: Span,
    },
    /// An item with the name of a built-in type or of what stands for itself.
    #[error("`{name}` is the name of something built in")]
    #[diagnostic(code(score::resolve::reserved_name), help("Choose another name, for example `{instead}`."))]
    ReservedName {
        /// Another name.
        instead: String,
        /// The name.
        name: String,
        /// Where.
        #[label("taken by the language")]
        span: Span,
    },
    /// A value with the name of an item.
    #[error("`{name}` is already the name of {what} of this file")]
    #[diagnostic(
        code(score::resolve::shadows_item),
        help("Give the value another name: below it, `{name}` would no longer mean the {word}.")
    )]
    ShadowsItem {
        /// The name.
        name: String,
        /// What the item is, with its article.
        what: &'static str,
        /// What the item is.
        word: &'static str,
        /// Where.
        #[label("named again here")]
        span: Span,
        /// The item.
        #[label("the {word}")]
        item: Span,
    },
    /// A name given twice in one place.
    #[error("`{name}` already has a value here")]
    #[diagnostic(code(score::resolve::named_twice))]
    NamedTwice {
        /// The name.
        name: String,
        /// The edit.
        #[help]
        help: Help,
        /// The second time.
        #[label("again here")]
        span: Span,
        /// The first time.
        #[label("first here")]
        first: Span,
    },
    /// `it` or `error` where there is none.
    #[error("there is no `{name}` here")]
    #[diagnostic(code(score::resolve::misplaced_word))]
    MisplacedWord {
        /// `it` or `error`.
        name: String,
        /// Where it may stand.
        #[help]
        help: &'static str,
        /// Where.
        #[label("stands for nothing here")]
        span: Span,
    },
    /// A module without such a name.
    #[error("`{module}` has no `{name}`")]
    #[diagnostic(code(score::resolve::not_in_module))]
    NotInModule {
        /// As written.
        name: String,
        /// The module.
        module: String,
        /// What may have been meant.
        #[help]
        help: Help,
        /// Where.
        #[label("not in the module")]
        span: Span,
    },
    /// A name that a module keeps for itself.
    #[error("`{name}` is private to `{module}`: its name begins with `_`")]
    #[diagnostic(code(score::resolve::private))]
    Private {
        /// As written.
        name: String,
        /// The module.
        module: String,
        /// What it offers.
        #[help]
        help: Help,
        /// Where.
        #[label("for its own file only")]
        span: Span,
    },
    /// A name brought in that something else has.
    #[error("`{name}` is brought in, but the name is taken")]
    #[diagnostic(code(score::resolve::import_clash))]
    ImportClash {
        /// The name.
        name: String,
        /// The edit.
        #[help]
        help: Help,
        /// Where it is brought in.
        #[label("brought in here")]
        span: Span,
        /// What has the name.
        #[label("taken here")]
        first: Span,
    },
    /// A name brought in for nothing.
    #[error("`{name}` is brought in and never used")]
    #[diagnostic(code(score::resolve::unused_import), severity(warning), help("Leave it out of the `use`."))]
    UnusedImport {
        /// The name.
        name: String,
        /// Where.
        #[label("never used")]
        span: Span,
    },
    /// A name that a `let` gives and nothing uses.
    #[error("`{name}` is named and never used")]
    #[diagnostic(code(score::resolve::unused_name), severity(warning))]
    UnusedName {
        /// The name.
        name: String,
        /// What to do.
        #[help]
        help: Help,
        /// Where it is named.
        #[label("never used")]
        span: Span,
    },
    /// A parameter of a part that its text and its clauses don't use.
    #[error("the part does nothing with `{name}`")]
    #[diagnostic(
        code(score::resolve::unused_parameter),
        severity(warning),
        help("Who plays the part sees its text only: put `{{{name}}}` into it, or leave the parameter out.")
    )]
    UnusedParameter {
        /// The parameter.
        name: String,
        /// Where it stands.
        #[label("not in the text, and in no clause")]
        span: Span,
    },
    /// An item whose name begins with `_`, that its file doesn't use.
    #[error("`{name}` is for this file only, and never used in it")]
    #[diagnostic(
        code(score::resolve::unused_item),
        severity(warning),
        help("Leave it out; where it is meant for others, too, take the `_` away.")
    )]
    UnusedItem {
        /// The item.
        name: String,
        /// Where it is named.
        #[label("never used")]
        span: Span,
    },
    /// More of the same.
    #[error("there are {more} more names that mean nothing")]
    #[diagnostic(
        code(score::resolve::too_many),
        help("Mend the ones above first; most of the rest may follow from them.")
    )]
    TooMany {
        /// How many are not shown.
        more: usize,
        /// The last one not shown.
        #[label("the last of them")]
        span: Span,
    },
}

impl ResolveError {
    /// Whether the program can be performed all the same.
    #[must_use]
    pub const fn is_warning(&self) -> bool {
        matches!(
            self,
            Self::UnusedImport { .. }
                | Self::UnusedName { .. }
                | Self::UnusedParameter { .. }
                | Self::UnusedItem { .. }
        )
    }

    /// Where it is: what errors are sorted by.
    #[must_use]
    pub const fn span(&self) -> Span {
        match self {
            Self::UnknownName { span, .. }
            | Self::OutOfScope { span, .. }
            | Self::UnknownType { span, .. }
            | Self::NotAType { span, .. }
            | Self::DeclaredTwice { span, .. }
            | Self::ReservedName { span, .. }
            | Self::ShadowsItem { span, .. }
            | Self::NamedTwice { span, .. }
            | Self::MisplacedWord { span, .. }
            | Self::NotInModule { span, .. }
            | Self::Private { span, .. }
            | Self::ImportClash { span, .. }
            | Self::UnusedImport { span, .. }
            | Self::UnusedName { span, .. }
            | Self::UnusedParameter { span, .. }
            | Self::UnusedItem { span, .. }
            | Self::TooMany { span, .. } => *span,
        }
    }
}

impl Finding for ResolveError {
    fn edits(&self) -> Vec<Edit> {
        match self {
            Self::OutOfScope { help, .. }
            | Self::NamedTwice { help, .. }
            | Self::NotInModule { help, .. }
            | Self::Private { help, .. }
            | Self::ImportClash { help, .. } => help.edits().to_vec(),
            Self::UnknownName { help: Some(help), .. }
            | Self::UnknownType { help: Some(help), .. }
            | Self::NotAType { help: Some(help), .. } => help.edits().to_vec(),
            _ => Vec::new(),
        }
    }
}
