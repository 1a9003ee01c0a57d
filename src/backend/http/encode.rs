//! A request file with holes, as a request: every value encoded for where it stands.

use std::fmt::Write as _;
use std::sync::Arc;

use http::Method;
use http::header::HeaderValue;

use crate::backend::headers::plain;
use crate::backend::said::{json, words};
use crate::instrument::{Failure, FailureKind, Piece, Request};
use crate::value::{Secret, Value};

/// A request that is ready to be addressed.
pub(in crate::backend) struct Letter {
    pub(super) method: Method,
    /// Encoded; empty for the base address itself.
    pub(super) path: String,
    /// Encoded.
    pub(super) query: Option<String>,
    /// With the secret that stands in it, if one does.
    pub(super) headers: Vec<(String, HeaderValue, Option<Arc<Secret>>)>,
    pub(super) content: Option<Content>,
}

/// A body with its media type.
pub(in crate::backend) struct Content {
    pub(in crate::backend) bytes: Vec<u8>,
    pub(in crate::backend) mime: String,
}

impl Letter {
    /// What is sent, for a failure message. Headers are left out: they hold keys.
    pub(super) fn shown(&self) -> String {
        let query = self.query.as_ref().map(|query| format!("?{query}")).unwrap_or_default();
        let mut shown = format!("{} {}{query}", self.method, self.path);
        if let Some(content) = &self.content {
            match std::str::from_utf8(&content.bytes) {
                Ok(text) => {
                    shown.push_str("\n\n");
                    shown.push_str(text);
                }
                Err(_) => {
                    // Writing to a text can't fail.
                    let _ = write!(shown, "\n\n({} bytes of {})", content.bytes.len(), content.mime);
                }
            }
        }
        shown
    }
}

/// The method that a request begins with, and what follows it on its line. A path alone is a GET.
pub(super) fn method(words: &str) -> Option<(Method, &str)> {
    let words = words.trim_start();
    if words.starts_with('/') || words.starts_with('?') {
        return Some((Method::GET, words));
    }
    let end = words.find(char::is_whitespace).unwrap_or(words.len());
    let known = ["GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"];
    let (word, rest) = words.split_at(end);
    let method = known.contains(&word).then(|| Method::from_bytes(word.as_bytes()).ok())??;
    Some((method, rest))
}

fn refuse<T>(message: impl Into<String>, help: &str) -> Result<T, Failure> {
    Err(Failure::new(FailureKind::InvalidRequest, message).with_help(help))
}

/// Reads a request file.
pub(super) fn letter(pieces: &[Piece]) -> Result<Letter, Failure> {
    const FORM: &str = "the text begins with a method and a path: `GET /items/{id}`";
    let opening = match pieces.first() {
        Some(Piece::Words(words)) => &**words,
        _ => return refuse("the request begins with a hole", FORM),
    };
    let Some((method, rest)) = method(opening) else {
        let first = opening.trim_start().lines().next().unwrap_or_default();
        return refuse(format!("`{first}` is no beginning of a request"), FORM);
    };
    let skipped = opening.len() - rest.len();
    let (line, after) = split_at_line_end(pieces, skipped);
    let (path, query) = address(&line)?;
    let (head, body_pieces) = head_and_body(&after);
    let mut headers = Vec::new();
    for line in &head {
        headers.push(header(line)?);
    }
    let declared = headers.iter().find(|(name, ..)| name.eq_ignore_ascii_case("content-type"));
    let declared = declared.and_then(|(_, value, _)| value.to_str().ok()).map(str::to_owned);
    let content = body(&body_pieces, declared.as_deref())?;
    Ok(Letter { method, path, query, headers, content })
}

/// A line: pieces without a line break in the author's words.
type Line = Vec<Piece>;

/// The first line from `skipped` bytes on, and all after its line break.
fn split_at_line_end(pieces: &[Piece], mut skipped: usize) -> (Line, Line) {
    let mut line = Line::new();
    for (at, piece) in pieces.iter().enumerate() {
        match piece {
            Piece::Words(words) => {
                let words = &words[std::mem::take(&mut skipped).min(words.len())..];
                if let Some(end) = words.find('\n') {
                    line.push(Piece::Words(words[..end].trim_end_matches('\r').into()));
                    let mut after = vec![Piece::Words(words[end + 1..].into())];
                    after.extend_from_slice(&pieces[at + 1..]);
                    return (line, after);
                }
                line.push(Piece::Words(words.into()));
            }
            hole @ Piece::Hole(_) => line.push(hole.clone()),
        }
    }
    (line, Line::new())
}

/// Lines up to the first blank one, and what follows it.
fn head_and_body(pieces: &[Piece]) -> (Vec<Line>, Line) {
    let mut head = Vec::new();
    let mut rest = pieces.to_vec();
    while !rest.is_empty() {
        let (line, after) = split_at_line_end(&rest, 0);
        let blank = line.iter().all(|piece| matches!(piece, Piece::Words(words) if words.trim().is_empty()));
        if blank {
            return (head, after);
        }
        head.push(line);
        rest = after;
    }
    (head, Line::new())
}

/// Path and query of the first line, encoded.
fn address(line: &[Piece]) -> Result<(String, Option<String>), Failure> {
    let mut encoded = String::new();
    let mut query = false;
    // Whether a hole stands in the segment so far.
    let mut has_hole = false;
    let mut segment = String::new();
    let last = line.len().saturating_sub(1);
    for (at, piece) in line.iter().enumerate() {
        match piece {
            Piece::Words(words) => {
                let mut words: &str = words;
                if at == 0 {
                    words = words.trim_start();
                }
                if at == last {
                    words = words.trim_end();
                    words = words
                        .strip_suffix("HTTP/1.1")
                        .or_else(|| words.strip_suffix("HTTP/2"))
                        .unwrap_or(words)
                        .trim_end();
                }
                for letter in words.chars() {
                    if letter == '#' {
                        return refuse("a `#` stands in the address", "write it as %23");
                    }
                    if letter.is_whitespace() || letter.is_control() {
                        return refuse(
                            "a space stands in the address",
                            "write it as %20, or put what varies into a hole",
                        );
                    }
                    if !query && matches!(letter, '/' | '?') {
                        check_segment(&segment, has_hole)?;
                        segment.clear();
                        has_hole = false;
                    } else {
                        segment.push(letter);
                    }
                    query = query || letter == '?';
                    push_literal(&mut encoded, letter);
                }
            }
            Piece::Hole(value) => {
                let word = scalar(value, "an address")?;
                if !query {
                    if word.contains(['/', '\\']) {
                        return refuse(
                            format!("a value in the path holds a separator: {word:?}"),
                            "a hole in a path is one segment; write the `/` in the part's text",
                        );
                    }
                    has_hole = true;
                    segment.push_str(&word);
                }
                push_encoded(&mut encoded, &word);
            }
        }
    }
    if !query {
        check_segment(&segment, has_hole)?;
    }
    if encoded.is_empty() {
        return Ok((encoded, None));
    }
    if !encoded.starts_with('/') && !encoded.starts_with('?') {
        return refuse(
            format!("the address must begin with `/`, and is `{encoded}`"),
            "it is meant from `base_url:`; another host is another instrument",
        );
    }
    Ok(match encoded.split_once('?') {
        Some((path, query)) => (path.to_owned(), Some(query.to_owned())),
        None => (encoded, None),
    })
}

/// A segment that a value made must not be what leads elsewhere.
fn check_segment(segment: &str, has_hole: bool) -> Result<(), Failure> {
    if has_hole && matches!(segment, "" | "." | "..") {
        return refuse(
            format!("a value makes the path segment {segment:?}, which would lead to another address"),
            "check the value first: `require`",
        );
    }
    Ok(())
}

/// An author's letter stays as it is, but for what no address may hold.
fn push_literal(encoded: &mut String, letter: char) {
    if letter.is_ascii() && !matches!(letter, '"' | '<' | '>' | '\\' | '^' | '`' | '{' | '|' | '}') {
        encoded.push(letter);
    } else {
        let mut buffer = [0; 4];
        push_encoded(encoded, letter.encode_utf8(&mut buffer));
    }
}

/// Percent-encodes everything but letters, digits and `-._~`.
fn push_encoded(encoded: &mut String, text: &str) {
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            encoded.push(char::from(byte));
        } else {
            // Writing to a text can't fail.
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
}

/// A value that has a place in one line.
fn scalar(value: &Value, place: &str) -> Result<String, Failure> {
    match value {
        Value::List(_)
        | Value::Record(_)
        | Value::Map(_)
        | Value::Media(_)
        | Value::Function(_)
        | Value::Instrument(_) => refuse(
            format!("a value of type {} can't stand in {place}", value.kind()),
            "put one of its fields there, or use the body",
        ),
        Value::Secret(secret) => refuse(
            format!("the secret {} can't stand in {place}", secret.name),
            "give it to the instrument (`bearer:`, `headers:`) or put it into a header",
        ),
        other => Ok(words(other).into_owned()),
    }
}

/// `Name: value`
fn header(line: &[Piece]) -> Result<(String, HeaderValue, Option<Arc<Secret>>), Failure> {
    const FORM: &str = "a header is `Name: value`; a blank line stands between headers and body";
    let Some(Piece::Words(first)) = line.first() else { return refuse("a header begins with a hole", FORM) };
    let Some((name, rest)) = first.split_once(':') else {
        return refuse(format!("`{first}` is no header"), FORM);
    };
    let mut value = rest.trim_start().to_owned();
    let mut secret = None;
    for piece in &line[1..] {
        match piece {
            Piece::Words(words) => value.push_str(words),
            Piece::Hole(Value::Secret(held)) => {
                value.push_str(held.reveal());
                secret = Some(held.clone());
            }
            Piece::Hole(hole) => value.push_str(&scalar(hole, "a header")?),
        }
    }
    let mut encoded = plain(name.trim(), value.trim_end())?;
    encoded.set_sensitive(secret.is_some());
    Ok((name.trim().to_owned(), encoded, secret))
}

/// The body: a lone medium as its bytes, in a form each value encoded, else values as they are and lists
/// and records as JSON. `None` where nothing stands there.
pub(in crate::backend) fn body(pieces: &[Piece], declared: Option<&str>) -> Result<Option<Content>, Failure> {
    let is_blank = |piece: &&Piece| matches!(piece, Piece::Words(words) if words.trim().is_empty());
    let mut said = pieces.iter().filter(|piece| !is_blank(piece));
    if let (Some(Piece::Hole(Value::Media(media))), None) = (said.next(), said.next()) {
        return Ok(Some(Content { bytes: media.bytes.to_vec(), mime: media.mime.to_string() }));
    }
    let form = declared.is_some_and(|mime| mime.starts_with("application/x-www-form-urlencoded"));
    let mut text = String::new();
    for piece in pieces {
        match piece {
            Piece::Words(words) => text.push_str(words),
            Piece::Hole(Value::Secret(secret)) => {
                return refuse(
                    format!("the secret {} can't stand in a body", secret.name),
                    "put it into a header",
                );
            }
            Piece::Hole(Value::Media(_)) => {
                return refuse(
                    "a medium stands in a body beside other things",
                    "send it alone, or as JSON: `{json(x)}`",
                );
            }
            Piece::Hole(value) if form => push_encoded(&mut text, &words(value)),
            Piece::Hole(value @ (Value::List(_) | Value::Record(_) | Value::Map(_))) => {
                text.push_str(&json(value).to_string());
            }
            Piece::Hole(value) => text.push_str(&words(value)),
        }
    }
    let text = text.trim_end();
    if text.trim_start().is_empty() {
        return Ok(None);
    }
    let mime = if text.trim_start().starts_with(['{', '[']) {
        "application/json"
    } else {
        "text/plain; charset=utf-8"
    };
    Ok(Some(Content { bytes: text.as_bytes().to_vec(), mime: mime.to_owned() }))
}

/// The arguments of a part without a text.
pub(in crate::backend) fn arguments_as_json(request: &Request) -> Content {
    let arguments = request.arguments.iter().map(|(name, value)| (name.to_string(), json(value)));
    let object = serde_json::Value::Object(arguments.collect());
    Content { bytes: object.to_string().into_bytes(), mime: "application/json".into() }
}
