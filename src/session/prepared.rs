//! What is entered at a prompt to be performed: made ready, performed, and what is kept of it.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::interactive::{LAST, Refused, Session};
use super::kept::{self, Kept};
use super::planned::given;
use super::prompt::{self, Given};
use super::{Ended, Parsed, Performance, Planned, Problems};
use crate::base::{Name, NodeId, Piece, SourceMap, Span};
use crate::check::widen_literal;
use crate::engine::evaluate::Evaluator;
use crate::load::{OwnPrice, Settings};
use crate::models::Prices;
use crate::plan::{self, MovementId, Outline};
use crate::syntax::ast::StatementKind;
use crate::syntax::lex::{Lexeme, lex};
use crate::types::{NamedTypes, Type};
use crate::value::{Instrument, Value};

/// An entry that is ready to be performed.
pub struct Prepared {
    planned: Planned,
    movement: MovementId,
    arguments: Vec<Value>,
    seats: Vec<(String, Arc<Instrument>)>,
    /// What models cost, where `score.toml` says so.
    prices: Vec<OwnPrice>,
    /// The names that live on, in the order of their values; none for those that are defined again.
    names: Vec<Option<Named>>,
    /// The type of its last line's value; none where that is no value.
    result: Option<Type>,
    /// Names with values that it uses.
    uses: Vec<Name>,
    named: Arc<NamedTypes>,
    warnings: Option<Problems>,
}

/// A name that lives on.
struct Named {
    name: Name,
    ty: Type,
    /// The statement that names it.
    written: Arc<str>,
}

/// What came of an entry.
#[derive(Debug)]
pub struct Outcome {
    /// The value to be shown, with its type and, where it has one, its name; none where there is none.
    pub shown: Option<(Option<Name>, Value, Type)>,
    /// Names that could not be kept, and why.
    pub lost: Vec<(Name, &'static str)>,
}

impl Session {
    /// What an entry uses of the names with values: those whose value is passed, and what is written again for those
    /// that hold functions.
    fn used(&self, text: &str) -> (Vec<Name>, Vec<Piece>) {
        let mut passed: Vec<Name> = Vec::new();
        let mut again: Vec<(usize, Piece)> = Vec::new();
        let mut words: Vec<Name> = names_in(text);
        while let Some(word) = words.pop() {
            let Some((at, name, kept)) = self.kept.get_full(&word) else { continue };
            match &kept.source {
                None if !passed.contains(name) => passed.push(Arc::clone(name)),
                Some((source, uses)) if !again.iter().any(|(known, _)| *known == at) => {
                    let piece = Piece { name: Arc::clone(name), text: Arc::clone(source), first_line: 1 };
                    again.push((at, piece));
                    words.extend(uses.iter().cloned());
                }
                _ => {}
            }
        }
        // What is written again uses only what is older.
        again.sort_by_key(|(at, _)| *at);
        (passed, again.into_iter().map(|(_, piece)| piece).collect())
    }

    /// Makes statements ready to be performed.
    ///
    /// # Errors
    /// If they have errors, or use a value that fits its type no more.
    pub fn prepare(&self, entry: &Piece) -> Result<Prepared, Refused> {
        let (uses, again) = self.used(&entry.text);
        let mut parsed =
            Parsed::with_entries(&*self.files, &self.path, Arc::clone(&self.text), &self.entries);
        let chairs = self.chairs(parsed.settings());
        let prices = parsed.settings().prices.clone();
        for Chair { name, origin, expression } in &chairs {
            parsed.add_instrument(&hidden(name), origin, expression)?;
        }
        let passed = uses.iter().filter_map(|name| Some((name, self.kept.get(name)?)));
        let passed: Vec<Given> =
            passed.map(|(name, kept)| (Arc::clone(name), kept.ty.clone(), Arc::clone(&kept.named))).collect();
        let statements = parsed.add_prompt(entry, self.runs + 1, &again, passed)?;
        let params = parsed.prompt_params();
        let place = parsed.last_place();
        let checked = parsed.check()?;
        let warnings = Some(checked.odd_in(place)).filter(|odd| !odd.is_empty());
        let types: Vec<Type> = params.iter().map(|param| checked.type_of(*param)).collect();
        let result = statements.last().and_then(|last| match &last.kind {
            StatementKind::Expr(expr) => Some(checked.type_of(expr.id)),
            StatementKind::Let { .. } => None,
            _ => Some(Type::Nothing),
        });
        let written = prompt::names(&statements);
        let written = written.into_iter().map(|(node, name, span)| (node, name, span, checked.type_of(node)));
        let written: Vec<(NodeId, Name, Span, Type)> = written.collect();
        let (named, mut instances) = (Arc::clone(&checked.checked.named), checked.checked.instances.clone());
        let planned = checked.plan()?;
        let Some(plan::Prompt { movement, named: nodes }) = planned.plan().prompt.clone() else {
            return Err(Refused::Said(String::from("There is nothing to perform.")));
        };
        let name = |node: &NodeId| {
            let (_, name, span, ty) = written.iter().find(|(own, ..)| own == node)?;
            let written = Arc::from(planned.sources().text(*span));
            Some(Named { name: Arc::clone(name), ty: ty.clone(), written })
        };
        let names = nodes.iter().map(name).collect();
        let outside = given(planned.plan());
        let evaluator = Evaluator::new(planned.plan(), &outside);
        let mut arguments = Vec::new();
        for (name, ty) in uses.iter().zip(&types) {
            let Some(kept) = self.kept.get(name) else { continue };
            let moved = kept::moved(kept, &named, ty, &mut instances, &mut evaluator.conditions());
            let moved = moved.map_err(|why| {
                Refused::Said(format!(
                    "`{name}` keeps a value from before its type changed: {why}. Give it a value again: `let {name} = …`."
                ))
            })?;
            arguments.push(moved);
        }
        let seats = seated(&planned, &chairs)?;
        Ok(Prepared { prices, movement, arguments, seats, names, result, uses, named, warnings, planned })
    }

    /// What an expression, or the movement of this name, would do.
    ///
    /// # Errors
    /// As [`Self::prepare`].
    pub fn outline(&self, entry: &Piece) -> Result<Outline, Refused> {
        let named = |planned: &Planned| planned.movement(Some(entry.text.trim()));
        let movement = named(&self.now).is_some();
        let nothing = Piece { text: Arc::from("nothing"), ..entry.clone() };
        let prepared = self.prepare(if movement { &nothing } else { entry })?;
        let chosen = named(&prepared.planned).filter(|_| movement).unwrap_or(prepared.movement);
        prepared.outline_of(chosen).ok_or_else(|| Refused::Said(String::from("There is nothing to perform.")))
    }

    /// The chairs in which another instrument sits than the declared one: those that were filled here, then those
    /// that `score.toml` fills.
    fn chairs(&self, settings: &Settings) -> Vec<Chair> {
        let here = self.seats.iter().map(|(name, expression)| Chair {
            name: name.clone(),
            origin: format!("<:with {name}>"),
            expression: expression.clone(),
        });
        let mut chairs: Vec<Chair> = here.collect();
        for setting in &settings.instruments {
            let declared = self.now.plan().instruments.iter().any(|one| *one.name == *setting.name);
            if declared && !chairs.iter().any(|chair| chair.name == setting.name) {
                chairs.push(Chair {
                    name: setting.name.clone(),
                    origin: format!("<{}, [instruments] {}>", settings.path, setting.name),
                    expression: setting.value.clone(),
                });
            }
        }
        chairs
    }

    /// A performance of an entry.
    pub fn performance(&mut self, prepared: &Prepared) -> Performance {
        self.runs += 1;
        let mut performance = Performance::new(&prepared.planned, prepared.movement);
        performance.arguments(prepared.arguments.clone());
        performance.prices(prepared.prices.clone());
        performance.rehearse(self.rehearsal);
        for (chair, instrument) in &prepared.seats {
            performance.seat(chair, Arc::clone(instrument));
        }
        performance.folder(self.folder());
        performance.in_run(format!("{:x}-{}", started(), self.runs));
        if let (false, Some(purse)) = (self.rehearsal, self.purse) {
            performance.budget(purse.left());
        }
        if !self.rehearsal {
            performance.cache(Arc::clone(&self.cache));
            performance.memories(Arc::clone(&self.memories));
        }
        performance
    }

    /// Keeps what an entry gave. `called` says whether anything was called for it.
    pub fn keep(&mut self, prepared: Prepared, ended: &Ended, called: bool) -> Outcome {
        let Ended::Done(Value::List(values)) = ended else {
            return Outcome { shown: None, lost: Vec::new() };
        };
        let mut lost = Vec::new();
        let mut shown = None;
        for (named, value) in prepared.names.iter().zip(values.iter()) {
            let Some(named) = named else { continue };
            shown = Some((Some(Arc::clone(&named.name)), value.clone(), named.ty.clone()));
            let mut source = None;
            if kept::holds_function(value) {
                if called {
                    lost.push((Arc::clone(&named.name), CALLED));
                    continue;
                }
                let uses = names_in(&named.written).into_iter().filter(|name| self.kept.contains_key(name));
                source =
                    Some((Arc::clone(&named.written), uses.filter(|name| *name != named.name).collect()));
            }
            for user in self.forget(&named.name) {
                lost.push((user, USED));
            }
            self.hold(&named.name, named.ty.clone(), value, &prepared.named, source);
        }
        if let (Some(ty), Some(value)) = (&prepared.result, values.last()) {
            let ty = ty.clone();
            shown = (ty != Type::Nothing && ty != Type::Never).then(|| (None, value.clone(), ty));
        }
        if let Some((_, value, ty)) = &shown
            && !kept::holds_function(value)
        {
            for user in self.forget(&Name::from(LAST)) {
                lost.push((user, USED));
            }
            self.hold(&Name::from(LAST), ty.clone(), value, &prepared.named, None);
        }
        // A literal is shown as what it is one of.
        let shown = shown.map(|(name, value, ty)| (name, value, shown_type(&ty)));
        Outcome { shown, lost }
    }

    fn hold(
        &mut self,
        name: &Name,
        ty: Type,
        value: &Value,
        named: &Arc<NamedTypes>,
        source: Option<(Arc<str>, Vec<Name>)>,
    ) {
        let kept = Kept { ty, value: value.clone(), named: Arc::clone(named), source };
        self.kept.insert(Arc::clone(name), kept);
    }
}

const CALLED: &str =
    "it holds a small function, and something was called for it: name the function in an entry of its own";

const USED: &str = "it used a value whose name means another one now";

impl Prepared {
    /// The type of its value; `nothing` where it gives none.
    #[must_use]
    pub fn ty(&self) -> Type {
        match &self.result {
            Some(ty) => shown_type(ty),
            None => self.names.iter().flatten().last().map_or(Type::Nothing, |named| shown_type(&named.ty)),
        }
    }

    /// The texts that its spans point into.
    #[must_use]
    pub fn sources(&self) -> &SourceMap {
        self.planned.sources()
    }

    /// The names with values that it uses.
    #[must_use]
    pub fn uses(&self) -> &[Name] {
        &self.uses
    }

    /// The names that live on, in the order of their values; none for those that are defined again.
    pub fn names(&self) -> impl Iterator<Item = Option<&Name>> {
        self.names.iter().map(|named| named.as_ref().map(|named| &named.name))
    }

    /// Whether its last line is a value.
    #[must_use]
    pub const fn gives_result(&self) -> bool {
        self.result.is_some()
    }

    /// What it would do.
    #[must_use]
    pub fn outline(&self) -> Option<Outline> {
        self.outline_of(self.movement)
    }

    fn outline_of(&self, movement: MovementId) -> Option<Outline> {
        let seats: BTreeMap<String, Arc<Instrument>> = self.seats.iter().cloned().collect();
        let prices = Prices::new(self.prices.clone());
        let casting = plan::Casting { backends: crate::backend::all(), seats: &seats, prices: &prices };
        Outline::of(self.planned.plan(), movement, casting, self.sources())
    }

    /// What is odd in it, once.
    pub fn take_warnings(&mut self) -> Option<Problems> {
        self.warnings.take()
    }
}

/// A type as it is shown of a value: a literal as what it is one of.
fn shown_type(ty: &Type) -> Type {
    match ty {
        Type::List(element, size) => Type::List(Arc::new(shown_type(element)), *size),
        Type::Optional(inner) => shown_type(inner).optional(),
        other => widen_literal(other),
    }
}

/// When the process began to hold sessions, in nanoseconds: tells the runs of one session from those of another.
fn started() -> u128 {
    static STARTED: std::sync::OnceLock<u128> = std::sync::OnceLock::new();
    *STARTED.get_or_init(|| {
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
        since.map_or(0, |since| since.as_nanos()) ^ u128::from(std::process::id()).rotate_left(64)
    })
}

/// The words of a text that may be names.
fn names_in(text: &str) -> Vec<Name> {
    let words = lex(text).into_iter().filter(|token| matches!(token.kind, Lexeme::Name | Lexeme::Callee));
    words.map(|token| Name::from(&text[token.range])).collect()
}

/// A chair in which another instrument sits.
struct Chair {
    name: String,
    /// Where that was said, as a source.
    origin: String,
    expression: String,
}

/// Who sits in which chair, as values of this plan.
fn seated(planned: &Planned, chairs: &[Chair]) -> Result<Vec<(String, Arc<Instrument>)>, Refused> {
    let outside = given(planned.plan());
    let mut seats = Vec::new();
    for chair in chairs {
        match planned.instrument(&hidden(&chair.name), &outside) {
            Some(Ok(Value::Instrument(instrument))) => seats.push((chair.name.clone(), instrument)),
            Some(Err(failed)) => {
                return Err(Refused::Said(format!(
                    "The chair of `{}`: {}",
                    chair.name, failed.failure.message
                )));
            }
            _ => {}
        }
    }
    Ok(seats)
}

/// The name of the instrument that sits in a chair: none that a score could write.
fn hidden(chair: &str) -> String {
    format!(":with {chair}")
}
