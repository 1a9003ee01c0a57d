//! Small programs, as a tree: enough of the language to try the order of things.

/// A name.
pub type Var = u32;

#[derive(Debug, Clone, Default)]
pub struct Block {
    pub stmts: Vec<Stmt>,
    pub result: Option<Var>,
}

/// What a call does to the world.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Player {
    Thinker,
    Reader,
    Actor,
    Person,
    Rememberer,
}

impl Player {
    pub const ALL: [Self; 5] = [Self::Thinker, Self::Reader, Self::Actor, Self::Person, Self::Rememberer];

    pub fn word(self) -> &'static str {
        match self {
            Self::Thinker => "thinker",
            Self::Reader => "reader",
            Self::Actor => "actor",
            Self::Person => "person",
            Self::Rememberer => "rememberer",
        }
    }
}

#[derive(Debug, Clone)]
pub enum Stmt {
    /// `let out = part(tag, args…)`
    Call {
        player: Player,
        tag: i64,
        args: Vec<Var>,
        out: Var,
    },
    /// `let out = a + n`
    Sum {
        a: Var,
        n: i64,
        out: Var,
    },
    /// `if a % 2 == 0 { } else { }`
    If {
        a: Var,
        then: Block,
        other: Block,
        out: Var,
    },
    /// `for item in 0..count`
    For {
        count: i64,
        lanes: bool,
        item: Var,
        skip: Option<Var>,
        body: Block,
        out: Var,
    },
    /// `repeat up to bound with carried = start`
    Repeat {
        bound: i64,
        start: Var,
        carried: Var,
        body: Block,
        stop: Option<Var>,
        other: Option<Block>,
        out: Var,
    },
    /// `together { }`, one lane per statement; their names live on
    Together(Vec<Stmt>),
    /// `{ } otherwise { }`
    Otherwise {
        body: Block,
        error: Option<Var>,
        fallback: Block,
        out: Var,
    },
    /// `limit 1min { }`; names live on
    Limit(Vec<Stmt>),
    /// `let out = movement(args…)`
    Movement {
        which: usize,
        args: Vec<Var>,
        out: Var,
    },
    /// `require a % 2 == 0 or a % 2 != 0`, or what fails
    Require {
        a: Var,
        holds: bool,
    },
    /// `return a if b % 2 == 0`
    Return {
        a: Var,
        b: Var,
    },
    Wait,
    Say,
}

#[derive(Debug, Clone)]
pub struct Movement {
    pub params: Vec<Var>,
    pub body: Block,
    pub thinks: bool,
}

/// Movements; the first is the entry, and each calls later ones only.
#[derive(Debug, Clone)]
pub struct Program {
    pub movements: Vec<Movement>,
}

impl Stmt {
    /// The names that it gives to what follows.
    pub fn outs(&self) -> Vec<Var> {
        match self {
            Self::Call { out, .. }
            | Self::Sum { out, .. }
            | Self::If { out, .. }
            | Self::For { out, .. }
            | Self::Repeat { out, .. }
            | Self::Otherwise { out, .. }
            | Self::Movement { out, .. } => vec![*out],
            Self::Together(stmts) | Self::Limit(stmts) => stmts.iter().flat_map(Self::outs).collect(),
            _ => Vec::new(),
        }
    }
}
