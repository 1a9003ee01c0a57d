//! The doors of the parser.

use pest::Parser as _;
use pest::error::{Error, InputLocation};

use super::build::{Builder, Pair};
use super::docs::Docs;
use super::failure::{Failure, explain};
use super::grammar::{Grammar, Rule};
use super::heads::{ItemWord, foreign_help, item_word, word_at};
use super::rewrite;
use super::scan::{Chunk, Scanner, Suspect};
use crate::base::{Edit, FileId, Help, NodeIds, SourceFile, Span, did_you_mean, on_deep_stack};
use crate::syntax::ast::{Expr, File, Item, Statement};
use crate::syntax::{ParseError, TextError};

/// What to say of `key: value` at the top of a file.
const SETTING: &str = "A score is no list of settings: who plays is an `instrument`, what is asked a `part`, the steps are a `movement`.";

/// A file as far as it could be parsed.
#[derive(Debug)]
pub struct Parsed {
    /// Its tree; broken items are left out.
    pub file: File,
    /// What is wrong, in source order.
    pub errors: Vec<ParseError>,
    /// Whether all that is wrong is that the source ends too early.
    pub incomplete: bool,
}

/// What may be entered at a prompt.
#[derive(Debug)]
pub enum Entry {
    /// Items, as in a file.
    Items(File),
    /// Statements, as in the body of a movement; an expression is one of them.
    Statements(Vec<Statement>),
}

/// What was entered at a prompt, as far as it could be parsed.
#[derive(Debug)]
pub struct ParsedEntry {
    /// What it is; broken parts are left out.
    pub entry: Entry,
    /// What is wrong, in source order.
    pub errors: Vec<ParseError>,
    /// Whether all that is wrong is that the input ends too early.
    pub incomplete: bool,
}

/// Parses a whole file. Spans are in the shared offset space; node identities are taken from `ids`.
///
/// Items are parsed one by one, so that a broken one hides no error of another.
pub fn parse(source: FileId, file: &SourceFile, ids: &mut NodeIds) -> Parsed {
    on_deep_stack(|| Reading::new(file, ids, true).file(source))
}

/// Parses one expression, as in `--with NAME=EXPR`. `None` where anything is wrong.
pub fn parse_expression(
    _source: FileId,
    file: &SourceFile,
    ids: &mut NodeIds,
) -> (Option<Expr>, Vec<ParseError>) {
    on_deep_stack(|| {
        let mut reading = Reading::new(file, ids, false);
        let found = reading.lone(Rule::expression_entry, |builder, pair| {
            let inner = pair.into_inner().find(|inner| inner.as_rule() == Rule::expression);
            inner.map(|inner| builder.expression(inner))
        });
        let errors = reading.finish_errors(file.span().end);
        (found.flatten().filter(|_| errors.is_empty()), errors)
    })
}

/// Parses what was entered at a prompt: items where it begins with an item's word, else statements.
pub fn parse_entry(source: FileId, file: &SourceFile, ids: &mut NodeIds) -> ParsedEntry {
    on_deep_stack(|| {
        let bytes = file.text.as_bytes();
        let start = Scanner::new(&file.text, file.start, false).first_token();
        if super::heads::looks_like_head(bytes, start, true, false) {
            let Parsed { file, errors, incomplete } = Reading::new(file, ids, true).file(source);
            return ParsedEntry { entry: Entry::Items(file), errors, incomplete };
        }
        let mut reading = Reading::new(file, ids, false);
        let found = reading.lone(Rule::statement_entry, |builder, pair| {
            // `seat` and `expect` may be tried at a prompt.
            builder.in_test = true;
            let inner = pair.into_inner().find(|inner| inner.as_rule() == Rule::statements);
            inner.map(|inner| builder.statements(inner)).unwrap_or_default()
        });
        let errors = reading.finish_errors(file.span().end);
        let incomplete = reading.is_incomplete(&errors);
        ParsedEntry { entry: Entry::Statements(found.unwrap_or_default()), errors, incomplete }
    })
}

/// A source on its way to a tree.
struct Reading<'a> {
    source: &'a SourceFile,
    text: &'a str,
    ids: &'a mut NodeIds,
    scanner: Scanner<'a>,
    docs: Docs<'a>,
    errors: Vec<ParseError>,
    incomplete: bool,
    /// Where the first item begins, in the shared space.
    first_item: u32,
    /// Where the last chunk ended, in the shared space.
    last_end: u32,
}

impl<'a> Reading<'a> {
    fn new(source: &'a SourceFile, ids: &'a mut NodeIds, items: bool) -> Self {
        Self {
            source,
            text: &source.text,
            ids,
            scanner: Scanner::new(&source.text, source.start, items),
            docs: Docs::new(&source.text, source.start),
            errors: Vec::new(),
            incomplete: false,
            first_item: u32::MAX,
            last_end: source.start,
        }
    }

    fn file(mut self, id: FileId) -> Parsed {
        let mut items = Vec::new();
        while let Some(chunk) = self.scanner.next_chunk() {
            let start = self.scanner.span(chunk.start, chunk.start).start;
            self.first_item = self.first_item.min(start);
            if let Some(item) = self.chunk(&chunk) {
                items.push(item);
            }
        }
        self.docs.comments = std::mem::take(&mut self.scanner.comments);
        let doc = self.docs.of_file(self.first_item);
        let span = self.source.span();
        let errors = self.finish_errors(span.end);
        let incomplete = self.is_incomplete(&errors);
        Parsed {
            file: File { source: id, doc, items, comments: self.docs.comments, span },
            errors,
            incomplete,
        }
    }

    /// All errors in source order, those of stray documentation included.
    fn finish_errors(&mut self, end: u32) -> Vec<ParseError> {
        let mut errors = std::mem::take(&mut self.errors);
        errors.extend(self.docs.misplaced(self.first_item.min(end.saturating_add(1))));
        errors.sort_by_key(ParseError::span);
        errors
    }

    /// Whether all that is wrong is that the source ends too early: an item, or what a last comment documents.
    fn is_incomplete(&self, errors: &[ParseError]) -> bool {
        match errors {
            [ParseError::MisplacedDoc { span, .. }] => span.start >= self.last_end,
            [_] => self.incomplete,
            _ => false,
        }
    }

    /// Parses one item; where a text in it seems to lack its end, once more with that in mind.
    fn chunk(&mut self, chunk: &Chunk) -> Option<Item> {
        let Some(word) = chunk.word else {
            self.unknown_item(chunk);
            return None;
        };
        let rule = entry_rule(word);
        // A text that swallowed the beginning of an item leaves that item's text standing in the open.
        let stray = chunk.suspect.is_some()
            && !self.scanner.is_done()
            && item_word(self.text.as_bytes(), self.scanner.at).is_none();
        if stray && let Some(suspect) = chunk.suspect {
            return self.repaired(chunk, suspect);
        }
        let failure = match self
            .read(rule, chunk, |builder, pair| pair.into_inner().next().and_then(|item| builder.item(item)))
        {
            Ok(item) => {
                self.last_end = self.scanner.span(chunk.end, chunk.end).end;
                return item.flatten();
            }
            Err(failure) => failure,
        };
        if let Some(suspect) = chunk.suspect
            && (failure.at >= suspect.line
                || matches!(failure.error, ParseError::Text(TextError::UnterminatedText { .. })))
        {
            return self.repaired(chunk, suspect);
        }
        self.incomplete |= failure.incomplete;
        self.errors.push(failure.error);
        self.forgive(chunk);
        None
    }

    /// Reads a chunk again up to the line where one of its texts seems to lack its end, and says so.
    fn repaired(&mut self, chunk: &Chunk, suspect: Suspect) -> Option<Item> {
        self.scanner.rewind(chunk.start, suspect);
        let mut again = self.scanner.next_chunk()?;
        let fault = again.fault.take()?;
        self.forgive(&again);
        self.errors.push(fault.error);
        None
    }

    /// Leaves alone the documentation of what could not be read.
    fn forgive(&mut self, chunk: &Chunk) {
        let end = self.scanner.span(chunk.end, chunk.end).end;
        self.swap_comments();
        self.docs.forgive(Span::new(self.last_end, end));
        self.swap_comments();
        self.last_end = end;
    }

    /// Lends the scanner's comments to the documentation, or gives them back.
    fn swap_comments(&mut self) {
        std::mem::swap(&mut self.docs.comments, &mut self.scanner.comments);
    }

    /// Parses what is no file but one statement list or expression.
    fn lone<T>(&mut self, rule: Rule, build: impl FnOnce(&mut Builder<'_, 'a>, Pair<'_>) -> T) -> Option<T> {
        let chunk = self.scanner.next_chunk();
        let empty =
            Chunk { word: None, start: self.text.len(), end: self.text.len(), fault: None, suspect: None };
        let mut chunk = chunk.unwrap_or(empty);
        // A text without an end that stands first: nothing of it was taken.
        if chunk.end <= chunk.start {
            chunk.end = self.text.len();
        }
        let read = self.read(rule, &chunk, build);
        std::mem::swap(&mut self.docs.comments, &mut self.scanner.comments);
        match read {
            Ok(found) => found,
            Err(failure) => {
                self.incomplete = failure.incomplete;
                self.errors.push(failure.error);
                self.docs.forgive(self.source.span());
                None
            }
        }
    }

    /// Recognises a chunk and builds it. `Ok(None)` where the builder noted what is wrong.
    fn read<T>(
        &mut self,
        rule: Rule,
        chunk: &Chunk,
        build: impl FnOnce(&mut Builder<'_, 'a>, Pair<'_>) -> T,
    ) -> Result<Option<T>, Failure> {
        let too_deep = chunk.fault.as_ref().filter(|fault| matches!(fault.error, ParseError::TooDeep { .. }));
        if let Some(fault) = too_deep {
            return Err(Failure { error: fault.error.clone(), at: fault.at, incomplete: false });
        }
        let base = self.scanner.span(chunk.start, chunk.start).start;
        let source = &self.text[chunk.start..chunk.end];
        let mut pairs = match Grammar::parse(rule, source) {
            Ok(pairs) => pairs,
            Err(error) => return Err(self.failure(chunk, source, &error)),
        };
        if let Some(fault) = &chunk.fault {
            return Err(Failure { error: fault.error.clone(), at: fault.at, incomplete: fault.incomplete });
        }
        self.swap_comments();
        let mut builder = Builder::new(source, base, self.ids, &mut self.docs);
        let built = pairs.next().map(|pair| build(&mut builder, pair));
        let errors = std::mem::take(&mut builder.errors);
        self.swap_comments();
        if errors.is_empty() {
            return Ok(built);
        }
        self.errors.extend(errors);
        Ok(None)
    }

    /// What is wrong where the grammar gave up: what the scan found, if that comes first.
    fn failure(&self, chunk: &Chunk, source: &str, error: &Error<Rule>) -> Failure {
        let (InputLocation::Pos(at) | InputLocation::Span((at, _))) = error.location;
        let explained = explain(source, at, error, &self.scanner, chunk);
        match &chunk.fault {
            Some(fault)
                if fault.at <= chunk.start + at
                    || matches!(explained.error, ParseError::MissingComma { .. }) =>
            {
                Failure { error: fault.error.clone(), at: fault.at, incomplete: fault.incomplete }
            }
            Some(_) | None => explained,
        }
    }

    /// What stands at the top of a file and begins no item.
    fn unknown_item(&mut self, chunk: &Chunk) {
        let word = word_at(self.text.as_bytes(), chunk.start);
        let first = self.text[chunk.start..].chars().next().map_or(1, char::len_utf8);
        let span = self.scanner.span(chunk.start, chunk.start + word.len().max(first));
        let found = self.text[chunk.start..chunk.start + word.len().max(first)].to_owned();
        let items = ["use", "type", "instrument", "part", "movement", "test"];
        let local = |from: usize, to: usize| self.scanner.span(chunk.start + from, chunk.start + to);
        let edits = rewrite::of_item(&self.text[chunk.start..chunk.end], word);
        let edits = edits.into_iter().map(|(from, to, replacement)| {
            // What is only left out takes the blanks behind it along.
            let behind = &self.text[chunk.start + to..];
            let gap = if replacement.is_empty() { behind.len() - behind.trim_start().len() } else { 0 };
            Edit { span: local(from, to + gap), replacement }
        });
        let setting = self.text[chunk.start + word.len()..].starts_with(": ") && !word.is_empty();
        let help = match (foreign_help(word), did_you_mean(word, items)) {
            (Some(help), _) => Help::new(help).with(edits),
            (None, Some(meant)) if word.len() > 1 => Help::meant(meant, span),
            _ if setting => Help::new(SETTING),
            _ if starts_it(&self.text[chunk.start..chunk.end]) => {
                let all = local(0, chunk.end - chunk.start);
                Help::new("Leave it out: `score run` performs `main` by itself.").replacing(all, "")
            }
            _ => Help::new("Statements stand in a movement: `movement main() { … }`."),
        };
        let error = match &chunk.fault {
            Some(fault) if fault.at == chunk.start => fault.error.clone(),
            Some(_) | None => ParseError::UnknownItem { found, help, span },
        };
        self.errors.push(error);
        self.forgive(chunk);
    }
}

/// Whether a chunk has the score begin, as programs elsewhere do: `main()`, `if __name__ == …`.
fn starts_it(chunk: &str) -> bool {
    chunk.starts_with("if __name__") || matches!(chunk.trim(), "main()" | "run()" | "await main()")
}

fn entry_rule(word: ItemWord) -> Rule {
    match word {
        ItemWord::Use => Rule::use_entry,
        ItemWord::Type => Rule::type_entry,
        ItemWord::Instrument => Rule::instrument_entry,
        ItemWord::Part => Rule::part_entry,
        ItemWord::Movement => Rule::movement_entry,
        ItemWord::Test => Rule::test_entry,
    }
}
