//! Who plays, as far as it is certain before the run: what they can do, what that does to the world.

use std::sync::Arc;

use super::checker::{Checker, ItemFacts};
use super::fits::find;
use super::record::listed;
use super::{CallError, Callee, Passed};
use crate::base::{Name, Span};
use crate::instrument::{Backend, Class, Opening, Profile};
use crate::resolve::{ItemId, Meaning};
use crate::syntax::ast::{self, ClassWord, ClauseKind, Expr, ExprKind, ItemKind, Prompt, TextPiece};
use crate::types::Type;
use crate::value::{Instrument, Map, Value};

/// An instrument that is known before the run.
pub(super) struct Player {
    /// What plays it.
    pub backend: &'static dyn Backend,
    /// Its settings, as far as they are written out.
    pub instrument: Instrument,
    /// Settings that are parameters of its declaration: known where it is called.
    open: Vec<(Name, Name)>,
}

/// What a part asks of who plays it.
struct Needs {
    word: &'static str,
    because: &'static str,
    span: Span,
    can: fn(&crate::instrument::Abilities) -> bool,
}

impl<'a> Checker<'a> {
    /// Who an expression is, if that is certain. Its calls have been checked.
    pub(super) fn player(&self, expr: &Expr) -> Option<Arc<Player>> {
        match &expr.kind {
            ExprKind::Name(_) | ExprKind::Field { .. } => match self.meaning(expr.id)? {
                Meaning::Item(item) => self.tool_player(item).or_else(|| self.players.get(&item)?.clone()),
                _ => None,
            },
            ExprKind::Call { arguments, .. } => {
                let facts = self.calls.get(expr.id)?;
                match &facts.callee {
                    Callee::Constructor(name, params) => {
                        let backend = *self.backends.get(name)?;
                        let (settings, open) = match *name {
                            "fallback" | "race" | "rotate" | "remember" => {
                                (self.members(params, &facts.passed, arguments)?, Vec::new())
                            }
                            _ => (
                                self.settings(params, &facts.passed, arguments),
                                open(params, &facts.passed, arguments),
                            ),
                        };
                        let name: Arc<str> = Arc::from(*name);
                        let instrument = Instrument { name: name.clone(), constructor: name, settings };
                        Some(Arc::new(Player { backend, instrument, open }))
                    }
                    Callee::Instrument(item) => {
                        let player = self.players.get(item)?.clone()?;
                        Some(self.with_given(player, *item, &facts.passed, arguments))
                    }
                    _ => None,
                }
            }
            _ => None,
        }
    }

    /// The instruments that an instrument is made of, if all are certain.
    fn members(&self, params: &[Name], passed: &[Passed], arguments: &[ast::Argument]) -> Option<Map> {
        let one = |at: &usize| {
            let player = self.player(&arguments.get(*at)?.value)?;
            Some(Value::Instrument(Arc::new(player.instrument.clone())))
        };
        let mut settings = Map::new();
        for (name, passed) in params.iter().zip(passed) {
            let value = match passed {
                Passed::Argument(at) => one(at)?,
                Passed::Rest(all) => Value::list(all.iter().map(one).collect::<Option<Vec<_>>>()?),
                Passed::Piped | Passed::Default => return None,
            };
            settings.insert(name.clone(), value);
        }
        Some(settings)
    }

    fn settings(&self, params: &[Name], passed: &[Passed], arguments: &[ast::Argument]) -> Map {
        let mut settings = Map::new();
        for (name, passed) in params.iter().zip(passed) {
            let value = match passed {
                Passed::Argument(at) => arguments.get(*at).and_then(|argument| self.literal(&argument.value)),
                Passed::Rest(all) => {
                    let values = all.iter().filter_map(|at| self.literal(&arguments.get(*at)?.value));
                    Some(Value::list(values.collect::<Vec<_>>()))
                }
                Passed::Piped | Passed::Default => None,
            };
            if let Some(value) = value {
                settings.insert(name.clone(), value);
            }
        }
        settings
    }

    /// A declared instrument with what it is given.
    fn with_given(
        &self,
        player: Arc<Player>,
        item: ItemId,
        passed: &[Passed],
        arguments: &[ast::Argument],
    ) -> Arc<Player> {
        let declared = self.written(item).map(|written| &written.kind);
        let (false, Some(ItemKind::Instrument(declared))) = (player.open.is_empty(), declared) else {
            return player;
        };
        let mut settings = player.instrument.settings.clone();
        let mut still = Vec::new();
        for (setting, name) in &player.open {
            let params = || declared.params.iter().flatten();
            let Some(at) = params().position(|param| *param.name.name == **name) else { continue };
            let given = match passed.get(at) {
                Some(Passed::Argument(at)) => arguments.get(*at).map(|argument| &argument.value),
                _ => params().nth(at).and_then(|param| param.default.as_ref()),
            };
            match given.map(|given| (self.literal(given), &given.kind)) {
                Some((Some(value), _)) => {
                    settings.insert(setting.clone(), value);
                }
                Some((None, ExprKind::Name(outer))) => still.push((setting.clone(), outer.clone())),
                _ => {}
            }
        }
        let instrument = Instrument { settings, ..player.instrument.clone() };
        Arc::new(Player { backend: player.backend, instrument, open: still })
    }

    /// The same with more settings.
    pub(super) fn with(player: &Player, more: impl IntoIterator<Item = (Name, Value)>) -> Arc<Player> {
        let mut settings = player.instrument.settings.clone();
        settings.extend(more);
        let instrument = Instrument { settings, ..player.instrument.clone() };
        Arc::new(Player { backend: player.backend, instrument, open: player.open.clone() })
    }

    /// Notes who a declared instrument is.
    pub(super) fn remember_player(&mut self, item: ItemId, value: &Expr) {
        let name = self.item_text(item);
        let player = self.player(value).map(|player| {
            let instrument = Instrument { name: Arc::from(&*name), ..player.instrument.clone() };
            Arc::new(Player { backend: player.backend, instrument, open: player.open.clone() })
        });
        self.players.insert(item, player);
    }

    /// What playing this part is, if who plays it is certain.
    pub(super) fn profile(part: &ast::PartItem, player: Option<&Player>) -> Option<Profile> {
        player.map(|player| {
            let (words, has_text) = opening(&part.prompt);
            player.backend.profile(&player.instrument, Opening { words, has_text })
        })
    }

    /// What a part does to the world, if that is certain: the word it says, else what its player does.
    pub(super) fn part_class(part: &ast::PartItem, player: Option<&Player>) -> Option<Class> {
        class_word(part).or_else(|| Self::profile(part, player).map(|profile| profile.class))
    }

    /// Checks that who plays a part can do what it asks.
    pub(super) fn able(&mut self, part: &'a ast::PartItem, player: &Player, by: Option<&'a Expr>) {
        self.plays_tool(part, by);
        let at = by.map(|by| by.span);
        self.acts_once(part, player, at);
        let abilities = player.backend.abilities(&player.instrument);
        let needs = self.needs(part);
        for need in needs {
            if (need.can)(&abilities) {
                continue;
            }
            let able = self.able_ones(need.can);
            let able: Vec<&str> = able.iter().map(String::as_str).collect();
            let verb = if able.len() == 1 { "can" } else { "can, each" };
            let help = match able.as_slice() {
                [] => format!("No instrument of this file can {}. Declare one that can.", need.word),
                _ => format!("Of the instruments of this file, {} {verb}.", listed(&able)),
            };
            self.report(CallError::Unable {
                instrument: player.instrument.name.to_string(),
                need: need.word,
                help: help.into(),
                span: need.span,
                because: need.because,
                player: at,
            });
        }
    }

    /// Whether secrets may stand in the head of what is said to all who may play.
    pub(super) fn takes_secrets(&self, player: &Player) -> bool {
        let mut pending = vec![Arc::new(player.instrument.clone())];
        while let Some(instrument) = pending.pop() {
            let members = members_of(&instrument);
            let backend = self.backends.get(instrument.constructor.as_ref());
            if members.is_empty() && !backend.is_some_and(|backend| backend.takes_secrets()) {
                return false;
            }
            pending.extend(members);
        }
        true
    }

    /// Checks that a part that says a secret is not played by somebody who would read it.
    pub(super) fn is_told_secrets(&mut self, part: &'a ast::PartItem, player: &Player, by: &'a Expr) {
        let is_secret = |hole: &&Expr| self.types.get(hole.id).is_some_and(|ty| *ty.shape() == Type::Secret);
        if holes(&part.prompt).iter().any(is_secret) && !self.takes_secrets(player) {
            self.report(super::ValueError::Secret { how: "told to this instrument", span: by.span });
        }
    }

    /// Checks that no two act where one is to. Persons may race: the question to the slower one is withdrawn.
    fn acts_once(&mut self, part: &ast::PartItem, player: &Player, at: Option<Span>) {
        let (words, has_text) = opening(&part.prompt);
        let opening = Opening { words, has_text };
        let mut racing: Vec<Arc<Instrument>> = Vec::new();
        let mut pending = vec![(Arc::new(player.instrument.clone()), false)];
        while let Some((instrument, raced)) = pending.pop() {
            let members = members_of(&instrument);
            let raced = raced || (instrument.constructor.as_ref() == "race" && members.len() > 1);
            if members.is_empty() && raced {
                racing.push(instrument);
            } else {
                pending.extend(members.into_iter().rev().map(|member| (member, raced)));
            }
        }
        let mut acting = Vec::new();
        for instrument in &racing {
            let Some(backend) = self.backends.get(instrument.constructor.as_ref()) else { continue };
            let profile = backend.profile(instrument, opening);
            if class_word(part).unwrap_or(profile.class) == Class::Acts && !profile.person {
                acting.push(instrument.name.as_ref());
            }
        }
        if let (Some(span), false) = (at, acting.is_empty()) {
            let verb = if acting.len() == 1 { "acts" } else { "act" };
            self.report(CallError::RaceActs { acting: format!("{} {verb}", listed(&acting)), span });
        }
    }

    /// What a part asks: pictures and sounds in its text, pictures and sounds as its answer.
    fn needs(&self, part: &'a ast::PartItem) -> Vec<Needs> {
        let mut needs: Vec<Needs> = Vec::new();
        for hole in holes(&part.prompt) {
            let Some(ty) = self.types.get(hole.id) else { continue };
            let see = Needs {
                word: "see pictures",
                because: "a picture is sent here",
                span: hole.span,
                can: |abilities| abilities.images_in,
            };
            let hear = Needs {
                word: "hear sounds",
                because: "a sound is sent here",
                span: hole.span,
                can: |abilities| abilities.audio_in,
            };
            needs.extend(contains(ty, &Type::Image).then_some(see));
            needs.extend(contains(ty, &Type::Audio).then_some(hear));
        }
        if let Some(span) = super::tools::using(part) {
            needs.push(Needs {
                word: "call tools",
                because: "tools are given here",
                span,
                can: |abilities| abilities.tools,
            });
        }
        let Some(returns) = &part.returns else { return needs };
        let made = part.clauses.iter().any(|clause| matches!(clause.kind, ClauseKind::From(_)));
        let Some(ty) = self.types.get(returns.ty.id).filter(|_| !made) else { return needs };
        let span = returns.ty.span;
        let paint = Needs {
            word: "make pictures",
            because: "a picture is wanted",
            span,
            can: |abilities| abilities.images_out,
        };
        let sing = Needs {
            word: "make sounds",
            because: "a sound is wanted",
            span,
            can: |abilities| abilities.audio_out,
        };
        needs.extend(contains(ty, &Type::Image).then_some(paint));
        needs.extend(contains(ty, &Type::Audio).then_some(sing));
        needs
    }

    /// Declared instruments that can.
    fn able_ones(&self, can: fn(&crate::instrument::Abilities) -> bool) -> Vec<String> {
        let mut able: Vec<(ItemId, String)> = self
            .players
            .iter()
            .filter_map(|(item, player)| {
                let player = player.as_ref()?;
                let plain = matches!(self.facts(*item), ItemFacts::Instrument(None));
                let able = plain && self.is_own(*item) && can(&player.backend.abilities(&player.instrument));
                able.then(|| (*item, player.instrument.name.to_string()))
            })
            .collect();
        able.sort();
        able.into_iter().map(|(_, name)| name).collect()
    }

    /// The part as written.
    pub(super) fn part_item(&self, item: ItemId) -> Option<&'a ast::PartItem> {
        match &self.written(item)?.kind {
            ItemKind::Part(part) => Some(part),
            _ => None,
        }
    }
}

/// The instruments that an instrument is made of.
fn members_of(instrument: &Instrument) -> Vec<Arc<Instrument>> {
    let made_of = ["instruments", "instrument"].into_iter().find_map(|name| instrument.setting(name));
    let all = match made_of {
        Some(Value::List(all)) => all.iter().collect(),
        Some(one) => vec![one],
        None => Vec::new(),
    };
    let instruments = all.into_iter().filter_map(|member| match member {
        Value::Instrument(member) => Some(member.clone()),
        _ => None,
    });
    instruments.collect()
}

/// Settings that are given by a name alone: perhaps that of a parameter.
fn open(params: &[Name], passed: &[Passed], arguments: &[ast::Argument]) -> Vec<(Name, Name)> {
    let named = |passed: &Passed| match passed {
        Passed::Argument(at) => match &arguments.get(*at)?.value.kind {
            ExprKind::Name(name) => Some(name.clone()),
            _ => None,
        },
        _ => None,
    };
    params
        .iter()
        .zip(passed)
        .filter_map(|(setting, passed)| Some((setting.clone(), named(passed)?)))
        .collect()
}

/// The class that a part says it has.
pub(super) fn class_word(part: &ast::PartItem) -> Option<Class> {
    part.clauses.iter().find_map(|clause| match clause.kind {
        ClauseKind::Class(ClassWord::Thinks) => Some(Class::Thinks),
        ClauseKind::Class(ClassWord::Reads) => Some(Class::Reads),
        ClauseKind::Class(ClassWord::Acts) => Some(Class::Acts),
        _ => None,
    })
}

fn contains(ty: &Type, wanted: &Type) -> bool {
    find(ty, |ty| (ty == wanted).then_some(())).is_some()
}

/// The author's first words of what is said last, up to the first hole, and whether anything is said.
fn opening(prompt: &Prompt) -> (&str, bool) {
    let text = match prompt {
        Prompt::None => None,
        Prompt::Text(text) => Some(text),
        Prompt::Roles(roles) => roles.last().map(|(_, _, text)| text),
    };
    let Some(text) = text else { return ("", false) };
    match text.pieces.first() {
        Some(TextPiece::Literal { value, .. }) => (value, true),
        _ => ("", true),
    }
}

/// What stands in the holes of a prompt.
fn holes(prompt: &Prompt) -> Vec<&Expr> {
    let texts: Vec<&ast::Text> = match prompt {
        Prompt::None => Vec::new(),
        Prompt::Text(text) => vec![text],
        Prompt::Roles(roles) => roles.iter().map(|(_, _, text)| text).collect(),
    };
    let pieces = texts.into_iter().flat_map(|text| &text.pieces);
    pieces
        .filter_map(|piece| match piece {
            TextPiece::Hole { value, .. } => Some(&**value),
            TextPiece::Literal { .. } => None,
        })
        .collect()
}
