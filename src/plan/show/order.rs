//! One call: who plays it, how often it is tried, what it waits for and why.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::casting::{Fact, From, sized};
use super::cost::Takes;
use super::count::{Counts, Most};
use super::survey::{Around, Made, Survey, fact};
use super::{Call, Numbers, Unpriced, Wait, Why};
use crate::base::Name;
use crate::instrument::Class;
use crate::plan::{self, Expr, Mark, Node, Part, Slot, Target};
use crate::types::Type;
use crate::value::{Instrument, Value};

/// How many more tries a part has where it doesn't say.
const RETRIES: u64 = 2;

/// Why what acts waits.
const ACTS: &str = "it acts: all above must be over";

/// How far back it is looked for what `together` could stand around.
const FARTHEST: usize = 50;

/// Who plays a call, and how.
struct Seat {
    label: String,
    /// Which tool of a server that is.
    tool: Option<String>,
    class: Option<Class>,
    remembers: bool,
    tries: u64,
    /// How many are asked.
    voices: u64,
    /// What one play takes at most.
    takes: Takes,
    /// Of whom nobody knows what they cost.
    unpriced: Vec<String>,
}

fn marked_as(marked: &[(Name, Mark)], wanted: Mark) -> Vec<String> {
    marked.iter().filter(|(_, mark)| *mark == wanted).map(|(name, _)| name.to_string()).collect()
}

impl Seat {
    /// One that costs nothing.
    fn free(label: String, class: Option<Class>) -> Self {
        let takes = Takes::NOTHING;
        Self { label, tool: None, class, remembers: false, tries: 1, voices: 1, takes, unpriced: Vec::new() }
    }
}

impl Survey<'_> {
    /// A call: what is shown of it, how often it happens, what is known of its answer.
    pub(super) fn call(
        &mut self,
        node: &Node,
        call: &plan::Call,
        facts: &[Fact],
        around: &Around,
    ) -> (Call, Counts, Fact) {
        let number = self.next_number();
        let plan = self.plan;
        let (mut turns, mut marked, mut most) = (None, &[][..], None);
        let (part, seat) = match &call.target {
            Target::World { instrument, builtin, class } => {
                self.power(instrument, builtin, *class);
                let label = (*instrument).to_owned();
                ((*builtin).to_owned(), Seat::free(label, Some(*class)))
            }
            Target::Part(id) => match plan.parts.get(id.0 as usize) {
                Some(part) => {
                    turns = self.turns(part, call, facts);
                    (marked, most) = (&part.marked, sized(&part.returns));
                    let mut seat = self.seat(part, call, facts);
                    // It waits for what its strongest tool must wait for.
                    seat.class = self.class_with_tools(seat.class, part, call, facts, around);
                    (part.name.to_string(), seat)
                }
                None => (String::new(), Seat::free(String::new(), None)),
            },
        };
        let mut waits = Vec::new();
        let From { calls: used, inputs } = From::of(&node.ins, facts);
        if !used.is_empty() {
            let on = used.iter().copied().collect();
            waits.push(Wait { why: Why::Value, on, text: "it uses what they give".to_owned() });
        }
        // What decides whether it is made goes without saying where its answers are used anyway.
        let said = |wait: &&Wait| wait.why != Why::Chosen || !wait.on.iter().all(|on| used.contains(&on));
        waits.extend(around.waits.iter().filter(said).cloned());
        waits.extend(self.order(&seat, around));
        waits.sort_by_key(|wait| wait.why);
        let uses: BTreeSet<u32> = waits
            .iter()
            .filter(|wait| matches!(wait.why, Why::Value | Why::Chosen | Why::Guard))
            .flat_map(|wait| wait.on.iter())
            .collect();
        let hint = self.hint(number, &seat, &uses, around);
        let plays = Most::of(seat.tries.saturating_mul(seat.voices));
        let plays = turns.as_ref().map_or(plays.clone(), |turns| plays.plus(turns));
        let shown = Call {
            number,
            path: format!("{}/{}", around.path, node.name),
            part,
            player: seat.label.clone(),
            tool: seat.tool,
            class: seat.class.map(Class::word),
            tries: seat.tries,
            turns,
            line: self.pages.line(node.span),
            inputs: self.names_of(&inputs),
            control: marked_as(marked, Mark::Control),
            content: marked_as(marked, Mark::Content),
            waits,
            hint,
        };
        let counts = Counts::call(seat.label.clone(), plays, seat.takes);
        if !seat.unpriced.is_empty() {
            let limited = self.limits > 0 || self.own_limit(call, facts).is_some();
            let (path, line) = (shown.path.clone(), shown.line);
            self.unpriced.push(Unpriced { number, path, players: seat.unpriced, line, limited });
        }
        self.calls.push(Made { class: seat.class, body: around.body, uses, player: seat.label });
        (shown, counts, Fact { from: From::calls(BTreeSet::from([number])), most, ..Fact::default() })
    }

    fn power(&mut self, instrument: &str, builtin: &str, class: Class) {
        if instrument == "files" {
            let word = if class == Class::Acts { "writes" } else { "reads" };
            self.needs.powers.insert(format!("{word} files (`{builtin}`)"));
        }
    }

    fn seat(&mut self, part: &Part, call: &plan::Call, facts: &[Fact]) -> Seat {
        let arguments: Vec<Fact> = call.arguments.iter().map(|slot| fact(facts, *slot)).collect();
        // A part that is a tool has nobody named at its call.
        let by = call.by.filter(|by| fact(facts, *by).value != Some(Value::Nothing));
        let (declared, seated) = match (by, &part.player) {
            (Some(by), _) => {
                let players = fact(facts, by).players;
                (players.clone(), players)
            }
            (None, Some(player)) => {
                self.needs.expression(self.plan, player);
                (self.look.players(player, &arguments, false), self.look.players(player, &arguments, true))
            }
            (None, None) => (Vec::new(), Vec::new()),
        };
        self.part_needs(part);
        for player in &seated {
            self.declared_needs(player);
            self.needs.player(&self.look, player, part);
        }
        let class = self.look.class(part, &declared, &seated);
        let profiles = || seated.iter().filter_map(|player| self.look.profile(player, part));
        let person = profiles().any(|profile| profile.person);
        let mut labels: Vec<String> = Vec::new();
        for label in seated.iter().map(|player| label(player)) {
            if !labels.contains(&label) {
                labels.push(label);
            }
        }
        let tool = match seated.as_slice() {
            [only] => tool(only),
            _ => None,
        };
        let label = match labels.as_slice() {
            [] => unknown_player(call, part, facts),
            _ if part.quorum.is_some() => self.some_of(part, &seated, &arguments),
            _ => labels.join(" or "),
        };
        let acts = class.is_none_or(|class| class == Class::Acts) && !person;
        let tries = if acts { 1 } else { self.tries(part, call, facts) };
        let remembers = profiles().any(|profile| profile.ordered);
        // Several answer only where all are persons.
        let (takes, unpriced) = if person || part.quorum.is_some() {
            (Takes::NOTHING, Vec::new())
        } else {
            (self.takes(part, &seated, tries), self.unpriced(part, &seated))
        };
        let voices = if part.quorum.is_some() { (seated.len() as u64).max(1) } else { 1 };
        Seat { label, tool, class, remembers, tries, voices, takes, unpriced }
    }

    /// `2 of ann, ben, cy`
    fn some_of(&self, part: &Part, seated: &[Arc<Instrument>], arguments: &[Fact]) -> String {
        let wanted = part.quorum.as_ref().and_then(|quorum| self.look.value(quorum, arguments));
        let names: Vec<&str> = seated.iter().map(|player| &*player.name).collect();
        match wanted {
            Some(Value::Int(wanted)) => format!("{wanted} of {}", names.join(", ")),
            _ => format!("some of {}", names.join(", ")),
        }
    }

    /// What a declared instrument names in its settings.
    fn declared_needs(&mut self, player: &Arc<Instrument>) {
        let plan = self.plan;
        if self.look.casting.seats.contains_key(&*player.name) {
            return;
        }
        if let Some(declared) = plan.instruments.iter().find(|declared| declared.name == player.name) {
            self.needs.expression(plan, &declared.value);
        }
    }

    fn part_needs(&mut self, part: &Part) {
        let plan = self.plan;
        let holes = part.lines.iter().flat_map(|line| &line.pieces).filter_map(|piece| match piece {
            plan::PromptPiece::Hole(expr) => Some(expr),
            plan::PromptPiece::Words(_) => None,
        });
        let clauses = [&part.from, &part.prefill, &part.stdin].into_iter().flatten();
        for expr in holes.chain(clauses) {
            self.needs.expression(plan, expr);
        }
    }

    /// The most tries of one call: 1 where no answer can be of the wrong shape.
    fn tries(&self, part: &Part, call: &plan::Call, facts: &[Fact]) -> u64 {
        let always_fits = part.ensures.is_empty()
            && part.from.is_none()
            && matches!(part.returns, Type::Text | Type::Nothing | Type::Json);
        if always_fits {
            return 1;
        }
        let known = |value: Option<Value>| match value {
            Some(Value::Int(tries)) => u64::try_from(tries.max(0)).ok(),
            _ => None,
        };
        let retries = match (call.retry, &part.retry) {
            (Some(slot), _) => known(fact(facts, slot).value),
            (None, Some(expr)) => {
                let arguments: Vec<Fact> = call.arguments.iter().map(|slot| fact(facts, *slot)).collect();
                known(self.look.value(expr, &arguments))
            }
            (None, None) => Some(RETRIES),
        };
        retries.unwrap_or(RETRIES).saturating_add(1)
    }

    /// What a call waits for by its class.
    fn order(&self, seat: &Seat, around: &Around) -> Option<Wait> {
        let numbers = |wanted: &dyn Fn(&Made) -> bool| -> Numbers {
            let made = (1..).zip(&self.calls).filter(|(_, made)| wanted(made));
            let numbers = made.map(|(number, _): (u32, _)| number);
            numbers.filter(|number| !around.lanes.iter().any(|lane| lane.contains(number))).collect()
        };
        let acts = |made: &Made| made.class.is_none_or(|class| class == Class::Acts);
        let (why, on, text) = match seat.class {
            Some(Class::Acts) | None if around.lanes.is_empty() => {
                (Why::Acts, Numbers::up_to(self.next_number() - 1), ACTS)
            }
            Some(Class::Acts) | None => (Why::Acts, numbers(&|_| true), ACTS),
            Some(Class::Reads) => (Why::Reads, numbers(&acts), "it reads: acts above must be over"),
            Some(Class::Thinks) if seat.remembers => {
                let same = numbers(&|made: &Made| made.player == seat.label);
                (Why::Remembers, same, "its instrument answers in written order")
            }
            Some(Class::Thinks) => return None,
        };
        (!on.is_empty()).then(|| Wait { why, on, text: text.to_owned() })
    }

    /// Where `together` would lift a wait that no value asks for.
    fn hint(&self, number: u32, seat: &Seat, uses: &BTreeSet<u32>, around: &Around) -> Option<String> {
        if seat.class != Some(Class::Acts) {
            return None;
        }
        let first = number.saturating_sub(u32::try_from(FARTHEST).unwrap_or(0)).max(1);
        let needed = self.all_uses(uses, first);
        let beside = (first..number).rev().find(|other| {
            let made = self.calls.get(*other as usize - 1);
            let act = |made: &Made| made.body == around.body && made.class == Some(Class::Acts);
            made.is_some_and(act) && !needed.contains(other)
        });
        if let Some(other) = beside {
            return Some(format!(
                "`together {{ … }}` around {other} and {number} would let them act in any order"
            ));
        }
        around.in_order.then(|| "`together` on its `for` would let the rounds act in any order".to_owned())
    }

    /// These calls and all that they need themselves, back to the first that matters.
    fn all_uses(&self, uses: &BTreeSet<u32>, first: u32) -> BTreeSet<u32> {
        let mut all: BTreeSet<u32> = uses.range(first..).copied().collect();
        let mut pending: Vec<u32> = all.iter().copied().collect();
        while let Some(number) = pending.pop() {
            let Some(made) = self.calls.get(number.saturating_sub(1) as usize) else { continue };
            pending.extend(made.uses.range(first..).copied().filter(|used| all.insert(*used)));
        }
        all
    }
}

/// The tool of a server that a player is, where it is one: `disk.find-notes`.
pub(super) fn tool(player: &Instrument) -> Option<String> {
    let tool = player.setting("tool")?.as_text().filter(|_| &*player.constructor == "mcp")?;
    Some(format!("{}.{tool}", player.name))
}

/// `writer = openai("gpt-5-mini")`
fn label(player: &Instrument) -> String {
    let setting = player.settings.values().next().and_then(Value::as_text);
    let constructor = match setting {
        Some(text) if text.chars().count() <= 40 => format!("{}({text:?})", player.constructor),
        Some(_) => format!("{}(…)", player.constructor),
        None => format!("{}()", player.constructor),
    };
    if player.name == player.constructor { constructor } else { format!("{} = {constructor}", player.name) }
}

/// What to call a player that is known only when it runs.
fn unknown_player(call: &plan::Call, part: &Part, _facts: &[Fact]) -> String {
    let named = |slot: Slot| part.params.get(slot as usize).map(|param| param.name.to_string());
    match (&part.player, call.by) {
        (Some(Expr { kind: plan::ExprKind::Slot(slot), .. }), None) => named(*slot).unwrap_or_default(),
        (None, None) => "nobody yet".to_owned(),
        _ => "known when it runs".to_owned(),
    }
}
