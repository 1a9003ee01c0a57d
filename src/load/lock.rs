//! `score.lock`: what the servers of MCP instruments offer, as `score update` found it. A server whose
//! command or address is written out in a score is known by that; another one by the instrument.

use std::fmt::Write as _;

use serde_json::{Map, Value, json};
use toml::de::{DeTable, DeValue};

use crate::base::{SourceFile, Span};

use super::UseError;

/// The name of the file, beside the score.
pub const LOCK: &str = "score.lock";

const HEAD: &str = "# What MCP servers offer, as the scores of this folder count on it. Made by `score update`;\n# kept with the scores, and not meant to be edited.\n";

/// What a `score.lock` says.
#[derive(Debug, Clone, Default)]
pub struct Lock {
    /// Its path.
    pub path: String,
    /// The servers.
    pub servers: Vec<LockedServer>,
}

/// A server.
#[derive(Debug, Clone)]
pub struct LockedServer {
    /// How it is known.
    pub key: ServerKey,
    /// What it calls itself.
    pub name: String,
    /// Its version; empty where it says none.
    pub version: String,
    /// Its tools, in its order.
    pub tools: Vec<LockedTool>,
    /// Where it stands.
    pub span: Span,
}

/// How a server is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ServerKey {
    /// By its command or address as it is written out.
    Address(String),
    /// By the instrument, `module.name`: its address is made when the run starts.
    Instrument(String),
}

/// A tool.
#[derive(Debug, Clone, PartialEq)]
pub struct LockedTool {
    /// Its name, as the server has it.
    pub name: String,
    /// What it says of itself; empty if nothing.
    pub description: String,
    /// Whether it says that it only reads.
    pub reads: bool,
    /// Whether it says that calling it once more with the same arguments changes nothing more.
    pub idempotent: bool,
    /// The JSON Schema of its arguments.
    pub input: Value,
    /// The JSON Schema of what it gives, where there is one.
    pub output: Option<Value>,
    /// Where it stands.
    pub span: Span,
}

impl LockedTool {
    /// All of it but its place, to be compared with what the server offers when it is started.
    #[must_use]
    pub fn pin(&self) -> Value {
        let mut pin = json!({ "name": self.name, "description": self.description, "reads": self.reads,
            "input": self.input });
        if let Some(pin) = pin.as_object_mut() {
            if self.idempotent {
                pin.insert("idempotent".into(), true.into());
            }
            pin.extend(self.output.clone().map(|output| ("output".to_owned(), output)));
        }
        pin
    }

    /// The same from what [`Self::pin`] gave.
    #[must_use]
    pub fn unpin(pin: &Value) -> Option<Self> {
        Some(Self {
            name: pin.get("name")?.as_str()?.to_owned(),
            description: pin.get("description")?.as_str()?.to_owned(),
            reads: pin.get("reads")?.as_bool()?,
            idempotent: pin.get("idempotent").and_then(Value::as_bool).unwrap_or(false),
            input: pin.get("input")?.clone(),
            output: pin.get("output").cloned(),
            span: Span::default(),
        })
    }

    /// A hash of all of it, whatever the order of the keys of its schemas.
    #[must_use]
    pub fn hash(&self) -> String {
        blake3::hash(sorted(&self.pin()).to_string().as_bytes()).to_hex()[..32].to_owned()
    }
}

/// The same with the keys of every object in the order of the alphabet.
fn sorted(value: &Value) -> Value {
    match value {
        Value::Object(map) => {
            let mut entries: Vec<(&String, &Value)> = map.iter().collect();
            entries.sort_by_key(|(key, _)| *key);
            Value::Object(
                entries.into_iter().map(|(key, value)| (key.clone(), sorted(value))).collect::<Map<_, _>>(),
            )
        }
        Value::Array(values) => values.iter().map(sorted).collect(),
        other => other.clone(),
    }
}

impl Lock {
    /// The server with this key.
    #[must_use]
    pub fn server(&self, key: &ServerKey) -> Option<&LockedServer> {
        self.servers.iter().find(|server| server.key == *key)
    }

    /// Puts a server in the place of the one with its key, or at the end.
    pub fn put(&mut self, server: LockedServer) {
        match self.servers.iter_mut().find(|known| known.key == server.key) {
            Some(known) => *known = server,
            None => self.servers.push(server),
        }
    }

    /// Its text.
    #[must_use]
    pub fn text(&self) -> String {
        let mut text = String::from(HEAD);
        for server in &self.servers {
            text.push_str("\n[[server]]\n");
            let (key, value) = match &server.key {
                ServerKey::Address(address) => ("address", address),
                ServerKey::Instrument(instrument) => ("instrument", instrument),
            };
            let _ = writeln!(text, "{key} = {}", quoted(value));
            let _ = writeln!(text, "name = {}\nversion = {}", quoted(&server.name), quoted(&server.version));
            for tool in &server.tools {
                text.push_str("\n[[server.tool]]\n");
                let _ = writeln!(text, "name = {}\nhash = {}", quoted(&tool.name), quoted(&tool.hash()));
                let _ = writeln!(text, "description = {}\nreads = {}", quoted(&tool.description), tool.reads);
                if tool.idempotent {
                    text.push_str("idempotent = true\n");
                }
                let _ = writeln!(text, "input = {}", schema_text(&tool.input));
                if let Some(output) = &tool.output {
                    let _ = writeln!(text, "output = {}", schema_text(output));
                }
            }
        }
        text
    }

    /// Notes what a `score.lock` says, and what is wrong with it.
    pub(super) fn read(file: &SourceFile, wrong: &mut Vec<UseError>) -> Self {
        let mut lock = Self { path: file.name.to_string(), ..Self::default() };
        let mut reader = Reader { file, wrong };
        match DeTable::parse(&file.text) {
            Ok(table) => {
                for server in tables(table.get_ref(), "server") {
                    lock.servers.extend(reader.server(server));
                }
            }
            Err(error) => {
                let span = reader.span(error.span().unwrap_or(0..0));
                let reason = error.message().lines().next().unwrap_or_default().to_owned();
                reader.wrong.push(UseError::BadLock { reason: format!("it is no TOML: {reason}"), span });
            }
        }
        lock
    }
}

/// A text in quotes. What JSON escapes, TOML does in the same way, and one letter more.
fn quoted(text: &str) -> String {
    Value::from(text).to_string().replace('\u{7f}', "\\u007F")
}

/// A schema as JSON over several lines.
fn schema_text(schema: &Value) -> String {
    let text = serde_json::to_string_pretty(schema).unwrap_or_default();
    if text.contains("'''") || text.contains('\u{7f}') { quoted(&text) } else { format!("'''\n{text}'''") }
}

type Spanned<'a> = toml::Spanned<DeValue<'a>>;

/// The tables of an array of tables.
fn tables<'t, 'a>(table: &'t DeTable<'a>, key: &str) -> Vec<&'t Spanned<'a>> {
    match table.get(key).map(toml::Spanned::get_ref) {
        Some(DeValue::Array(all)) => all.iter().collect(),
        _ => Vec::new(),
    }
}

fn text(table: &DeTable<'_>, key: &str) -> Option<String> {
    match table.get(key)?.get_ref() {
        DeValue::String(text) => Some(text.to_string()),
        _ => None,
    }
}

struct Reader<'a> {
    file: &'a SourceFile,
    wrong: &'a mut Vec<UseError>,
}

impl Reader<'_> {
    fn span(&self, range: std::ops::Range<usize>) -> Span {
        let at =
            |offset: usize| self.file.start + u32::try_from(offset.min(self.file.text.len())).unwrap_or(0);
        Span::new(at(range.start), at(range.end))
    }

    fn bad(&mut self, reason: impl Into<String>, span: Span) {
        self.wrong.push(UseError::BadLock { reason: reason.into(), span });
    }

    fn server(&mut self, written: &Spanned<'_>) -> Option<LockedServer> {
        let span = self.span(written.span());
        let DeValue::Table(table) = written.get_ref() else {
            self.bad("a `[[server]]` is no table", span);
            return None;
        };
        let key = match (text(table, "address"), text(table, "instrument")) {
            (Some(address), None) => ServerKey::Address(address),
            (None, Some(instrument)) => ServerKey::Instrument(instrument),
            _ => {
                self.bad("a `[[server]]` has one of `address` and `instrument`", span);
                return None;
            }
        };
        let tools = tables(table, "tool").into_iter().filter_map(|tool| self.tool(tool)).collect();
        let name = text(table, "name").unwrap_or_default();
        Some(LockedServer { key, name, version: text(table, "version").unwrap_or_default(), tools, span })
    }

    fn tool(&mut self, written: &Spanned<'_>) -> Option<LockedTool> {
        let span = self.span(written.span());
        let DeValue::Table(table) = written.get_ref() else {
            self.bad("a `[[server.tool]]` is no table", span);
            return None;
        };
        let span = table.get("name").map_or(span, |name| self.span(name.span()));
        let schema = |key: &str| serde_json::from_str::<Value>(&text(table, key)?).ok();
        let flag = |key: &str| match table.get(key).map(toml::Spanned::get_ref) {
            Some(DeValue::Boolean(flag)) => Some(*flag),
            _ => None,
        };
        let tool = (|| {
            Some(LockedTool {
                name: text(table, "name")?,
                description: text(table, "description")?,
                reads: flag("reads")?,
                idempotent: flag("idempotent").unwrap_or(false),
                input: schema("input")?,
                output: match table.contains_key("output") {
                    true => Some(schema("output")?),
                    false => None,
                },
                span,
            })
        })();
        let Some(tool) = tool else {
            self.bad(
                "a tool lacks its `name`, `description`, `reads` or `input`, or has one that can't be read",
                span,
            );
            return None;
        };
        if text(table, "hash").as_deref() != Some(&*tool.hash()) {
            self.bad(format!("the tool `{}` is not as its `hash` says", tool.name), span);
            return None;
        }
        Some(tool)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::SourceMap;

    fn lock() -> Lock {
        let tool = LockedTool {
            name: "look-up".into(),
            description: "Says \"it\"\n\u{7f} 'x'.".into(),
            reads: true,
            idempotent: false,
            input: json!({"type": "object", "properties": {"q": {"type": "string", "pattern": "'''"}}}),
            output: Some(json!({"b": 1, "a": [2]})),
            span: Span::default(),
        };
        let other =
            LockedTool { name: "act".into(), output: None, reads: false, idempotent: true, ..tool.clone() };
        let server = |key, tools| LockedServer {
            key,
            name: "tiny".into(),
            version: "1.0".into(),
            tools,
            span: Span::default(),
        };
        let servers = vec![
            server(ServerKey::Address("node \"x y\"".into()), vec![tool]),
            server(ServerKey::Instrument("report.disk".into()), vec![other]),
        ];
        Lock { path: "score.lock".into(), servers }
    }

    fn read(text: &str) -> (Lock, Vec<UseError>) {
        let mut sources = SourceMap::default();
        let id = sources.add("score.lock", text);
        let mut wrong = Vec::new();
        (Lock::read(sources.file(id), &mut wrong), wrong)
    }

    #[test]
    fn what_is_written_is_read_again() {
        let text = lock().text();
        let (read, wrong) = read(&text);
        assert_eq!(wrong, []);
        assert_eq!(read.text(), text);
        assert_eq!(read.servers[0].tools[0].description, lock().servers[0].tools[0].description);
        assert_eq!((read.servers[0].tools[0].idempotent, read.servers[1].tools[0].idempotent), (false, true));
        assert_eq!(read.servers[1].key, ServerKey::Instrument("report.disk".into()));
    }

    #[test]
    fn an_edited_tool_is_found() {
        let text = lock().text().replace("reads = false", "reads = true");
        let (read, wrong) = read(&text);
        assert!(read.servers[1].tools.is_empty());
        assert!(
            matches!(&wrong[..], [UseError::BadLock { reason, .. }] if reason.contains("`act`")),
            "{wrong:?}"
        );
    }

    #[test]
    fn the_order_of_keys_is_no_change() {
        let one = &lock().servers[0].tools[0];
        let other = LockedTool { output: Some(json!({"a": [2], "b": 1})), ..one.clone() };
        assert_eq!(one.hash(), other.hash());
        assert_ne!(one.hash(), LockedTool { output: Some(json!({"a": [1], "b": 2})), ..one.clone() }.hash());
    }
}
