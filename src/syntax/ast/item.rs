//! Items: what stands at the top level of a file.

use super::{Block, Comment, Expr, Ident, Text, Typed};
use crate::base::{FileId, Name, NodeId, Span};

/// One parsed file. Broken items are absent here; their errors are reported by the parser.
#[derive(Debug, Clone)]
pub struct File {
    /// Which source it was parsed from.
    pub source: FileId,
    /// `//!` lines joined by line breaks, without the markers; empty if none.
    pub doc: String,
    /// Items in source order.
    pub items: Vec<Item>,
    /// All comments in source order.
    pub comments: Vec<Comment>,
    /// The whole file.
    pub span: Span,
}

/// One item.
#[derive(Debug, Clone)]
pub struct Item {
    /// Identity.
    pub id: NodeId,
    /// From the keyword to the last token.
    pub span: Span,
    /// `///` lines above it, joined by line breaks; empty if none.
    pub doc: String,
    /// What it is.
    pub kind: ItemKind,
}

impl Item {
    /// Its name, if it has one.
    #[must_use]
    pub fn name(&self) -> Option<&Ident> {
        match &self.kind {
            ItemKind::Use(_) | ItemKind::Test(_) => None,
            ItemKind::Type(item) => Some(&item.name),
            ItemKind::Instrument(item) => Some(&item.name),
            ItemKind::Part(item) => Some(&item.name),
            ItemKind::Movement(item) => Some(&item.name),
        }
    }

    /// Its type parameters: `<T, U>`.
    #[must_use]
    pub fn generics(&self) -> &[Ident] {
        match &self.kind {
            ItemKind::Part(item) => &item.generics,
            ItemKind::Movement(item) => &item.generics,
            ItemKind::Type(item) => &item.generics,
            ItemKind::Use(_) | ItemKind::Instrument(_) | ItemKind::Test(_) => &[],
        }
    }
}

/// Kinds of items.
#[derive(Debug, Clone)]
pub enum ItemKind {
    /// `use …`
    Use(Use),
    /// `type …`
    Type(TypeItem),
    /// `instrument …`
    Instrument(InstrumentItem),
    /// `part …`
    Part(Box<PartItem>),
    /// `movement …`
    Movement(MovementItem),
    /// `test "…" { … }`
    Test(TestItem),
}

/// `use std/web { search, read_page as page }`, `use ./house { writer }`, `use studio/marketing as m`.
#[derive(Debug, Clone)]
pub struct Use {
    /// The path as written: `std/web`, `./house`, `../x/y`.
    pub path: Name,
    /// Place of the path.
    pub path_span: Span,
    /// `as m`.
    pub alias: Option<Ident>,
    /// `{ a, b as c }`: name and alias.
    pub names: Vec<(Ident, Option<Ident>)>,
}

/// `type Name<T> = …`, `type Name { … } where …`.
#[derive(Debug, Clone)]
pub struct TypeItem {
    /// Its name.
    pub name: Ident,
    /// `<T, U>`.
    pub generics: Vec<Ident>,
    /// What it stands for; a record type for the brace form.
    pub body: Typed,
}

/// A field of a record type.
#[derive(Debug, Clone)]
pub struct Field {
    /// Identity.
    pub id: NodeId,
    /// Its name.
    pub name: Ident,
    /// Its documentation; empty if none.
    pub doc: String,
    /// Its type with condition.
    pub typed: Typed,
    /// `= default`.
    pub default: Option<Expr>,
}

/// A parameter of a part, movement or instrument.
#[derive(Debug, Clone)]
pub struct Param {
    /// Identity.
    pub id: NodeId,
    /// Its name.
    pub name: Ident,
    /// Its documentation; empty if none.
    pub doc: String,
    /// `content` or `control`, if marked.
    pub role: Option<ParamRole>,
    /// Its type with condition.
    pub typed: Typed,
    /// `= default`.
    pub default: Option<Expr>,
}

/// What a parameter of an acting part is to trust.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ParamRole {
    /// `content`: may be anything.
    Content,
    /// `control`: steers the act.
    Control,
}

/// `instrument name(params) = expression`.
#[derive(Debug, Clone)]
pub struct InstrumentItem {
    /// Its name.
    pub name: Ident,
    /// Parameters; `None` when written without parentheses.
    pub params: Option<Vec<Param>>,
    /// What it is: a constructor call, a combinator, a lambda.
    pub value: Expr,
}

/// `part name(params) -> Type clauses text`.
#[derive(Debug, Clone)]
pub struct PartItem {
    /// Its name.
    pub name: Ident,
    /// `<T>`.
    pub generics: Vec<Ident>,
    /// Parameters.
    pub params: Vec<Param>,
    /// The return type; `None` means `nothing`.
    pub returns: Option<Typed>,
    /// Clauses in source order.
    pub clauses: Vec<Clause>,
    /// What is said.
    pub prompt: Prompt,
}

/// What a part says.
#[derive(Debug, Clone)]
pub enum Prompt {
    /// Nothing: the arguments are sent as JSON.
    None,
    /// One text.
    Text(Text),
    /// `system "…" user "…" assistant "…"`.
    Roles(Vec<(Role, Span, Text)>),
}

/// Who speaks in a prompt with roles.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// The rules of the house.
    System,
    /// The one who asks.
    User,
    /// The one who answers.
    Assistant,
}

/// One clause of a part.
#[derive(Debug, Clone)]
pub struct Clause {
    /// From its word to its last token.
    pub span: Span,
    /// What it says.
    pub kind: ClauseKind,
}

/// Kinds of clauses.
#[derive(Debug, Clone)]
pub enum ClauseKind {
    /// `by EXPR`
    By(Expr),
    /// `using a, b`
    Using(Vec<Expr>),
    /// `from EXPR`
    From(Expr),
    /// `ensure COND else TEXT`
    Ensure {
        /// What must hold of `it`.
        condition: Expr,
        /// What the player is told where it doesn't.
        message: Text,
    },
    /// `retry N`
    Retry(Expr),
    /// `within 30s, $0.05`
    Within(Vec<Expr>),
    /// `up to 8 turns`
    Turns(Expr),
    /// `otherwise EXPR` or `otherwise { … }`
    Otherwise(Expr),
    /// `quorum 2`
    Quorum(Expr),
    /// `thinks`, `reads`, `acts`
    Class(ClassWord),
    /// `fresh`
    Fresh,
    /// `prefill EXPR`
    Prefill(Expr),
    /// `stdin EXPR`
    Stdin(Expr),
}

/// The words that override a class.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClassWord {
    /// `thinks`
    Thinks,
    /// `reads`
    Reads,
    /// `acts`
    Acts,
}

/// `movement name<T>(params) -> Type thinks up to N deep { … }`.
#[derive(Debug, Clone)]
pub struct MovementItem {
    /// Its name.
    pub name: Ident,
    /// `<T>`.
    pub generics: Vec<Ident>,
    /// Parameters.
    pub params: Vec<Param>,
    /// The return type; `None` means `nothing`.
    pub returns: Option<Typed>,
    /// `thinks`, with its place.
    pub thinks: Option<Span>,
    /// `up to N deep`.
    pub depth: Option<Expr>,
    /// Its statements.
    pub body: Block,
}

/// `test "name" { … }`.
#[derive(Debug, Clone)]
pub struct TestItem {
    /// Its name.
    pub name: Text,
    /// Its statements; `seat` and `expect` stand only here.
    pub body: Block,
}
