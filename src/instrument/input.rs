//! What decides an answer, as one hash: how a call is found again when the program around it has changed, in
//! a journal and in a cache.

use std::fmt;

use crate::types::json_schema_text;
use crate::value::{Value, feed};

use super::{Answer, Message, Piece, Request, Tool};

/// Constructors that only the language itself uses: their instruments perform the builtins that see or change
/// the world, and the name of the part says which. A score can't name them.
pub const WORLD: &[&str] = &["files", "clock", "random", "prompts"];

/// Settings that say when and how often an instrument is asked and what that costs, not what it answers.
const MANNERS: &[&str] = &["at_once", "per_minute", "timeout", "price", "idempotent"];

/// A hash of all that decides what a call is answered, and of nothing else.
///
/// In it: who plays (constructor and settings; of a secret its name), what is said with the values in the holes,
/// earlier tries and turns included, the arguments of a part without a text and its documentation, the type that
/// is wanted, tools, choices, `prefill`, `stdin`, the file that is made. Not in it: names of parts, movements
/// and declared instruments, where the call stands, which try it is, limits, what it costs.
///
/// A small function among the settings of a stand-in counts by its number in the plan: only within one plan.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct InputHash(pub u128);

impl fmt::Display for InputHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", self.0)
    }
}

impl fmt::Debug for InputHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Request {
    /// The hash of what decides its answer. Stable over processes, machines and edits elsewhere.
    #[must_use]
    pub fn input_hash(&self) -> InputHash {
        let mut input = Input(Vec::with_capacity(1_024));
        input.text("score/input/1");
        input.player(self);
        input.list(&merged(&self.messages), Input::message);
        if self.has_no_text() {
            input.text(&self.doc);
            input.list(&self.arguments, |input, (name, value)| {
                input.text(name);
                input.value(value);
            });
        }
        input.text(&self.answer.to_string());
        input.text(&json_schema_text(&self.answer));
        input.list(&self.tools, Input::tool);
        input.maybe(self.choices.as_deref(), |input, choices| input.list(choices, Input::value));
        input.maybe(self.made.as_deref(), Input::text);
        input.maybe(self.stdin.as_ref(), Input::value);
        input.maybe(self.prefill.as_ref(), Input::value);
        let mut half = [0; 16];
        half.copy_from_slice(&blake3::hash(&input.0).as_bytes()[..16]);
        InputHash(u128::from_le_bytes(half))
    }
}

/// Messages with their words run together: where one piece of the author's words ends is of no interest.
fn merged(messages: &[Message]) -> Vec<Message> {
    let merge = |message: &Message| {
        let mut pieces: Vec<Piece> = Vec::with_capacity(message.pieces.len());
        for piece in &message.pieces {
            match (pieces.last_mut(), piece) {
                (_, Piece::Words(words)) if words.is_empty() => {}
                (Some(Piece::Words(before)), Piece::Words(words)) => {
                    *before = format!("{before}{words}").into()
                }
                _ => pieces.push(piece.clone()),
            }
        }
        Message { role: message.role, pieces, calls: message.calls.clone(), memo: message.memo.clone() }
    };
    messages.iter().map(merge).collect()
}

/// What is fed, each piece behind its length or its mark, so that no two inputs read the same.
struct Input(Vec<u8>);

impl Input {
    fn number(&mut self, number: usize) {
        self.0.extend_from_slice(&(number as u64).to_le_bytes());
    }

    fn text(&mut self, text: &str) {
        self.number(text.len());
        self.0.extend_from_slice(text.as_bytes());
    }

    fn value(&mut self, value: &Value) {
        feed(&mut self.0, value);
    }

    fn list<T>(&mut self, all: &[T], one: impl Fn(&mut Self, &T)) {
        self.number(all.len());
        for each in all {
            one(self, each);
        }
    }

    fn maybe<T: ?Sized>(&mut self, given: Option<&T>, one: impl Fn(&mut Self, &T)) {
        self.number(usize::from(given.is_some()));
        if let Some(given) = given {
            one(self, given);
        }
    }

    fn player(&mut self, request: &Request) {
        let instrument = &request.instrument;
        self.text(&instrument.constructor);
        self.text(if WORLD.contains(&&*instrument.constructor) { &request.part } else { "" });
        let said = |(name, value): &(&std::sync::Arc<str>, &Value)| {
            !MANNERS.contains(&&***name) && **value != Value::Nothing
        };
        let settings: Vec<_> = instrument.settings.iter().filter(said).collect();
        self.list(&settings, |input, (name, value)| {
            input.text(name);
            input.value(value);
        });
    }

    /// Ids of calls tell them apart in one conversation only: where they stand says as much.
    fn message(&mut self, message: &Message) {
        self.number(message.role as usize);
        self.list(&message.pieces, |input, piece| match piece {
            Piece::Words(words) => {
                input.number(0);
                input.text(words);
            }
            Piece::Hole(value) => {
                input.number(1);
                input.value(value);
            }
        });
        self.list(&message.calls, |input, call| {
            input.text(&call.tool);
            match &call.arguments {
                Answer::Text(text) => {
                    input.number(0);
                    input.text(text);
                }
                Answer::Value(value) => {
                    input.number(1);
                    input.value(value);
                }
            }
        });
    }

    fn tool(&mut self, tool: &Tool) {
        self.text(&tool.name);
        self.text(&tool.doc);
        self.text(&json_schema_text(&tool.arguments()));
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::InputHash;
    use crate::base::Name;
    use crate::instrument::{Answer, CallId, Class, Message, Piece, Request, Role, Tool, ToolCall};
    use crate::types::{Field, RecordType, Type};
    use crate::value::{Instrument, Map, Media, MediaKind, Secret, Value};

    fn instrument(constructor: &str, settings: &[(&str, Value)]) -> Arc<Instrument> {
        let settings: Map = settings.iter().map(|(name, value)| (Name::from(*name), value.clone())).collect();
        Arc::new(Instrument { name: "writer".into(), constructor: constructor.into(), settings })
    }

    fn request() -> Request {
        let model = ("model", Value::text("small"));
        let key = ("key", Value::Secret(Arc::new(Secret::new("KEY", "one"))));
        let pieces = vec![Piece::Words("About ".into()), Piece::Hole(Value::text("tides"))];
        Request {
            call: CallId(1),
            path: "main/draft".into(),
            instrument: instrument("openai", &[model, key]),
            part: "draft".into(),
            doc: "".into(),
            messages: vec![Message::new(Role::User, pieces)],
            tools: Arc::from([]),
            arguments: vec![("topic".into(), Value::text("tides"))],
            answer: Type::Text,
            choices: None,
            made: None,
            stdin: None,
            prefill: None,
            attempt: 0,
            fresh: false,
            class: Class::Thinks,
            within: None,
            longest: None,
            ensures: None,
            idempotency_key: "".into(),
        }
    }

    fn changed(change: impl FnOnce(&mut Request)) -> InputHash {
        let mut request = request();
        change(&mut request);
        request.input_hash()
    }

    fn tool(doc: &str, ty: Type) -> Arc<[Tool]> {
        let field = Field { name: "query".into(), doc: String::new(), ty, has_default: false };
        let params = Arc::new(RecordType::anonymous(vec![field]));
        [Tool { name: "search".into(), doc: doc.into(), params }].into()
    }

    fn turn(id: &str, arguments: Answer) -> Message {
        let call = ToolCall { id: id.into(), tool: "search".into(), arguments };
        Message::words(Role::Assistant, "").with_calls(vec![call])
    }

    #[test]
    fn what_does_not_decide_the_answer_changes_nothing() {
        let same = request().input_hash();
        let settings = [
            ("model", Value::text("small")),
            ("key", Value::Secret(Arc::new(Secret::new("KEY", "another")))),
            ("persona", Value::Nothing),
            ("timeout", Value::Duration(5)),
            ("at_once", Value::Int(2)),
        ];
        let other = Arc::new(Instrument {
            name: "author".into(),
            constructor: "openai".into(),
            settings: settings.into_iter().map(|(name, value)| (name.into(), value)).collect(),
        });
        assert_eq!(changed(|request| request.instrument = other), same);
        let elsewhere = changed(|request| {
            request.call = CallId(2);
            request.path = "other/sketch".into();
            request.part = "sketch".into();
            request.attempt = 1;
            request.fresh = true;
            request.class = Class::Reads;
            request.within = Some(5);
            request.idempotency_key = "k".into();
            request.doc = "Of a part with a text nobody is told it.".into();
            request.arguments = vec![("subject".into(), Value::text("tides"))];
        });
        assert_eq!(elsewhere, same);
        let split = changed(|request| {
            let words = [Piece::Words("Abo".into()), Piece::Words("".into()), Piece::Words("ut ".into())];
            request.messages[0].pieces.splice(..1, words);
        });
        assert_eq!(split, same);
        let talk = |id: &str| changed(|request| request.messages.push(turn(id, Answer::Text("{}".into()))));
        assert_eq!(talk("aaaaaaaaa"), talk("bbbbbbbbb"));
    }

    #[test]
    fn what_decides_the_answer_tells_calls_apart() {
        let picture = |bytes: &[u8]| {
            let media =
                Media { kind: MediaKind::Image, mime: "image/png".into(), name: None, bytes: bytes.into() };
            Value::Media(Arc::new(media))
        };
        let said = |piece: Piece| changed(|request| request.messages[0].pieces.push(piece));
        let silent = |doc: &str, value: i64| {
            changed(|request| {
                request.messages.clear();
                request.doc = doc.into();
                request.arguments = vec![("n".into(), Value::Int(value))];
            })
        };
        let hashes = [
            request().input_hash(),
            changed(|request| request.instrument = instrument("openai", &[("model", Value::text("large"))])),
            changed(|request| request.instrument = instrument("local", &[("model", Value::text("small"))])),
            changed(|request| request.messages[0].role = Role::System),
            changed(|request| request.messages[0].pieces = vec![Piece::Words("About tides".into())]),
            said(Piece::Words("Be short.".into())),
            said(Piece::Hole(Value::Int(3))),
            said(Piece::Hole(Value::text("3"))),
            said(Piece::Hole(picture(b"a"))),
            said(Piece::Hole(picture(b"b"))),
            changed(|request| request.messages.push(Message::words(Role::User, ""))),
            changed(|request| request.messages.push(turn("", Answer::Text("{}".into())))),
            changed(|request| request.messages.push(turn("", Answer::Value(Value::Nothing)))),
            silent("", 1),
            silent("", 2),
            silent("Draws.", 2),
            changed(|request| request.answer = Type::Int),
            changed(|request| request.answer = Type::Int.optional()),
            changed(|request| request.answer = Type::Image),
            changed(|request| request.answer = Type::Audio),
            changed(|request| request.tools = tool("", Type::Text)),
            changed(|request| request.tools = tool("Finds.", Type::Text)),
            changed(|request| request.tools = tool("", Type::Int)),
            changed(|request| request.choices = Some(Arc::from([]))),
            changed(|request| request.choices = Some([Value::Int(1)].into())),
            changed(|request| request.made = Some("out.mp3".into())),
            changed(|request| request.stdin = Some(Value::text("x"))),
            changed(|request| request.prefill = Some(Value::text("x"))),
        ];
        for (at, one) in hashes.iter().enumerate() {
            assert_eq!(hashes.iter().position(|other| other == one), Some(at), "number {at} is not alone");
        }
    }

    #[test]
    fn builtins_of_the_world_are_told_apart_by_their_name() {
        let asks = |constructor: &str, part: &str| {
            changed(|request| {
                request.instrument = instrument(constructor, &[]);
                request.part = part.into();
                request.messages.clear();
            })
        };
        assert_ne!(asks("files", "read"), asks("files", "write"));
        assert_eq!(asks("webhook", "post"), asks("webhook", "publish"));
    }

    /// What is written down by one version is looked up by the next.
    #[test]
    fn it_stays_the_same() {
        assert_eq!(request().input_hash().to_string(), "83a0c4dd446c552f86025237d400f2ba");
    }
}
