//! Requests that are made up: roles, media, tools, types and settings in all mixtures.

use std::sync::Arc;

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::{BoxedStrategy, Just, Strategy, any, prop_oneof};
use proptest::sample::select;

use super::{instrument, request, said};
use crate::instrument::{Answer, Memo, Message, Piece, Request, Role, Tool, ToolCall};
use crate::types::{Field, RecordType, Type, notation::ty};
use crate::value::{Media, MediaKind, Value};

/// A constructor and the settings that are made up for it, each with the values that it may have.
#[derive(Clone)]
pub(super) struct Played {
    pub(super) constructor: &'static str,
    pub(super) settings: Vec<(&'static str, Vec<Value>)>,
    /// Media types that it takes in.
    pub(super) takes: &'static [&'static str],
    /// The wanted types; where none are given, all that can be written down.
    pub(super) answers: &'static [&'static str],
    /// Whether it takes tools.
    pub(super) tools: bool,
}

/// A request, and whether the answer is to come bit by bit.
pub(super) type Made = (Request, bool);

const LEAVES: &[&str] = &[
    "text",
    "int",
    "number",
    "bool",
    "date",
    "time",
    "duration",
    "money",
    "json",
    "\"calm\"",
    "(\"calm\" | \"angry\")",
    "(1 | 2)",
    "(int where 0..100)",
    "(number where ..0.5)",
    "(text where len 1..5)",
    "(text where ~ \"^a+$\")",
    "([int] where len 2..)",
    "(text | int)",
    "nothing",
];

fn notation() -> BoxedStrategy<String> {
    let leaf = select(LEAVES).prop_map(str::to_owned);
    let tree = leaf.prop_recursive(3, 12, 4, |inner| {
        prop_oneof![
            inner.clone().prop_map(|inner| format!("[{inner}]")),
            inner.clone().prop_map(|inner| format!("[{inner}; 1..3]")),
            inner.clone().prop_map(|inner| format!("{inner}?")),
            inner.clone().prop_map(|inner| format!("map[{inner}]")),
            vec(inner, 1..4).prop_map(|fields| {
                let field = |(at, ty): (usize, String)| {
                    let default = if at == 1 { " =" } else { "" };
                    format!("f{at}: {ty}{default}")
                };
                let fields: Vec<String> = fields.into_iter().enumerate().map(field).collect();
                format!("{{{}}}", fields.join(", "))
            }),
        ]
    });
    prop_oneof![
        9 => tree,
        1 => Just("Node{value: int, next: Node?}".to_owned()),
        1 => Just("(A{kind: \"a\", of: [A]} | B{kind: \"b\", n: int})".to_owned()),
    ]
    .boxed()
}

fn words() -> impl Strategy<Value = String> {
    prop_oneof![4 => "[a-zA-Z ,.é🌊\"\\\\\n{}<>&]{1,30}", 1 => Just(String::new()), 1 => Just("  ".to_owned())]
}

fn media(takes: &'static [&'static str]) -> impl Strategy<Value = Value> {
    let odd = &["image/tiff", "video/mp4", "application/zip"][..];
    let mime = if takes.is_empty() {
        select(odd).boxed()
    } else {
        prop_oneof![8 => select(takes), 1 => select(odd)].boxed()
    };
    (mime, vec(any::<u8>(), 0..9), option::of("[a-z é]{1,9}\\.[a-z]{3}")).prop_map(
        |(mime, mut bytes, name)| {
            let kind = crate::backend::media::kind(mime);
            if mime.starts_with("text/") {
                bytes = String::from_utf8_lossy(&bytes).into_owned().into_bytes();
            }
            let bytes = Arc::from(bytes);
            Value::Media(Arc::new(Media { kind, mime: mime.into(), name: name.map(Arc::from), bytes }))
        },
    )
}

fn piece(takes: &'static [&'static str]) -> impl Strategy<Value = Piece> {
    prop_oneof![
        4 => words().prop_map(|words| Piece::Words(words.into())),
        1 => any::<i64>().prop_map(|int| Piece::Hole(Value::Int(int))),
        1 => words().prop_map(|words| Piece::Hole(Value::text(&words))),
        2 => media(takes).prop_map(Piece::Hole),
        1 => vec(media(takes), 1..3).prop_map(|media| Piece::Hole(Value::list(media))),
    ]
}

/// What stands before the last question.
fn earlier() -> impl Strategy<Value = Vec<Message>> {
    let worked = (words(), words())
        .prop_map(|(asked, answered)| vec![said(Role::User, &asked), said(Role::Assistant, &answered)]);
    (vec(words(), 0..2), vec(worked, 0..2)).prop_map(|(rules, worked)| {
        let rules = rules.iter().map(|rule| said(Role::System, rule));
        rules.chain(worked.into_iter().flatten()).collect()
    })
}

fn tool(at: usize) -> impl Strategy<Value = Tool> {
    (words(), vec((notation(), words()), 0..4)).prop_map(move |(doc, params)| {
        let field = |(at, (ty_, doc)): (usize, (String, String))| {
            let ty = ty(&ty_);
            let ty = if crate::types::can_be_written(&ty) { ty } else { Type::Text };
            Field { name: format!("p{at}").into(), doc, ty, has_default: at == 2 }
        };
        let params = params.into_iter().enumerate().map(field).collect();
        let name = if at == 0 { "search".to_owned() } else { format!("tool_{at}_ü") };
        Tool { name: name.into(), doc: doc.into(), params: Arc::new(RecordType::anonymous(params)) }
    })
}

/// Turns in which tools are called, and what they gave.
fn talk(memo: &'static str) -> impl Strategy<Value = Vec<Message>> {
    let call =
        (select(&["search", "tool_1_ü", "none"][..]), select(&["{\"p0\":1}", "", "no object", "[1]"][..]));
    let turn = (words(), vec((call, words()), 1..4), any::<bool>());
    vec(turn, 0..3).prop_map(move |turns| {
        let mut messages = Vec::new();
        for (number, (beside, calls, remembers)) in (1..).zip(turns) {
            let call = |(at, ((tool, arguments), gave)): (usize, ((&str, &str), String))| {
                let mut call = ToolCall::new(tool, Answer::Text(arguments.into()));
                call.id = format!("t{number:04}c{:03}", at + 1).into();
                (call, gave)
            };
            let calls: Vec<(ToolCall, String)> = calls.into_iter().enumerate().map(call).collect();
            let memo = (remembers && !memo.is_empty()).then(|| memo.split_once('|').unwrap_or_default());
            let memo = memo.map(|(of, kept)| Memo { of: of.into(), kept: kept.into() });
            let called = calls.iter().map(|(call, _)| call.clone()).collect();
            messages.push(said(Role::Assistant, &beside).with_calls(called).with_memo(memo));
            messages
                .extend(calls.into_iter().map(|(call, gave)| said(Role::Tool, &gave).with_calls(vec![call])));
        }
        messages
    })
}

fn settings(all: &[(&'static str, Vec<Value>)]) -> impl Strategy<Value = Vec<(&'static str, Value)>> + use<> {
    let all: Vec<_> = all
        .iter()
        .map(|(name, values)| {
            let name = *name;
            option::weighted(0.3, select(values.clone())).prop_map(move |value| Some((name, value?)))
        })
        .collect();
    all.prop_map(|chosen| chosen.into_iter().flatten().collect())
}

/// Requests to this player; `memo` is one of its own, `of|kept`.
pub(super) fn requests(played: &Played, memo: &'static str) -> impl Strategy<Value = Made> + use<> {
    let Played { constructor, takes, answers, tools: takes_tools, .. } = *played;
    let tools = (any::<bool>(), tool(0), vec(tool(1), 0..2), talk(memo));
    let tools = tools.prop_map(move |(any, first, more, talk)| {
        let tools: Vec<Tool> = std::iter::once(first).chain(more).collect();
        if any && takes_tools { (tools, talk) } else { (Vec::new(), Vec::new()) }
    });
    let answer =
        if answers.is_empty() { notation() } else { select(answers).prop_map(str::to_owned).boxed() };
    let asked = option::weighted(0.9, (earlier(), vec(piece(takes), 1..4)));
    (settings(&played.settings), answer, asked, tools, any::<bool>()).prop_map(
        move |(settings, answer, asked, (tools, talk), streamed)| {
            let mut all = vec![("model", Value::text("a-model"))];
            all.extend(settings);
            let mut made = request(&instrument(constructor, &all), ty(&answer), "");
            made.messages.clear();
            made.doc = "What it is for.".into();
            made.arguments = vec![("topic".into(), Value::text("tides"))];
            if let Some((earlier, pieces)) = asked {
                made.messages = earlier;
                made.messages.push(Message::new(Role::User, pieces));
            }
            made.tools = tools.into();
            made.messages.extend(talk);
            (made, streamed)
        },
    )
}

/// Whether this medium is of a kind that is made up as odd.
pub(super) fn has_odd_media(request: &Request, takes: &[&str]) -> bool {
    let odd = |value: &Value| match value {
        Value::Media(media) => {
            !takes.contains(&&*media.mime) || media.bytes.is_empty() || media.kind == MediaKind::Video
        }
        _ => false,
    };
    request.messages.iter().flat_map(|message| &message.pieces).any(|piece| match piece {
        Piece::Hole(Value::List(values)) => values.iter().any(odd),
        Piece::Hole(value) => odd(value),
        Piece::Words(_) => false,
    })
}
