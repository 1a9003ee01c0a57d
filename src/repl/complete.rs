//! What the Tab key offers.

use std::path::Path;

use super::command::ROWS;
use super::hint::{open_call, parameters_of};
use super::look::piece;
use crate::backend;
use crate::builtin;
use crate::load::library_names;
use crate::session::{Session, Symbol};
use crate::syntax::lex::{Lexeme, Token, lex, open_text};
use crate::syntax::word::{RESERVED, TYPES};
use crate::types::Type;

/// What may be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// How it is listed.
    pub shown: String,
    /// What is written.
    pub written: String,
}

fn found(written: impl Into<String>) -> Found {
    let written = written.into();
    Found { shown: written.clone(), written }
}

/// What may stand at a place of a line, and from where on.
pub fn complete(line: &str, pos: usize, session: &Session, symbols: &[Symbol]) -> (usize, Vec<Found>) {
    let before = &line[..pos];
    let (from, mut all) = places(before, session, symbols);
    let begun = &before[from..];
    all.retain(|one| one.written.starts_with(begun));
    all.sort_by(|one, other| one.written.cmp(&other.written));
    all.dedup_by(|one, other| one.written == other.written);
    (from, all)
}

fn places(before: &str, session: &Session, symbols: &[Symbol]) -> (usize, Vec<Found>) {
    if let Some(rest) = before.trim_start().strip_prefix(':') {
        let colon = before.len() - rest.len();
        match rest.split_once(' ') {
            None => return (colon, ROWS.iter().map(|row| found(format!("{} ", row.name))).collect()),
            Some((word, argument)) => {
                let start = before.len() - argument.len();
                if let Some(all) = argument_of(word, argument, start, session, symbols) {
                    return all;
                }
            }
        }
    }
    if let Some(from) = open_text(before, before.len()) {
        return paths(before, from, session.folder().as_ref(), "\"");
    }
    let tokens = lex(before);
    if tokens.first().is_some_and(|token| before[token.range.clone()] == *"use") {
        return modules(before, session);
    }
    let word = word_start(before);
    if let Some(dot) = before[..word].strip_suffix('.') {
        return (word, members(dot, session, symbols));
    }
    (word, words(before, word, session, symbols))
}

/// Where the word begins that a text ends with.
fn word_start(text: &str) -> usize {
    let letters = text.bytes().rev().take_while(|byte| byte.is_ascii_alphanumeric() || *byte == b'_').count();
    text.len() - letters
}

/// What a command takes; none where it is an expression.
fn argument_of(
    word: &str,
    argument: &str,
    start: usize,
    session: &Session,
    symbols: &[Symbol],
) -> Option<(usize, Vec<Found>)> {
    let names = |kinds: &[&str]| {
        let all = symbols.iter().filter(|symbol| kinds.is_empty() || kinds.contains(&symbol.kind));
        all.map(|symbol| found(&*symbol.name)).collect::<Vec<_>>()
    };
    let is = |name: &str| !word.is_empty() && name.starts_with(word);
    if is("load") || is("save") {
        let line = format!("{}{argument}", " ".repeat(start));
        return Some(paths(&line, start, Path::new("."), ""));
    }
    if is("edit") {
        return Some((start, names(&["part", "movement", "instrument", "type"])));
    }
    if is("doc") {
        let mut all = names(&[]);
        all.extend(session.values().map(|(name, _)| found(&**name)));
        all.extend(of_the_language().into_iter().map(found));
        return Some((start, all));
    }
    if is("with") && !argument.contains('=') {
        let mut all = names(&["instrument"]);
        for one in &mut all {
            one.written.push('=');
        }
        return Some((start, all));
    }
    if is("rehearse") && !is("reload") {
        return Some((start, vec![found("on"), found("off")]));
    }
    is("help").then(|| (start, ROWS.iter().map(|row| found(row.name)).collect()))
}

/// Files of a folder that a path in a text may go on with.
fn paths(before: &str, from: usize, home: &Path, close: &str) -> (usize, Vec<Found>) {
    let path = &before[from..];
    let start = path.rfind('/').map_or(from, |at| from + at + 1);
    let folder = &before[from..start];
    let folder = if folder.starts_with('/') { Path::new(folder).to_owned() } else { home.join(folder) };
    let Ok(entries) = std::fs::read_dir(folder) else { return (start, Vec::new()) };
    let hidden = before[start..].starts_with('.');
    let names = entries.flatten().take(2_000).filter_map(|entry| {
        let name = entry.file_name().into_string().ok()?;
        let folder = entry.path().is_dir();
        let written = if folder { format!("{name}/") } else { format!("{name}{close}") };
        let shown = if folder { format!("{name}/") } else { name.clone() };
        (hidden || !name.starts_with('.')).then_some(Found { shown, written })
    });
    (start, names.collect())
}

/// What `use` can bring in.
fn modules(before: &str, session: &Session) -> (usize, Vec<Found>) {
    let word = before.rfind([' ', '{', ',']).map_or(0, |at| at + 1);
    if let Some((path, _)) = before[3..].split_once('{') {
        let module = path.trim();
        let members = session.members_of(module);
        return (word_start(before), members.iter().map(|symbol| found(&*symbol.name)).collect());
    }
    let mut all: Vec<Found> = library_names().map(|name| found(format!("std/{name}"))).collect();
    let (_, beside) = paths("", 0, session.folder().as_ref(), "");
    let scores = beside.iter().filter_map(|file| file.written.strip_suffix(".score"));
    all.extend(scores.map(|name| found(format!("./{name}"))));
    (word, all)
}

/// The fields of what stands before a dot, or what is in the module of that name.
fn members(before: &str, session: &Session, symbols: &[Symbol]) -> Vec<Found> {
    let receiver = receiver(before);
    if receiver.is_empty() {
        return Vec::new();
    }
    if let Some(module) = symbols.iter().find(|symbol| symbol.kind == "module" && *receiver == *symbol.name) {
        return module.members.iter().map(written).collect();
    }
    match session.prepare(&piece(receiver)) {
        Ok(prepared) => fields(&prepared.ty()),
        // A name of a loop or a parameter, which stands for nothing by itself: any field may be meant.
        Err(_) => symbols
            .iter()
            .filter(|symbol| symbol.kind == "type")
            .flat_map(|ty| &ty.params)
            .map(|name| found(&**name))
            .collect(),
    }
}

fn fields(ty: &Type) -> Vec<Found> {
    match ty.shape() {
        Type::Record(record) => record
            .fields()
            .iter()
            .map(|field| Found {
                shown: format!("{}: {}", field.name, field.ty),
                written: field.name.to_string(),
            })
            .collect(),
        Type::Optional(inner) => fields(inner),
        Type::Union(members) => members.iter().flat_map(fields).collect(),
        _ => Vec::new(),
    }
}

/// The expression that a text ends with, as far as it is a name with calls, indexes and fields behind it.
fn receiver(text: &str) -> &str {
    let tokens = lex(text);
    let mut start = text.len();
    let mut at = tokens.len();
    let mut wants = true;
    while let Some(token) = at.checked_sub(1).and_then(|before| tokens.get(before)) {
        if token.range.end != start {
            break;
        }
        let piece = &text[token.range.clone()];
        match piece {
            ")" | "]" => {
                let Some(open) = opening(&tokens, text, at - 1) else { break };
                at = open;
                wants = true;
            }
            "." if !wants => {
                at -= 1;
                wants = true;
            }
            _ if wants && matches!(token.kind, Lexeme::Name | Lexeme::Callee | Lexeme::Type) => {
                at -= 1;
                wants = false;
            }
            _ => break,
        }
        start = tokens[at].range.start;
    }
    text[start..].trim_start_matches('.')
}

/// The token that opens what the one at `close` closes.
fn opening(tokens: &[Token], text: &str, close: usize) -> Option<usize> {
    let mut depth = 0_u32;
    for at in (0..=close).rev() {
        match &text[tokens[at].range.clone()] {
            ")" | "]" | "}" => depth += 1,
            "(" | "[" | "{" => {
                depth -= 1;
                if depth == 0 {
                    return Some(at);
                }
            }
            _ => {}
        }
    }
    None
}

/// A symbol where it is used: behind what can be called stands its `(`.
fn written(symbol: &Symbol) -> Found {
    let called = matches!(symbol.kind, "part" | "movement")
        || symbol.head.contains('(') && symbol.kind == "instrument" && !symbol.params.is_empty();
    let written = if called { format!("{}(", symbol.name) } else { symbol.name.to_string() };
    let shown = if symbol.kind == "type" { symbol.name.to_string() } else { written.clone() };
    Found { shown, written }
}

/// Names, words of the language, parameters of the call around.
fn words(before: &str, word: usize, session: &Session, symbols: &[Symbol]) -> Vec<Found> {
    let mut all: Vec<Found> = symbols.iter().map(written).collect();
    all.extend(session.values().map(|(name, _)| found(&**name)));
    all.extend(builtin::all().map(|builtin| found(format!("{}(", builtin.name))));
    let constructors = backend::all().iter().map(|backend| backend.name());
    all.extend(constructors.filter(|name| !backend::is_internal(name)).map(|name| found(format!("{name}("))));
    if word == 0 || before[..word].ends_with([' ', '\n', '(', '{', '[']) {
        all.extend(RESERVED.iter().chain(TYPES).chain(&["map"]).map(|word| found(*word)));
    }
    if let Some((call, _)) = open_call(&before[..word])
        && before[..word].trim_end().ends_with(['(', ','])
    {
        let names = parameters_of(call, symbols).unwrap_or_default();
        let name = |param: &String| {
            let end = param
                .find(|letter: char| !(letter.is_alphanumeric() || letter == '_'))
                .unwrap_or(param.len());
            found(format!("{}: ", &param[..end]))
        };
        all.extend(names.iter().map(name));
    }
    all
}

fn of_the_language() -> Vec<String> {
    let constructors = backend::all().iter().map(|backend| backend.name());
    let constructors = constructors.filter(|name| !backend::is_internal(name));
    builtin::all().map(|builtin| builtin.name).chain(constructors).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::{complete, receiver};
    use crate::base::Piece;
    use crate::load::NoFiles;
    use crate::session::{Entered, MemoryCache, Session};

    fn session() -> Session {
        let mut session = Session::new(Box::new(NoFiles), Arc::new(MemoryCache::default())).unwrap();
        for text in [
            "type Idea { title: text, tags: [text] = [] }",
            "part paint(idea: Idea, size: text = \"big\") -> text by echo() \"{idea.title} {size}\"",
            "instrument painter = echo()",
            "use std/review as review",
            "let idea = Idea(title: \"a\")",
            "let ideas = [idea]",
        ] {
            let entry = Piece { name: "x".into(), text: text.into(), first_line: 1 };
            if let Entered::Prepared(prepared) = session.enter(&entry).unwrap() {
                let ended = session.performance(&prepared).run().unwrap();
                session.keep(*prepared, &ended, false);
            }
        }
        session
    }

    #[track_caller]
    fn offers(line: &str, expected: &[&str]) {
        let session = session();
        let symbols = session.now().symbols();
        let (from, all) = complete(line, line.len(), &session, &symbols);
        let lines: Vec<String> = all.iter().map(|one| format!("{}{}", &line[..from], one.written)).collect();
        for wanted in expected {
            assert!(lines.iter().any(|line| line == wanted), "{wanted} is not among {lines:?}");
        }
        assert!(!expected.is_empty() || lines.is_empty(), "{lines:?}");
    }

    #[test]
    fn names_and_words() {
        offers("pai", &["paint(", "painter"]);
        offers("let x = ide", &["let x = idea", "let x = ideas"]);
        offers("wor", &["words("]);
        offers("mov", &["movement"]);
        offers("paint(si", &["paint(size: "]);
        offers("zzz", &[]);
    }

    #[test]
    fn fields_of_what_stands_before_the_dot() {
        offers("idea.", &["idea.title", "idea.tags"]);
        offers("say ideas[0].ti", &["say ideas[0].title"]);
        offers("for one in ideas { one.t", &["for one in ideas { one.title"]);
        offers("review.cri", &["review.critique("]);
        assert_eq!(receiver("say f(x, [1])[0].a"), "f(x, [1])[0].a");
        assert_eq!(receiver("a + b.c"), "b.c");
        assert_eq!(receiver("\"x\""), "");
    }

    #[test]
    fn commands_and_what_they_take() {
        offers(":re", &[":reload ", ":rehearse "]);
        offers(":doc pa", &[":doc paint"]);
        offers(":with p", &[":with painter="]);
        offers(":rehearse o", &[":rehearse on", ":rehearse off"]);
        offers(":type idea.ti", &[":type idea.title"]);
        offers("use std/rev", &["use std/review"]);
        offers("use std/review { cri", &["use std/review { critique"]);
    }

    #[test]
    fn files_inside_texts() {
        offers("read(\"src/re", &["read(\"src/repl/"]);
        offers(":load examples/hel", &[":load examples/hello.score"]);
        offers("read(\"no/such/", &[]);
    }
}
