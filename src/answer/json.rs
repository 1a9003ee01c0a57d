//! JSON as models write it: one pass over the text, every byte looked at once.
//!
//! Besides JSON it takes comments, trailing and (at line ends) missing commas, single, triple and
//! curly quotes, names and words without quotes, line breaks in texts, `True` and `None`. Brackets
//! missing at the end are closed, and said so. What has two readings is an error: a field twice with
//! different values, a quote inside a text, an ellipsis.

use std::sync::Arc;

use crate::value::{MAX_DEPTH, Map, Value};

/// What was read, up to where.
#[derive(Debug)]
pub struct Parsed {
    /// The value.
    pub value: Value,
    /// The byte after it.
    pub end: usize,
    /// Whether brackets were missing and were closed.
    pub closed: bool,
}

/// Why it is no JSON.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trouble {
    /// The byte at which it was seen.
    pub at: usize,
    /// What is wrong.
    pub what: String,
    /// Whether something was read before it, so that this was meant as JSON.
    pub meant: bool,
    /// Up to which byte was looked for what is missing.
    pub looked: usize,
}

/// Where JSON stands, which is how much may be taken for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ground {
    /// In a place of its own: words without quotes are texts.
    Own,
    /// In prose: a list of words without quotes is more likely a remark in brackets.
    Prose,
}

/// Reads the value that starts at a byte.
///
/// # Errors
/// What is wrong and where.
pub fn parse_at(text: &str, start: usize, ground: Ground) -> Result<Parsed, Trouble> {
    let mut reader = Reader { text, at: start, closed: false, ground, meant: false };
    reader.blanks()?;
    let value = reader.value(0)?;
    Ok(Parsed { value, end: reader.at, closed: reader.closed })
}

/// Reads a text that is one value and nothing else.
///
/// # Errors
/// What is wrong and where.
pub fn parse_whole(text: &str) -> Result<Parsed, Trouble> {
    let mut reader = Reader { text, at: 0, closed: false, ground: Ground::Own, meant: false };
    reader.blanks()?;
    let value = reader.value(0)?;
    reader.blanks()?;
    let _ = reader.takes(b';');
    reader.blanks()?;
    if reader.at < text.len() {
        return Err(reader.trouble("something stands after the JSON"));
    }
    Ok(Parsed { value, end: reader.at, closed: reader.closed })
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
    closed: bool,
    ground: Ground,
    /// A field, or an element that no prose has, was read.
    meant: bool,
}

impl<'a> Reader<'a> {
    fn trouble(&self, what: &str) -> Trouble {
        Trouble { at: self.at, what: what.to_owned(), meant: self.meant, looked: self.at }
    }

    /// Something that opens here has no end.
    fn open(&self, at: usize, what: &str) -> Trouble {
        Trouble { at, looked: self.text.len(), ..self.trouble(what) }
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    fn takes(&mut self, byte: u8) -> bool {
        let takes = self.peek() == Some(byte);
        self.at += usize::from(takes);
        takes
    }

    /// Skips blanks and comments; whether there was a line break.
    fn blanks(&mut self) -> Result<bool, Trouble> {
        let mut line_break = false;
        loop {
            let rest = self.rest();
            let Some(next) = rest.chars().next() else { return Ok(line_break) };
            if next.is_whitespace() || next == '\u{feff}' {
                line_break |= next == '\n';
                self.at += next.len_utf8();
            } else if next == '#' || rest.starts_with("//") {
                self.at += rest.find('\n').unwrap_or(rest.len());
            } else if rest.starts_with("/*") {
                let Some(length) = rest[2..].find("*/") else {
                    return Err(self.open(self.at, "a comment is not closed"));
                };
                self.at += length + 4;
            } else {
                return Ok(line_break);
            }
        }
    }

    fn value(&mut self, depth: usize) -> Result<Value, Trouble> {
        let Some(next) = self.rest().chars().next() else {
            return Err(self.trouble("a value is missing at the end"));
        };
        match next {
            '{' | '[' if depth >= MAX_DEPTH => {
                self.meant = true;
                Err(self.trouble("it is nested too deeply"))
            }
            '{' => self.object(depth),
            '[' => self.list(depth),
            '"' | '\'' | '“' | '‘' | '„' => Ok(Value::Text(Arc::from(self.quoted()?))),
            '0'..='9' | '-' | '+' | '.' => self.number(depth),
            _ => self.word(depth, depth > 0),
        }
    }

    fn object(&mut self, depth: usize) -> Result<Value, Trouble> {
        self.at += 1;
        let mut map = Map::new();
        self.blanks()?;
        while !self.ends(b'}') {
            let key = self.key()?;
            self.blanks()?;
            if !self.takes(b':') {
                return Err(self.trouble("a colon is missing after a field name"));
            }
            self.blanks()?;
            let value = self.value(depth + 1)?;
            self.meant = true;
            match map.get(&*key) {
                Some(other) if *other != value => {
                    return Err(self.trouble(&format!("field `{key}` is given twice")));
                }
                _ => map.insert(Arc::from(key), value),
            };
            self.separator(b'}')?;
        }
        Ok(Value::Map(Arc::new(map)))
    }

    fn list(&mut self, depth: usize) -> Result<Value, Trouble> {
        self.at += 1;
        let mut values = Vec::new();
        self.blanks()?;
        while !self.ends(b']') {
            let next = self.rest().chars().next();
            let worded = next.is_some_and(|c| !"{[\"'“‘„".contains(c) && !c.is_ascii_digit() && c != '-');
            let value = if worded {
                self.word(depth + 1, self.ground == Ground::Own)?
            } else {
                self.value(depth + 1)?
            };
            self.meant |= !matches!(value, Value::Int(_) | Value::Number(_)) && !worded;
            values.push(value);
            self.separator(b']')?;
        }
        Ok(Value::list(values))
    }

    /// Whether an object or list is over, taking its bracket. One that is missing at the end, or
    /// before the bracket of what is around it, is closed.
    fn ends(&mut self, bracket: u8) -> bool {
        match self.peek() {
            Some(next) if next == bracket => {
                self.at += 1;
                true
            }
            None | Some(b'}' | b']') => {
                self.closed = true;
                true
            }
            Some(_) => false,
        }
    }

    fn separator(&mut self, bracket: u8) -> Result<(), Trouble> {
        let line_break = self.blanks()?;
        if self.takes(b',') {
            self.blanks()?;
            return Ok(());
        }
        match self.peek() {
            None | Some(b'}' | b']') => Ok(()),
            Some(b'"' | b'{') if line_break || bracket == b']' => Ok(()),
            Some(_) if line_break && bracket == b'}' => Ok(()),
            Some(_) => Err(self.trouble("a comma is missing, or a quote inside a text is not escaped")),
        }
    }

    fn key(&mut self) -> Result<String, Trouble> {
        if self.rest().starts_with(['"', '\'', '“', '‘', '„']) {
            return self.quoted();
        }
        let rest = self.rest();
        let is_part = |c: char| c.is_alphanumeric() || "_-$.".contains(c);
        let end = rest.find(|c| !is_part(c)).unwrap_or(rest.len());
        if rest.starts_with("...") || rest.starts_with('…') {
            return Err(self.trouble("a field name is missing, and nothing may be left out"));
        }
        if end == 0 {
            return Err(self.trouble("a field name is missing"));
        }
        self.at += end;
        Ok(rest[..end].to_owned())
    }

    fn number(&mut self, depth: usize) -> Result<Value, Trouble> {
        let rest = self.rest();
        let is_part = |c: char| c.is_alphanumeric() || "+-._%/".contains(c);
        let end = rest.find(|c| !is_part(c)).unwrap_or(rest.len());
        let token = &rest[..end];
        let digits = token.strip_prefix(['-', '+']).unwrap_or(token);
        let leading_zero =
            digits.len() > 1 && digits.starts_with('0') && digits.as_bytes()[1].is_ascii_digit();
        let plain = digits.starts_with(|c: char| c.is_ascii_digit() || c == '.')
            && !leading_zero
            && digits.bytes().all(|b| b.is_ascii_digit() || b"eE+-.".contains(&b));
        let value = if !plain {
            None
        } else if let Ok(int) = token.parse::<i64>() {
            Some(Value::Int(int))
        } else {
            token.parse::<f64>().ok().filter(|double| double.is_finite()).map(Value::Number)
        };
        match value {
            Some(value) => {
                self.at += end;
                Ok(value)
            }
            None => self.word(depth, depth > 0),
        }
    }

    /// `true`, `null` and the like; else, where words may stand without quotes, a text.
    fn word(&mut self, depth: usize, free: bool) -> Result<Value, Trouble> {
        let rest = self.rest();
        let end = rest.find(|c| ",}]{[:\"“”\n#".contains(c)).unwrap_or(rest.len());
        let (word, after) = if depth == 0 {
            let end = rest.find(|c: char| !c.is_alphanumeric()).unwrap_or(rest.len());
            (&rest[..end], "")
        } else {
            (rest[..end].trim_end(), &rest[end..])
        };
        let value = match word {
            "true" | "True" | "TRUE" => Value::Bool(true),
            "false" | "False" | "FALSE" => Value::Bool(false),
            "null" | "None" | "NULL" => Value::Nothing,
            "NaN" | "Infinity" | "-Infinity" | "undefined" => {
                return Err(self.trouble(&format!("`{word}` is no value")));
            }
            _ if !free || word.is_empty() || word.len() > 200 => {
                return Err(self.trouble("a value or a quote is missing"));
            }
            // `...` leaves something out; a colon or a bracket means more than a word.
            _ if word.contains("...") || word.contains('…') || word.contains("//") => {
                return Err(self.trouble("a text needs its quotes, and nothing may be left out"));
            }
            _ if after.starts_with([':', '{', '[', '"', '“', '”']) || after.is_empty() => {
                return Err(self.trouble("a text needs its quotes"));
            }
            _ => Value::text(word),
        };
        self.at += word.len();
        Ok(value)
    }

    /// A text in any quotes.
    fn quoted(&mut self) -> Result<String, Trouble> {
        let rest = self.rest();
        let (open, close) = [
            ("\"\"\"", "\"\"\""),
            ("'''", "'''"),
            ("\"", "\""),
            ("'", "'"),
            ("“", "”"),
            ("„", "“"),
            ("‘", "’"),
        ]
        .into_iter()
        .find(|(open, _)| rest.starts_with(open))
        .unwrap_or(("\"", "\""));
        // `""` followed by anything but a third quote is an empty text.
        let start = self.at;
        self.at += open.len();
        let mut text = String::new();
        loop {
            let rest = self.rest();
            let Some(next) = rest.chars().next() else {
                return Err(self.open(start, "a quote is not closed"));
            };
            if rest.starts_with(close) {
                self.at += close.len();
                return Ok(text);
            }
            self.at += next.len_utf8();
            if next == '\\' { self.escape(&mut text)? } else { text.push(next) }
        }
    }

    fn escape(&mut self, text: &mut String) -> Result<(), Trouble> {
        let Some(next) = self.rest().chars().next() else {
            return Err(self.trouble("a quote is not closed"));
        };
        self.at += next.len_utf8();
        match next {
            'n' => text.push('\n'),
            't' => text.push('\t'),
            'r' => text.push('\r'),
            'b' => text.push('\u{8}'),
            'f' => text.push('\u{c}'),
            '"' | '\\' | '/' | '\'' | '`' => text.push(next),
            '\n' => {}
            'u' => text.push(self.unicode()?),
            other => {
                text.push('\\');
                text.push(other);
            }
        }
        Ok(())
    }

    fn unicode(&mut self) -> Result<char, Trouble> {
        let first = self.hex()?;
        let code = match first {
            0xD800..=0xDBFF if self.rest().starts_with("\\u") => {
                self.at += 2;
                let second = self.hex()?;
                match second {
                    0xDC00..=0xDFFF => 0x1_0000 + ((first - 0xD800) << 10) + (second - 0xDC00),
                    _ => first,
                }
            }
            _ => first,
        };
        char::from_u32(code).ok_or_else(|| self.trouble("half a character is escaped"))
    }

    fn hex(&mut self) -> Result<u32, Trouble> {
        let digits = self.rest().get(..4).filter(|digits| digits.bytes().all(|b| b.is_ascii_hexdigit()));
        let code = digits.and_then(|digits| u32::from_str_radix(digits, 16).ok());
        self.at += if code.is_some() { 4 } else { 0 };
        code.ok_or_else(|| self.trouble("`\\u` needs four digits"))
    }
}
