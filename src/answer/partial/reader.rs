//! JSON as models write it, read letter by letter.

use std::fmt::Write as _;
use std::sync::Arc;

use super::quoted::{Broken, Quoted};
use crate::answer::json::parse_whole;
use crate::types::WRAPPER;
use crate::value::{MAX_DEPTH, Map, Value};

/// An object or list that is not closed yet.
#[derive(Debug)]
enum Open {
    Object {
        map: Map,
        /// The field that comes, and whether its colon was there.
        field: Option<(Arc<str>, bool)>,
    },
    List(Vec<Value>),
}

/// What is being read.
#[derive(Debug, Default)]
enum Token {
    /// Nothing: what stands between.
    #[default]
    Between,
    /// A `/`, which may begin a comment.
    Slash,
    /// A comment up to the end of the line.
    Line,
    /// A comment up to `*/`, and whether the star was there.
    Block(bool),
    /// One or two quotes, which may be three.
    Opening(char, usize),
    /// A text in quotes.
    Quoted(Quoted),
    /// A number or word.
    Bare(String),
}

/// Reads JSON as models write it, letter by letter.
#[derive(Debug)]
pub(super) struct Reader {
    /// Whether only an object can be the answer: a list before it is prose.
    objects: bool,
    open: Vec<Open>,
    token: Token,
    found: Option<Value>,
}

/// What comes of a letter: one that is looked at once more.
type Step = Result<Option<char>, Broken>;

impl Reader {
    pub(super) const fn new(objects: bool) -> Self {
        Self { objects, open: Vec::new(), token: Token::Between, found: None }
    }

    pub(super) fn take(&mut self, letter: char) {
        if self.found.is_some() {
            return;
        }
        let mut next = Some(letter);
        while let Some(letter) = next.take() {
            if let Ok(again) = self.step(letter) {
                next = again;
            } else {
                // What looked like JSON was prose: it is looked for further on.
                self.open.clear();
                self.token = Token::Between;
            }
        }
    }

    /// Takes a letter, or gives it back to be looked at once more.
    fn step(&mut self, letter: char) -> Step {
        match std::mem::take(&mut self.token) {
            Token::Between => self.between(letter),
            Token::Slash => {
                self.token = match letter {
                    '/' => Token::Line,
                    '*' => Token::Block(false),
                    _ => return Err(Broken),
                };
                Ok(None)
            }
            Token::Line => {
                if letter != '\n' {
                    self.token = Token::Line;
                }
                Ok(None)
            }
            Token::Block(star) => {
                if !(star && letter == '/') {
                    self.token = Token::Block(letter == '*');
                }
                Ok(None)
            }
            Token::Opening(quote, count) => self.opening(quote, count, letter),
            Token::Quoted(quoted) => self.quoted(quoted, letter),
            Token::Bare(word) => self.bare(word, letter),
        }
    }

    fn between(&mut self, letter: char) -> Step {
        if self.open.is_empty() {
            if letter == '{' || (letter == '[' && !self.objects) {
                self.begin(letter)?;
            }
            return Ok(None);
        }
        match letter {
            _ if letter.is_whitespace() || letter == '\u{feff}' || letter == ',' => {}
            '#' => self.token = Token::Line,
            '/' => self.token = Token::Slash,
            ':' => match self.open.last_mut() {
                Some(Open::Object { field: Some((_, colon @ false)), .. }) => *colon = true,
                _ => return Err(Broken),
            },
            '{' | '[' => self.begin(letter)?,
            '}' | ']' => self.close(letter)?,
            '"' | '\'' => self.token = Token::Opening(letter, 1),
            '“' => self.token = Token::Quoted(Quoted::until('”', 1)),
            '„' => self.token = Token::Quoted(Quoted::until('“', 1)),
            '‘' => self.token = Token::Quoted(Quoted::until('’', 1)),
            _ => self.token = Token::Bare(letter.to_string()),
        }
        Ok(None)
    }

    fn begin(&mut self, bracket: char) -> Result<(), Broken> {
        if self.open.len() >= MAX_DEPTH || self.wants_field() {
            return Err(Broken);
        }
        self.open.push(match bracket {
            '{' => Open::Object { map: Map::new(), field: None },
            _ => Open::List(Vec::new()),
        });
        Ok(())
    }

    fn close(&mut self, bracket: char) -> Result<(), Broken> {
        let value = match (self.open.pop(), bracket) {
            (Some(Open::Object { map, field: None }), '}') => Value::Map(Arc::new(map)),
            (Some(Open::List(values)), ']') => Value::list(values),
            _ => return Err(Broken),
        };
        self.put(value)
    }

    /// Whether the name of a field, or its colon, must come.
    fn wants_field(&self) -> bool {
        matches!(self.open.last(), Some(Open::Object { field: None | Some((_, false)), .. }))
    }

    /// A finished value, or the name of a field.
    fn put(&mut self, value: Value) -> Result<(), Broken> {
        match self.open.last_mut() {
            None => self.found = Some(value),
            Some(Open::List(values)) => values.push(value),
            Some(Open::Object { map, field }) => match (field.take(), value) {
                (Some((name, true)), value) => {
                    map.insert(name, value);
                }
                (None, Value::Text(name)) => *field = Some((name, false)),
                _ => return Err(Broken),
            },
        }
        Ok(())
    }

    fn opening(&mut self, quote: char, count: usize, letter: char) -> Step {
        match (letter == quote, count) {
            (true, 1) => self.token = Token::Opening(quote, 2),
            (true, _) => self.token = Token::Quoted(Quoted::until(quote, 3)),
            (false, 1) => {
                self.token = Token::Quoted(Quoted::until(quote, 1));
                return Ok(Some(letter));
            }
            (false, _) => {
                self.put(Value::text(""))?;
                return Ok(Some(letter));
            }
        }
        Ok(None)
    }

    fn quoted(&mut self, mut quoted: Quoted, letter: char) -> Step {
        if quoted.take(letter)? {
            self.put(Value::text(&quoted.text))?;
        } else {
            self.token = Token::Quoted(quoted);
        }
        Ok(None)
    }

    fn bare(&mut self, mut word: String, letter: char) -> Step {
        let ends = if self.wants_field() {
            !(letter.is_alphanumeric() || "_-$.".contains(letter))
        } else {
            ",}]{[:\"“”\n#".contains(letter)
        };
        if !ends {
            word.push(letter);
            self.token = Token::Bare(word);
            return Ok(None);
        }
        let word = word.trim_end();
        let value = if self.wants_field() {
            Value::text(word)
        } else {
            match parse_whole(word) {
                Ok(parsed) => parsed.value,
                // A word without quotes.
                Err(_) if word.len() <= 200 && !word.contains("...") && !word.contains('…') => {
                    Value::text(word)
                }
                Err(_) => return Err(Broken),
            }
        };
        self.put(value)?;
        Ok(Some(letter))
    }

    /// What is there of a text that is being written, where that is a value.
    fn writing(&self) -> Option<&str> {
        match &self.token {
            Token::Quoted(quoted) if !self.wants_field() => Some(&quoted.text),
            _ => None,
        }
    }

    /// What is there so far.
    pub(super) fn value(&self) -> Option<Value> {
        if self.found.is_some() {
            return self.found.clone();
        }
        let mut inner = self.writing().map(Value::text);
        for open in self.open.iter().rev() {
            inner = Some(match open {
                Open::List(values) => Value::list(values.iter().cloned().chain(inner).collect::<Vec<_>>()),
                Open::Object { map, field } => {
                    let mut map = map.clone();
                    if let (Some((name, true)), Some(inner)) = (field, inner) {
                        map.insert(name.clone(), inner);
                    }
                    Value::Map(Arc::new(map))
                }
            });
        }
        inner
    }

    /// What there is to be said of it, the latest first: what is being written with its path, then finished fields
    /// of the outermost object.
    pub(super) fn latest(&self, wrapped: bool) -> impl Iterator<Item = String> + '_ {
        // An object that only wraps the answer is none of it.
        let is_wrapper = |open: &Open| match open {
            Open::Object { map, field } => {
                wrapped && map.is_empty() && field.as_ref().is_some_and(|(name, _)| &**name == WRAPPER)
            }
            Open::List(_) => false,
        };
        let skipped = usize::from(self.open.first().is_some_and(is_wrapper));
        let open = &self.open[skipped..];
        let written = self.written(open);
        let root = match (open.first(), &self.found) {
            (Some(Open::Object { map, .. }), _) => Some(map),
            (None, Some(Value::Map(map))) => match map.get(WRAPPER) {
                Some(Value::Map(inner)) if wrapped && map.len() == 1 => Some(&**inner),
                _ => Some(&**map),
            },
            _ => None,
        };
        let fields = root.into_iter().flat_map(|map| map.iter().rev());
        let fields = fields.map(|(name, value)| format!("{name}: {}", super::short(value)));
        written.into_iter().chain(fields)
    }

    /// What is being written, with its path: `findings[2].claim: The sea`.
    fn written(&self, open: &[Open]) -> Option<String> {
        let mut path = String::new();
        for one in open {
            match one {
                Open::Object { field: Some((name, _)), .. } => {
                    if !path.is_empty() {
                        path.push('.');
                    }
                    path.push_str(name);
                }
                Open::Object { field: None, .. } => {}
                Open::List(values) => {
                    let _ = write!(path, "[{}]", values.len());
                }
            }
        }
        let text = self.writing().unwrap_or_default();
        // Its end alone is shown, however long it is.
        let from = text.char_indices().rev().nth(1_000).map_or(0, |(at, _)| at);
        match (path.is_empty(), text.is_empty()) {
            (true, true) => None,
            (true, false) => Some(text[from..].to_owned()),
            (false, _) => Some(format!("{path}: {}", &text[from..])),
        }
    }
}
