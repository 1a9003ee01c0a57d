//! Habits in parts and instruments: settings among the clauses, braces around them, models by their name alone.

use super::failure::token_end;
use super::habits::{Place, misplaced};
use super::heads::word_at;
use super::rewrite::{closing, line_end};
use crate::base::Span;
use crate::syntax::ParseError;

/// Words of clauses elsewhere: what is written instead, and what to say.
const CLAUSES: &[(&str, &str, &str)] = &[
    ("max_retries", "retry", "How many more tries there are says `retry 2`."),
    ("retries", "retry", "How many more tries there are says `retry 2`."),
    ("tries", "retry", "How many more tries there are says `retry 2`."),
    ("attempts", "retry", "How many more tries there are says `retry 2`."),
    ("timeout", "within", "A limit in time is `within 30s`."),
    ("deadline", "within", "A limit in time is `within 30s`."),
    ("budget", "within", "A limit in money is `within $0.05`."),
    ("tools", "using", "Tools are named by `using search, read_page`."),
    ("uses", "using", "Tools are named by `using search, read_page`."),
    ("with", "using", "Tools are named by `using search, read_page`; who plays says `by`."),
    ("played", "", "Who plays says `by`."),
    ("check", "ensure", "What must hold of the answer says `ensure it != \"\" else \"Say something.\"`."),
    ("validate", "ensure", "What must hold of the answer says `ensure it != \"\" else \"Say something.\"`."),
    ("assert", "ensure", "What must hold of the answer says `ensure it != \"\" else \"Say something.\"`."),
    ("require", "ensure", "What must hold of the answer says `ensure it != \"\" else \"Say something.\"`."),
    ("fallback", "otherwise", "The answer where it fails says `otherwise`."),
    ("default", "otherwise", "The answer where it fails says `otherwise`."),
    ("else", "otherwise", "The answer where it fails says `otherwise`."),
    ("choose", "from", "What the answer is chosen from says `from ideas`."),
    ("prompt", "", TEXT),
    ("text", "", TEXT),
    ("message", "", TEXT),
    ("template", "", TEXT),
    ("instructions", "", TEXT),
    ("ask", "", TEXT),
    ("say", "", TEXT),
];

const TEXT: &str = "The text of a part stands last, without a word before it.";

/// What is wanted among the clauses of a part.
const CLAUSE: (&str, &str) = ("a clause or the text of the part", "no clause, and no text");

/// Words that say how a model is set.
const SETTINGS: &[&str] = &[
    "model",
    "temperature",
    "max_tokens",
    "top_p",
    "seed",
    "persona",
    "effort",
    "base_url",
    "provider",
    "key",
    "stream",
];

/// What the habit is, if the place looks like one.
pub(super) fn clause_habit(place: &Place<'_>, span: &impl Fn(usize, usize) -> Span) -> Option<ParseError> {
    let Place { source, at, labels } = *place;
    let rest = &source[at..];
    let expects = |label: &str| labels.contains(&label);
    if rest.starts_with('{') && expects("the next item") && !expects("a clause") {
        return settings(place, span);
    }
    if expects("a text") && rest.starts_with(':') {
        let before = source[..at].trim_end();
        let role = ["system", "user", "assistant"].iter().any(|role| before.ends_with(role));
        let help = "A role stands right before its text: `system \"…\" user \"…\"`.";
        let signs = ["system", "user", "assistant"].iter().flat_map(|role| {
            let written = format!("{role}: \"");
            source[..].match_indices(&written).map(|(found, _)| found + role.len()).collect::<Vec<_>>()
        });
        let edits = signs.map(|sign| (sign, sign + 1, String::new())).collect();
        return role
            .then(|| misplaced(place, ("a text", "not between a role and its text"), help, edits, span));
    }
    if !expects("a clause") {
        return None;
    }
    if rest.starts_with('{') {
        let close = closing(source, at);
        let edits = close.map(|close| vec![(at, at + 1, String::new()), (close, close + 1, String::new())]);
        let help = "A part has no braces: its clauses follow one another, and its text stands last.";
        return Some(misplaced(place, CLAUSE, help, edits.unwrap_or_default(), span));
    }
    if rest.starts_with('=') || rest.starts_with(':') {
        let edits = vec![(at, token_end(source, at), String::new())];
        let help = "The text of a part stands last, without a sign before it.";
        return Some(misplaced(place, CLAUSE, help, edits, span));
    }
    let word = word_at(source.as_bytes(), at);
    let end = at + word.len();
    let sign = source[end..].starts_with([':', '=']);
    let end = end + usize::from(sign);
    if SETTINGS.contains(&word) {
        let help = format!(
            "What an instrument is set to stands in its constructor: `by openai(\"gpt-5-mini\", temperature: 0.4)`; `{word}` is no clause."
        );
        return Some(misplaced(place, CLAUSE, &help, Vec::new(), span));
    }
    let (_, here, help) = CLAUSES.iter().find(|(there, ..)| *there == word)?;
    let (here, help) = match word {
        "with" if calls(source, end) => (&"by", &"Who plays says `by`."),
        _ => (here, help),
    };
    let empty = here.is_empty();
    let blanks =
        source[end..line_end(source, end)].len() - source[end..line_end(source, end)].trim_start().len();
    let to = if empty { end + blanks } else { end };
    let mut edits = vec![(at, to, (*here).to_owned())];
    let list = to + (source[to..].len() - source[to..].trim_start().len());
    if *here == "using" && source[list..].starts_with('[') {
        let close = closing(source, list);
        edits.extend(
            close
                .into_iter()
                .flat_map(|close| [(list, list + 1, String::new()), (close, close + 1, String::new())]),
        );
    }
    Some(misplaced(place, CLAUSE, help, edits, span))
}

/// Whether a call stands behind a place.
fn calls(source: &str, at: usize) -> bool {
    let rest = source[at..].trim_start();
    let word = word_at(rest.as_bytes(), 0);
    !word.is_empty() && rest[word.len()..].starts_with('(')
}

/// `instrument writer = openai { model: "gpt-5-mini" }`
fn settings(place: &Place<'_>, span: &impl Fn(usize, usize) -> Span) -> Option<ParseError> {
    let Place { source, at, .. } = *place;
    if !source.starts_with("instrument") {
        return None;
    }
    let before = source[..at].trim_end().len();
    let close = closing(source, at)?;
    let help = "What it is set to stands in parentheses: `openai(\"gpt-5-mini\", temperature: 0.4)`.";
    let edits = vec![(before, at + 1, "(".into()), (close, close + 1, ")".into())];
    Some(misplaced(place, ("`(`", "no block belongs here"), help, edits, span))
}
