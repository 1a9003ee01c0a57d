//! What can be wrong with how a score is written. Each says what to write instead.

use miette::Diagnostic;
use thiserror::Error;

use super::TextError;
use crate::base::{Help, Span};

/// Something that is not Score, where it is, and what to write instead.
#[derive(Debug, Clone, PartialEq, Error, Diagnostic)]
pub enum ParseError {
    // ---- What stands where something else must ----
    /// Something else must stand here.
    #[error("expected {expected}, found {found}")]
    #[diagnostic(code(score::parse::expected))]
    Expected {
        /// What may stand here, as a phrase.
        expected: String,
        /// What stands here.
        found: String,
        /// Where.
        #[label("{label}")]
        span: Span,
        /// What to say at the place.
        label: String,
        /// What to do, where it is known.
        #[help]
        help: Option<Help>,
    },
    /// A word or sign of another language.
    #[error("`{found}` is not Score")]
    #[diagnostic(code(score::parse::foreign), help("{help}"))]
    Foreign {
        /// As written.
        found: String,
        /// What to write instead.
        help: Help,
        /// Where.
        #[label("not Score")]
        span: Span,
    },
    /// An item that begins with no item word.
    #[error("`{found}` begins no item")]
    #[diagnostic(code(score::parse::unknown_item), help("{help}"))]
    UnknownItem {
        /// The word or sign.
        found: String,
        /// What to write instead.
        help: Help,
        /// Where.
        #[label("an item begins with `use`, `type`, `instrument`, `part`, `movement` or `test`")]
        span: Span,
    },
    /// A reserved word where a name must stand.
    #[error("`{word}` is a word of the language and can't be a name here")]
    #[diagnostic(code(score::parse::reserved), help("Choose another name: `{word}_`, or a longer one."))]
    Reserved {
        /// The word.
        word: String,
        /// Where.
        #[label("reserved")]
        span: Span,
    },
    /// Two elements with nothing between them.
    #[error("a `,` is missing")]
    #[diagnostic(code(score::parse::missing_comma), help("Put a `,` after {after}."))]
    MissingComma {
        /// What it must follow.
        after: String,
        /// Where.
        #[label("a `,` must stand before this")]
        span: Span,
        /// Where it must stand.
        gap: Span,
    },
    /// `if x = 3`
    #[error("`=` compares nothing")]
    #[diagnostic(code(score::parse::equals), help("{help}"))]
    Equals {
        /// What to write instead.
        help: Help,
        /// Where.
        #[label("`=` names a value or gives a default; it is no comparison and no assignment")]
        span: Span,
    },

    // ---- Signs ----
    /// A character that has no meaning outside texts.
    #[error("`{character}` has no meaning here")]
    #[diagnostic(code(score::parse::character), help("{help}"))]
    Character {
        /// The character.
        character: String,
        /// What to write instead.
        help: Help,
        /// Where.
        #[label("no sign of the language")]
        span: Span,
    },
    /// A character that changes what a reader sees.
    #[error("the invisible character {name} stands here")]
    #[diagnostic(
        code(score::parse::hidden_character),
        help("Delete it. In a text, where it is meant, write it as `\\u{{{code}}}`.")
    )]
    Hidden {
        /// Its Unicode name or what it does.
        name: String,
        /// Its code in hexadecimal digits.
        code: String,
        /// Where.
        #[label("what is read here may not be what is shown")]
        span: Span,
    },
    /// `'text'`
    #[error("a text stands in double quotes")]
    #[diagnostic(code(score::parse::single_quotes), help("Write `{instead}`."))]
    SingleQuotes {
        /// The edit.
        instead: String,
        /// Where.
        #[label("single quotes")]
        span: Span,
    },
    /// `a - b` over a line break, or `a` and `-b`?
    #[error("is this `-` a minus or a negative?")]
    #[diagnostic(
        code(score::parse::lone_minus),
        help("To subtract, end the line above with the `-`. For a negative value write `(-…)`.")
    )]
    LoneMinus {
        /// Where.
        #[label("first on its line, and it touches what follows")]
        span: Span,
    },

    // ---- Brackets and nesting ----
    /// A bracket that nothing closes.
    #[error("this `{open}` is never closed")]
    #[diagnostic(code(score::parse::unclosed), help("Put a `{close}` where it ends."))]
    Unclosed {
        /// The bracket.
        open: char,
        /// What closes it.
        close: char,
        /// Where it opens.
        #[label("opened here")]
        span: Span,
        /// The bracket that probably lacks its end, told by the indentation.
        #[label("by its indentation it is this one that lacks its `}}`")]
        suspect: Option<Span>,
        /// Where all that is open ends.
        end: Span,
    },
    /// An item inside what is not closed yet.
    #[error("{next} begins before {current} is closed")]
    #[diagnostic(code(score::parse::item_inside), help("Put the missing `{close}` before {next}."))]
    ItemInside {
        /// The item that begins.
        next: String,
        /// The item that is open.
        current: String,
        /// What is missing.
        close: char,
        /// Where the next begins.
        #[label("begins here")]
        span: Span,
        /// What is open.
        #[label("this is still open")]
        open: Span,
    },
    /// A bracket closed by another kind.
    #[error("`{close}` closes nothing; `{open}` is open")]
    #[diagnostic(code(score::parse::mismatched), help("{help}"))]
    Mismatched {
        /// The closing bracket.
        close: char,
        /// The open one.
        open: char,
        /// What to do.
        help: Help,
        /// Where the closing one is.
        #[label("this doesn't close…")]
        span: Span,
        /// Where the open one is.
        #[label("…this")]
        opened: Span,
    },
    /// A closing bracket with none open.
    #[error("this `{close}` closes nothing")]
    #[diagnostic(code(score::parse::unopened), help("Delete it, or open it with `{open}` above."))]
    Unopened {
        /// The bracket.
        close: char,
        /// What would open it.
        open: char,
        /// Where.
        #[label("nothing is open here")]
        span: Span,
    },
    /// Nesting beyond the limit.
    #[error("this is nested more than {limit} deep")]
    #[diagnostic(
        code(score::parse::too_deep),
        help("Give the inner part a name with `let`, or move it into a movement of its own.")
    )]
    TooDeep {
        /// The limit.
        limit: usize,
        /// Where it goes too deep.
        #[label("one level too many")]
        span: Span,
    },
    /// A chain beyond the limit.
    #[error("this chain has more than {limit} links")]
    #[diagnostic(
        code(score::parse::too_long),
        help("Give its first half a name with `let`; for many texts use `join([…], \"\")`.")
    )]
    TooLong {
        /// The limit.
        limit: usize,
        /// Where the chain is.
        #[label("too many operators, calls or fields in a row")]
        span: Span,
    },

    /// Something in or around a text.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Text(#[from] TextError),

    // ---- Numbers ----
    /// Letters that no number ends with.
    #[error("`{written}` is no number")]
    #[diagnostic(code(score::parse::number), help("{help}"))]
    Number {
        /// As written.
        written: String,
        /// What to do.
        help: Help,
        /// Where.
        #[label("not a number, duration or amount")]
        span: Span,
    },
    /// A number that is too big.
    #[error("`{written}` is too big")]
    #[diagnostic(code(score::parse::number_too_big), help("The greatest {what} is {limit}."))]
    NumberTooBig {
        /// As written.
        written: String,
        /// What it would be.
        what: &'static str,
        /// The greatest.
        limit: &'static str,
        /// Where.
        #[label("beyond it")]
        span: Span,
    },
    /// A size that is no whole number, or runs backwards.
    #[error("a size is a whole number or a range of them")]
    #[diagnostic(code(score::parse::size), help("{help}"))]
    Size {
        /// What to do.
        help: Help,
        /// Where.
        #[label("no size")]
        span: Span,
    },
    /// A range as a value.
    #[error("a range is no value")]
    #[diagnostic(
        code(score::parse::range),
        help(
            "Ranges stand in sizes (`[text; 1..5]`), in slices (`xs[1..3]`) and after `in` of a `for`. For a comparison write `1 <= x and x <= 5`."
        )
    )]
    Range {
        /// Where.
        #[label("not here")]
        span: Span,
    },

    // ---- Operators ----
    /// `0 <= it <= 1`, `a == b == c`
    #[error("comparisons don't chain")]
    #[diagnostic(code(score::parse::chained_comparison), help("Write `{instead}`."))]
    ChainedComparison {
        /// The edit.
        instead: String,
        /// Where.
        #[label("the second comparison of a row")]
        span: Span,
        /// The whole of it.
        whole: Span,
    },
    /// `a + not b`
    #[error("`not` binds looser than what stands before it")]
    #[diagnostic(code(score::parse::not_inside), help("Write `(not {operand})`."))]
    NotInside {
        /// What follows it.
        operand: String,
        /// Where.
        #[label("put it in parentheses")]
        span: Span,
        /// With what follows it.
        whole: Span,
    },
    /// More than names before `=>`.
    #[error("before `=>` stand names only")]
    #[diagnostic(
        code(score::parse::lambda),
        help(
            "Write `x => …` or `(a, b) => …`; a function given as an argument stands alone, or in parentheses."
        )
    )]
    LambdaHead {
        /// What stands there.
        #[label("not a name")]
        span: Span,
    },
    /// `(a, b)` as a value.
    #[error("parentheses hold one expression")]
    #[diagnostic(
        code(score::parse::tuple),
        help("For several values write a list, `[a, b]`, or a record, `{{first: a, second: b}}`.")
    )]
    Tuple {
        /// Where.
        #[label("none or several")]
        span: Span,
    },
    /// `f(a.b: 1)`
    #[error("`{written}` is no name of an argument")]
    #[diagnostic(
        code(score::parse::label),
        help("Before `:` stands the name of a parameter. For a record write `{{…}}` around it.")
    )]
    Label {
        /// As written.
        written: String,
        /// Where.
        #[label("a name must stand here")]
        span: Span,
    },
    /// A suffix on something else than a call.
    #[error("`{word}` stands after a call, and only there")]
    #[diagnostic(code(score::parse::suffix), help("{help}"))]
    Suffix {
        /// The suffix.
        word: &'static str,
        /// What to do.
        help: Help,
        /// The suffix's place.
        #[label("no call before it")]
        span: Span,
    },
    /// `f(x) within 30s, $1` among arguments.
    #[error("here the `,` could belong to either")]
    #[diagnostic(
        code(score::parse::ambiguous_comma),
        help("Among arguments and in lists put it in parentheses: `({written})`.")
    )]
    AmbiguousComma {
        /// What to put in parentheses.
        written: String,
        /// Where.
        #[label("put this in parentheses")]
        span: Span,
    },
    /// `stop e if c { … }`
    #[error("`{word} … if` takes no block")]
    #[diagnostic(code(score::parse::leave_block), help("{help}"))]
    LeaveBlock {
        /// `stop` or `return`.
        word: &'static str,
        /// The edit.
        help: Help,
        /// The block.
        #[label("{label}")]
        span: Span,
        /// What to say there.
        label: &'static str,
    },
    /// `fail fail`, `vouch stop`
    #[error("`{inner}` can't stand right after `{outer}`")]
    #[diagnostic(
        code(score::parse::leaving_twice),
        help("One of the two is enough: nothing happens after `{inner}`.")
    )]
    LeavingTwice {
        /// The inner word.
        inner: &'static str,
        /// The outer word.
        outer: &'static str,
        /// Where.
        #[label("never comes to it")]
        span: Span,
    },

    // ---- Items and their places ----
    /// A clause below the text.
    #[error("clauses stand before the text")]
    #[diagnostic(code(score::parse::late_clause), help("Move `{written}` above the text."))]
    LateClause {
        /// The clause.
        written: String,
        /// Where.
        #[label("below the text")]
        span: Span,
        /// With the blanks before it.
        gap: Span,
        /// The text that it must stand before.
        text: Span,
    },
    /// A second clause of a kind that stands once.
    #[error("there is a second `{word}`")]
    #[diagnostic(code(score::parse::repeated), help("{help}"))]
    Repeated {
        /// The word.
        word: String,
        /// What to do.
        help: Help,
        /// The second.
        #[label("again")]
        span: Span,
        /// The first.
        #[label("first here")]
        first: Span,
    },
    /// `ensure` or `require` without `else`.
    #[error("`{word}` says what must hold, but not what to say where it doesn't")]
    #[diagnostic(code(score::parse::no_else), help("Add it: `{word} {condition} else \"…\"`."))]
    NoElse {
        /// `ensure` or `require`.
        word: &'static str,
        /// The condition.
        condition: String,
        /// Where `else` is missing.
        #[label("`else \"…\"` is missing after this")]
        span: Span,
    },
    /// Two texts in a part.
    #[error("a part has one text")]
    #[diagnostic(
        code(score::parse::two_texts),
        help("Join them in one `\"\"\"` text, or say who speaks: `system \"…\" user \"…\"`.{choice}")
    )]
    TwoTexts {
        /// A further guess.
        choice: String,
        /// The second.
        #[label("a second text")]
        span: Span,
    },
    /// `seat` or `expect` outside a test.
    #[error("`{word}` stands only in a `test`")]
    #[diagnostic(code(score::parse::test_only), help("{help}"))]
    TestOnly {
        /// The word.
        word: &'static str,
        /// What to do.
        help: &'static str,
        /// Where.
        #[label("not in a test")]
        span: Span,
    },
    /// A documentation comment that documents nothing.
    #[error("`///` documents what follows it, and here nothing does that can be documented")]
    #[diagnostic(
        code(score::parse::misplaced_doc),
        help("It stands first on its line, before an item, a field or a parameter. For a note write `//`.")
    )]
    MisplacedDoc {
        /// Where.
        #[label("documents nothing")]
        span: Span,
    },
    /// `//!` below the first item.
    #[error("`//!` documents the file and stands at its head")]
    #[diagnostic(
        code(score::parse::misplaced_file_doc),
        help("Move it above the first item. For a note write `//`, for what follows `///`.")
    )]
    MisplacedFileDoc {
        /// Where.
        #[label("not at the head")]
        span: Span,
    },
    /// The wrong case of a name.
    #[error("{what} is written in {style}")]
    #[diagnostic(code(score::parse::name_case), help("Write `{instead}`."))]
    NameCase {
        /// What is named.
        what: &'static str,
        /// How it is written.
        style: &'static str,
        /// The edit.
        instead: String,
        /// Where.
        #[label("here")]
        span: Span,
    },
    /// A path of `use` that is none.
    #[error("`{path}` is no path of a module")]
    #[diagnostic(code(score::parse::path), help("{help}"))]
    Path {
        /// As written.
        path: String,
        /// What to write.
        help: Help,
        /// Where.
        #[label("not a module")]
        span: Span,
    },

    // ---- Types and patterns ----
    /// `A | B?`
    #[error("`?` after a member of a union")]
    #[diagnostic(
        code(score::parse::optional_member),
        help("It would make only `{member}` optional. Write `({union})?`, or add `| nothing`.")
    )]
    OptionalMember {
        /// The member.
        member: String,
        /// The union without it.
        union: String,
        /// Where.
        #[label("binds to `{member}` only")]
        span: Span,
        /// The union.
        whole: Span,
    },
    /// `{a: text}` as a type elsewhere.
    #[error("an anonymous record type stands only in `type X = {{…}}`")]
    #[diagnostic(
        code(score::parse::record_type),
        help("Give it a name: `type Name {{ … }}` above, and write `Name` here.")
    )]
    RecordType {
        /// Where.
        #[label("needs a name")]
        span: Span,
    },
    /// `string`, `float`.
    #[error("there is no type `{found}`")]
    #[diagnostic(code(score::parse::foreign_type), help("Write `{instead}`."))]
    ForeignType {
        /// As written.
        found: String,
        /// The edit.
        instead: String,
        /// Where.
        #[label("the type of another language")]
        span: Span,
    },
    /// `text => …` as a pattern.
    #[error("`{name}` alone is no pattern: it would bind anything")]
    #[diagnostic(
        code(score::parse::bare_type_pattern),
        help("For the type write `{name} _` or `{name} value`; for the rest write `_`.")
    )]
    BareTypePattern {
        /// The type.
        name: String,
        /// Where.
        #[label("a built-in type needs a name after it")]
        span: Span,
    },

    // ---- Faults of this parser ----
    /// The grammar and the tree builder disagree.
    #[error("this could not be read")]
    #[diagnostic(
        code(score::parse::unread),
        help("This is a fault of Score itself, not of the file. Please report it with the line.")
    )]
    Unread {
        /// Where.
        #[label("here")]
        span: Span,
    },
}

impl ParseError {
    /// Where it is: the first label.
    #[must_use]
    pub fn span(&self) -> Span {
        let Some(label) = self.labels().and_then(|mut labels| labels.next()) else { return Span::default() };
        let start = u32::try_from(label.offset()).unwrap_or(u32::MAX);
        Span::new(start, start.saturating_add(u32::try_from(label.len()).unwrap_or(0)))
    }

    /// Its code: `score::parse::…`.
    #[must_use]
    pub fn code_text(&self) -> String {
        self.code().map(|code| code.to_string()).unwrap_or_default()
    }
}
