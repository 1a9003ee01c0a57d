//! Who plays what, as far as it is known before anything runs.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::base::Name;
use crate::instrument::{Backend, Class, Opening, Profile};
use crate::models::Prices;
use crate::plan::{Expr, ExprKind, Part, Plan, Segment, Slot};
use crate::types::Type;
use crate::value::{Callee, Function, Instrument, Map, Record, Secret, Value};

/// What is known of a performance before it starts.
#[derive(Clone, Copy)]
pub struct Casting<'a> {
    /// Every backend.
    pub backends: &'a [&'static dyn Backend],
    /// Other instruments put into the chairs of declared ones (`--with`), by name of the chair.
    pub seats: &'a BTreeMap<String, Arc<Instrument>>,
    /// What models cost.
    pub prices: &'a Prices,
}

/// What is known of a slot's value.
#[derive(Clone, Debug, Default)]
pub(super) struct Fact {
    /// The value, where it is known.
    pub value: Option<Value>,
    /// Who it may be, where it is an instrument.
    pub players: Vec<Arc<Instrument>>,
    /// What it is made from.
    pub from: From,
    /// How many there are at most, where it is a list.
    pub most: Option<u64>,
}

/// How many a type says that there are at most.
pub(super) fn sized(ty: &Type) -> Option<u64> {
    match ty.shape() {
        Type::List(_, size) => size.max,
        _ => None,
    }
}

/// What a value is made from.
#[derive(Clone, Debug, Default)]
pub(super) struct From {
    /// The calls whose answers it is made from, by number.
    pub calls: BTreeSet<u32>,
    /// The parameters of what is outlined that it is made from, by their places.
    pub inputs: BTreeSet<u32>,
}

impl From {
    /// From what these slots' values are made from.
    pub fn of(slots: &[Slot], facts: &[Fact]) -> Self {
        let mut from = Self::default();
        for fact in slots.iter().filter_map(|slot| facts.get(*slot as usize)) {
            from.add(&fact.from);
        }
        from
    }

    pub fn calls(calls: BTreeSet<u32>) -> Self {
        Self { calls, inputs: BTreeSet::new() }
    }

    pub fn add(&mut self, more: &Self) {
        self.calls.extend(&more.calls);
        self.inputs.extend(&more.inputs);
    }
}

/// Looks at expressions without performing anything.
pub(super) struct Look<'a> {
    pub plan: &'a Plan,
    pub casting: Casting<'a>,
}

impl Look<'_> {
    /// The value of an expression, where nothing from outside is needed for it.
    pub fn value(&self, expr: &Expr, facts: &[Fact]) -> Option<Value> {
        match &expr.kind {
            ExprKind::Constant(value) => Some(value.clone()),
            ExprKind::Slot(slot) => facts.get(*slot as usize)?.value.clone(),
            ExprKind::Conform(inner, _) => self.value(inner, facts),
            ExprKind::Text(segments) => {
                let mut text = String::new();
                for segment in segments {
                    match segment {
                        Segment::Words(words) => text.push_str(words),
                        Segment::Hole(hole) => text.push_str(self.value(hole, facts)?.as_text()?),
                    }
                }
                Some(Value::text(&text))
            }
            ExprKind::List(items) => {
                let items: Option<Vec<Value>> = items.iter().map(|item| self.value(item, facts)).collect();
                items.map(Value::list)
            }
            ExprKind::Map(entries) => {
                let entry = |(name, value): &(Name, Expr)| Some((name.clone(), self.value(value, facts)?));
                let entries: Option<Map> = entries.iter().map(entry).collect();
                entries.map(|entries| Value::Map(Arc::new(entries)))
            }
            ExprKind::Record(shape, fields) => {
                let fields: Option<Vec<Value>> =
                    fields.iter().map(|field| self.value(field, facts)).collect();
                Record::new(shape.clone(), fields?).map(|record| Value::Record(Arc::new(record)))
            }
            // What it captures is of no interest here.
            ExprKind::Function(callee @ Callee::Movement(_), _) => {
                Some(Value::Function(Arc::new(Function { callee: *callee, captured: Box::default() })))
            }
            // Known by name only: who reads settings sees that they are there.
            ExprKind::Secret(name) => Some(Value::Secret(Arc::new(Secret::new(&**name, "")))),
            ExprKind::Env(name, _) => Some(Value::text(&format!("${name}"))),
            ExprKind::Construct(..) | ExprKind::Instrument(..) | ExprKind::But(..) => {
                match self.players(expr, facts, true).as_slice() {
                    [one] => Some(Value::Instrument(one.clone())),
                    _ => None,
                }
            }
            _ => None,
        }
    }

    /// The instruments an expression may give, those in it if it is a list; `seated`: with others in their chairs.
    pub fn players(&self, expr: &Expr, facts: &[Fact], seated: bool) -> Vec<Arc<Instrument>> {
        match &expr.kind {
            ExprKind::Slot(slot) => {
                facts.get(*slot as usize).map(|fact| fact.players.clone()).unwrap_or_default()
            }
            ExprKind::Conform(inner, _) | ExprKind::Index(inner, _) | ExprKind::Slice(inner, ..) => {
                self.players(inner, facts, seated)
            }
            ExprKind::List(items) => {
                items.iter().flat_map(|item| self.players(item, facts, seated)).collect()
            }
            ExprKind::Choose(arms) => {
                arms.iter().flat_map(|(_, value)| self.players(value, facts, seated)).collect()
            }
            ExprKind::Coalesce(left, right) => {
                [left, right].iter().flat_map(|side| self.players(side, facts, seated)).collect()
            }
            ExprKind::Construct(name, settings) => vec![Arc::new(self.made(name, name, settings, facts))],
            ExprKind::Instrument(id, arguments) => {
                let Some(declared) = self.plan.instruments.get(id.0 as usize) else { return Vec::new() };
                if seated && let Some(seat) = self.casting.seats.get(&*declared.name) {
                    return vec![Arc::new(Instrument { name: declared.name.clone(), ..(**seat).clone() })];
                }
                let given: Vec<Fact> = arguments.iter().map(|argument| self.fact(argument, facts)).collect();
                match &declared.value.kind {
                    ExprKind::Construct(constructor, settings) => {
                        vec![Arc::new(self.made(&declared.name, constructor, settings, &given))]
                    }
                    _ => self
                        .players(&declared.value, &given, seated)
                        .into_iter()
                        .map(|player| {
                            Arc::new(Instrument { name: declared.name.clone(), ..(*player).clone() })
                        })
                        .collect(),
                }
            }
            // An instrument with more settings: an MCP server that plays as one of its tools.
            ExprKind::But(base, changes) => {
                let changes: Vec<(Name, Value)> = changes
                    .iter()
                    .filter_map(|(name, value)| Some((name.clone(), self.value(value, facts)?)))
                    .collect();
                let mut players = self.players(base, facts, seated);
                for player in &mut players {
                    Arc::make_mut(player).settings.extend(changes.iter().cloned());
                }
                players
            }
            ExprKind::Constant(Value::Instrument(player)) => vec![player.clone()],
            _ => Vec::new(),
        }
    }

    fn made(&self, name: &Name, constructor: &Name, settings: &[(Name, Expr)], facts: &[Fact]) -> Instrument {
        let settings: Map = settings
            .iter()
            .filter_map(|(name, value)| Some((name.clone(), self.value(value, facts)?)))
            .collect();
        Instrument { name: name.clone(), constructor: constructor.clone(), settings }
    }

    /// All that is known of an expression's value.
    pub fn fact(&self, expr: &Expr, facts: &[Fact]) -> Fact {
        let (from, value) = (From::of(&expr.slots(), facts), self.value(expr, facts));
        let most = match &value {
            Some(Value::List(list)) => u64::try_from(list.len()).ok(),
            _ => most(expr, facts),
        };
        Fact { value, players: self.players(expr, facts, true), from, most }
    }

    /// The backend of an instrument.
    pub fn backend(&self, instrument: &Instrument) -> Option<&'static dyn Backend> {
        self.casting.backends.iter().copied().find(|backend| backend.name() == &*instrument.constructor)
    }

    pub fn profile(&self, instrument: &Instrument, part: &Part) -> Option<Profile> {
        self.backend(instrument).map(|backend| backend.profile(instrument, opening(part)))
    }

    /// The class of a part as written, raised by whoever else sits in the chair; `None` where nobody is known.
    pub fn class(
        &self,
        part: &Part,
        declared: &[Arc<Instrument>],
        seated: &[Arc<Instrument>],
    ) -> Option<Class> {
        let strongest = |players: &[Arc<Instrument>], stand_ins: bool| {
            players
                .iter()
                .filter_map(|player| self.profile(player, part))
                .filter(|profile| stand_ins || !profile.stand_in)
                .map(|profile| profile.class)
                .max()
        };
        let written = part.class.or_else(|| strongest(declared, true));
        if declared == seated {
            return written;
        }
        written.max(strongest(seated, false)).or_else(|| strongest(seated, true))
    }
}

/// How many elements an expression's value has at most.
fn most(expr: &Expr, facts: &[Fact]) -> Option<u64> {
    match &expr.kind {
        ExprKind::Slot(slot) => facts.get(*slot as usize)?.most,
        ExprKind::Conform(inner, ty) => [most(inner, facts), sized(ty)].into_iter().flatten().min(),
        ExprKind::List(items) => u64::try_from(items.len()).ok(),
        _ => None,
    }
}

/// What a part looks like to a backend before its values are known.
pub(super) fn opening(part: &Part) -> Opening<'_> {
    Opening { words: &part.opening, has_text: !part.lines.is_empty() }
}
