//! What is said, in turns, as every protocol needs it.

use std::borrow::Cow;
use std::sync::Arc;

use crate::backend::said::{Part, parts, read};
use crate::instrument::{Failure, FailureKind, Memo, Message, Piece, Request, Role, ToolCall};
use crate::value::Media;

/// One turn.
pub(in crate::backend) struct Turn<'a> {
    pub(in crate::backend) role: Role,
    pub(in crate::backend) said: Vec<Said<'a>>,
    /// What the provider wants to see again with it.
    pub(in crate::backend) memo: Option<&'a Memo>,
}

/// A piece of a turn.
pub(in crate::backend) enum Said<'a> {
    Words(Cow<'a, str>),
    Media(Arc<Media>),
    /// A tool is called.
    Call(&'a ToolCall),
    /// What the call of a tool gave.
    Gave(&'a ToolCall, Cow<'a, str>),
}

impl<'a> Turn<'a> {
    fn words(role: Role, words: impl Into<Cow<'a, str>>) -> Self {
        Self { role, said: vec![Said::Words(words.into())], memo: None }
    }

    /// All its words, without anything else.
    pub(in crate::backend) fn flat(&self) -> Cow<'a, str> {
        let mut flat: Cow<'a, str> = Cow::Borrowed("");
        for said in &self.said {
            if let Said::Words(words) = said {
                if flat.is_empty() {
                    flat = words.clone();
                } else {
                    flat.to_mut().push_str(words);
                }
            }
        }
        flat
    }
}

/// The turns of a request: the persona before everything else, `told` at the end of what was asked last. A part
/// without a text says its arguments.
pub(in crate::backend) fn conversation<'a>(
    request: &'a Request,
    persona: Option<&'a str>,
    told: Option<&str>,
) -> Vec<Turn<'a>> {
    let mut turns = Vec::with_capacity(request.messages.len() + 2);
    let mut messages = request.messages.as_slice();
    if let Some(persona) = persona {
        // Some models take one system message only.
        let words = match messages.split_first() {
            Some((first, rest)) if first.role == Role::System => {
                messages = rest;
                Cow::Owned(format!("{persona}\n\n{}", turn(first).flat()))
            }
            _ => Cow::Borrowed(persona),
        };
        turns.push(Turn::words(Role::System, words));
    }
    turns.extend(messages.iter().map(turn));
    if request.has_no_text() {
        let first = turns.iter().take_while(|turn| turn.role == Role::System).count();
        turns.insert(first, Turn::words(Role::User, arguments(request)));
    }
    let asked = turns.iter_mut().rev().find(|turn| turn.role == Role::User);
    if let (Some(told), Some(asked)) = (told, asked) {
        match asked.said.last_mut() {
            Some(Said::Words(words)) => words.to_mut().push_str(told),
            _ => asked.said.push(Said::Words(Cow::Owned(told.trim_start().to_owned()))),
        }
    }
    turns
}

/// What a part without a text says.
fn arguments(request: &Request) -> String {
    let mut said = request.doc.trim().to_owned();
    for (name, value) in &request.arguments {
        if !said.is_empty() {
            said.push('\n');
        }
        said.push_str(&format!("{name}: {}", read(value)));
    }
    said
}

fn turn(message: &Message) -> Turn<'_> {
    let words = || -> Vec<Said<'_>> {
        if let [Piece::Words(said)] = message.pieces.as_slice() {
            return vec![Said::Words(Cow::Borrowed(said))];
        }
        let parts = parts(&message.pieces).into_iter().map(|part| match part {
            Part::Words(words) => Said::Words(Cow::Owned(words)),
            Part::Media(media) => Said::Media(media),
        });
        parts.collect()
    };
    let said = match (message.role, message.calls.as_slice()) {
        (Role::Tool, [call]) => {
            let gave = Turn { role: Role::Tool, said: words(), memo: None }.flat();
            vec![Said::Gave(call, gave)]
        }
        (_, calls) => words().into_iter().chain(calls.iter().map(Said::Call)).collect(),
    };
    Turn { role: message.role, said, memo: message.memo.as_ref() }
}

/// The rules of the house, apart from the turns that follow, for protocols that have them apart. Where nothing but
/// rules is said, the last of them is what is asked.
///
/// # Errors
/// If nothing is said at all.
pub(in crate::backend) fn without_system(
    turns: Vec<Turn<'_>>,
) -> Result<(Option<String>, Vec<Turn<'_>>), Failure> {
    let (mut rules, mut turns): (Vec<_>, Vec<_>) =
        turns.into_iter().partition(|turn| turn.role == Role::System);
    if turns.is_empty()
        && let Some(mut last) = rules.pop()
    {
        last.role = Role::User;
        turns.push(last);
    }
    must_say(&turns)?;
    let rules: Vec<_> = rules.iter().map(Turn::flat).filter(|rule| !rule.trim().is_empty()).collect();
    Ok(((!rules.is_empty()).then(|| rules.join("\n\n")), turns))
}

/// Sees that something is said in a conversation.
pub(in crate::backend) fn must_say(turns: &[Turn<'_>]) -> Result<(), Failure> {
    let silent = |said: &Said<'_>| matches!(said, Said::Words(words) if words.trim().is_empty());
    if turns.iter().all(|turn| turn.said.iter().all(silent)) {
        let message = "the part says nothing, and a model must be asked something";
        return Err(Failure::new(FailureKind::InvalidRequest, message)
            .with_help("give the part a text, or look at what stands in its holes"));
    }
    Ok(())
}

/// The turns with those of one side put together, for protocols in which the sides take turns. What tools gave is of
/// the side that asks, and stands first in it. Words that are empty are left out, and turns that say nothing.
pub(in crate::backend) fn merged(turns: Vec<Turn<'_>>) -> Vec<Turn<'_>> {
    let mut merged: Vec<Turn<'_>> = Vec::with_capacity(turns.len());
    for mut turn in turns {
        if turn.role == Role::Tool {
            turn.role = Role::User;
        }
        turn.said.retain(|said| !matches!(said, Said::Words(words) if words.trim().is_empty()));
        match merged.last_mut() {
            _ if turn.said.is_empty() => {}
            Some(last) if last.role == turn.role && turn.memo.is_none() => last.said.append(&mut turn.said),
            _ => merged.push(turn),
        }
    }
    merged
}
