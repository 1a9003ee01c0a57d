//! The plan as compact text: one line per node, bodies indented below what holds them. For tests and for
//! whoever wants to see what a score comes down to.

use std::fmt::Write as _;

use crate::base::on_deep_stack;

use super::{
    Arm, Body, Call, Compare, Expr, ExprKind, Guard, Kind, Math, Movement, Node, Part, Plan, PromptPiece,
    Segment, Slot, Target, Test, Use,
};
use crate::value::{Callee, Value};

impl Plan {
    /// The whole plan as text.
    #[must_use]
    pub fn dump(&self) -> String {
        on_deep_stack(|| Dump { plan: self, text: String::new() }.whole())
    }
}

/// A literal or a computed value, as it reads in a score as nearly as can be.
#[must_use]
pub fn show_value(value: &Value) -> String {
    match value {
        Value::Nothing => "nothing".to_owned(),
        Value::Bool(bool) => bool.to_string(),
        Value::Int(int) => int.to_string(),
        Value::Number(number) => format!("{number:?}"),
        Value::Text(text) => format!("{:?}", &**text),
        Value::Duration(millis) => show_duration(*millis),
        Value::Money(money) => money.to_string(),
        Value::List(items) => format!("[{}]", items.iter().map(show_value).collect::<Vec<_>>().join(", ")),
        other => format!("<{}>", other.kind()),
    }
}

/// `90s`, `2h`, `1500ms`: in the largest unit that it is a whole number of.
#[must_use]
pub fn show_duration(millis: i64) -> String {
    const UNITS: [(i64, &str); 4] = [(86_400_000, "d"), (3_600_000, "h"), (60_000, "min"), (1_000, "s")];
    UNITS
        .iter()
        .find(|(unit, _)| millis != 0 && millis % unit == 0)
        .map_or_else(|| format!("{millis}ms"), |(unit, name)| format!("{}{name}", millis / unit))
}

struct Dump<'a> {
    plan: &'a Plan,
    text: String,
}

impl Dump<'_> {
    fn whole(mut self) -> String {
        let plan = self.plan;
        for instrument in &plan.instruments {
            self.line(0, &format!("instrument {} = {}", instrument.name, self.expr(&instrument.value)));
        }
        for (record, defaults) in &plan.defaults {
            let defaults: Vec<String> = defaults
                .iter()
                .map(|default| default.as_ref().map_or("-".to_owned(), |expr| self.expr(expr)))
                .collect();
            let name = record.name.as_deref().unwrap_or("record");
            self.line(0, &format!("defaults {name}: {}", defaults.join(", ")));
        }
        for (at, condition) in plan.conditions.iter().enumerate() {
            let message =
                condition.message.as_ref().map_or(String::new(), |said| format!(" else {}", self.expr(said)));
            self.line(0, &format!("condition {at}: {}{message}", self.expr(&condition.test)));
        }
        for (at, function) in plan.functions.iter().enumerate() {
            self.line(0, &format!("function {at}({}): {}", function.params, self.expr(&function.value)));
        }
        for part in &plan.parts {
            self.part(part);
        }
        for movement in &plan.movements {
            self.movement(movement);
        }
        self.text
    }

    fn line(&mut self, depth: usize, line: &str) {
        let _ = writeln!(self.text, "{:width$}{line}", "", width = depth * 2);
    }

    fn part(&mut self, part: &Part) {
        let params: Vec<&str> = part.params.iter().map(|param| &*param.name).collect();
        self.line(0, &format!("part {}({}) -> {}", part.name, params.join(", "), part.returns));
        let clauses =
            [("by", &part.player), ("from", &part.from), ("retry", &part.retry), ("quorum", &part.quorum)];
        for (word, value) in clauses.into_iter().chain([("prefill", &part.prefill), ("stdin", &part.stdin)]) {
            if let Some(value) = value {
                self.line(1, &format!("{word} {}", self.expr(value)));
            }
        }
        for tool in &part.tools {
            let arity = tool.arity.map_or(String::new(), |arity| format!(", {arity} arguments"));
            self.line(1, &format!("using {} = {}{arity}", tool.name, self.expr(&tool.callee)));
        }
        if let Some(turns) = &part.turns {
            self.line(1, &format!("turns {}", self.expr(turns)));
        }
        for ensure in &part.ensures {
            self.line(
                1,
                &format!("ensure {} else {}", self.expr(&ensure.condition), self.expr(&ensure.message)),
            );
        }
        for within in &part.within {
            self.line(1, &format!("within {}", self.expr(within)));
        }
        if let Some(class) = part.class {
            self.line(1, class.word());
        }
        if part.fresh {
            self.line(1, "fresh");
        }
        for line in &part.lines {
            let said: String = line
                .pieces
                .iter()
                .map(|piece| match piece {
                    PromptPiece::Words(words) => words.to_string(),
                    PromptPiece::Hole(expr) => format!("{{{}}}", self.expr(expr)),
                })
                .collect();
            self.line(1, &format!("{:?} {said:?}", line.role));
        }
    }

    fn movement(&mut self, movement: &Movement) {
        let params: Vec<String> =
            movement.params.iter().enumerate().map(|(at, param)| format!("{}=s{at}", param.name)).collect();
        let thinks = if movement.thinks { " thinks" } else { "" };
        self.line(
            0,
            &format!("movement {}({}) -> {}{thinks}", movement.name, params.join(", "), movement.returns),
        );
        if let Some(body) = self.plan.bodies.get(movement.body.0 as usize) {
            self.body(body, 1);
        }
    }

    fn body(&mut self, body: &Body, depth: usize) {
        for (at, node) in body.nodes.iter().enumerate() {
            self.node(at, node, depth);
        }
        if let Some(result) = body.result {
            self.line(depth, &format!("gives s{result}"));
        }
    }

    fn node(&mut self, at: usize, node: &Node, depth: usize) {
        let out = node.out.map_or(String::new(), |slot| format!("s{slot} = "));
        let mut marks = String::new();
        if node.holds {
            marks.push_str(" !");
        }
        if let Some(guard) = node.guard {
            let _ = write!(marks, " after {guard}");
        }
        let name = match node.kind {
            Kind::Pure(_) | Kind::Guard(_) | Kind::Say(_) => String::new(),
            _ => format!(" @{}", node.name),
        };
        self.line(depth, &format!("{at}: {out}{}{name}{marks}", self.kind(&node.kind)));
        self.nested(&node.kind, depth + 1);
    }

    fn kind(&self, kind: &Kind) -> String {
        match kind {
            Kind::Pure(expr) => self.expr(expr),
            Kind::Call(call) => self.call(call),
            Kind::Movement { movement, arguments } => {
                let name =
                    self.plan.movements.get(movement.0 as usize).map_or("?", |movement| &movement.name);
                format!("perform {name}({})", slots(arguments))
            }
            Kind::Apply { callee, arguments, by } => {
                let by = by.map_or(String::new(), |by| format!(" by s{by}"));
                format!("apply s{callee}({}){by}", slots(arguments))
            }
            Kind::Branch(_) => "branch".to_owned(),
            Kind::For(each) => {
                let index = each.index.map_or(String::new(), |slot| format!(" index s{slot}"));
                let lanes = if each.lanes { " together" } else { "" };
                let number = if each.by_number { " by number" } else { "" };
                format!("for s{} in s{}{index}{number}{lanes}", each.item, each.list)
            }
            Kind::Repeat(repeat) => {
                let every = repeat.every.map_or(String::new(), |slot| format!(" every s{slot}"));
                let carried: Vec<String> = repeat
                    .names
                    .iter()
                    .zip(repeat.starts.iter().zip(&repeat.carried))
                    .map(|(name, (start, carried))| format!(" {name}: s{start}>s{carried}"))
                    .collect();
                let stops = if repeat.can_stop { " can stop" } else { "" };
                format!("repeat up to s{}{every}{}{stops}", repeat.bound, carried.concat())
            }
            Kind::Together(_) => "together".to_owned(),
            Kind::Otherwise(otherwise) => {
                let kinds: Vec<&str> = otherwise.kinds.iter().map(|kind| kind.word()).collect();
                format!("otherwise {}", kinds.join(", ")).trim_end().to_owned()
            }
            Kind::Limit(limit) => {
                let limits: Vec<String> =
                    limit.time.iter().chain(&limit.money).map(|slot| format!("s{slot}")).collect();
                format!("limit {}", limits.join(", "))
            }
            Kind::Guard(guard) => self.guard(guard),
            Kind::Wait(slot) => format!("wait s{slot}"),
            Kind::Say(slot) => format!("say s{slot}"),
        }
    }

    fn call(&self, call: &Call) -> String {
        let target = match &call.target {
            Target::Part(part) => {
                self.plan.parts.get(part.0 as usize).map_or("?", |part| &part.name).to_owned()
            }
            Target::World { builtin, class, .. } => format!("{builtin} {}", class.word()),
        };
        let mut text = format!("call {target}({})", slots(&call.arguments));
        for (word, slot) in [("by", call.by), ("retry", call.retry)] {
            if let Some(slot) = slot {
                let _ = write!(text, " {word} s{slot}");
            }
        }
        if !call.within.is_empty() {
            let _ = write!(text, " within {}", slots(&call.within));
        }
        text
    }

    fn guard(&self, guard: &Guard) -> String {
        let leave = |word: &str, value: &Option<Slot>, condition: &Option<Slot>| {
            let value = value.map_or(String::new(), |slot| format!(" s{slot}"));
            let condition = condition.map_or(String::new(), |slot| format!(" if s{slot}"));
            format!("{word}{value}{condition}")
        };
        match guard {
            Guard::Require { condition, message } => {
                format!("require s{condition} else {}", self.expr(message))
            }
            Guard::Fail(slot) => format!("fail s{slot}"),
            Guard::Return { value, condition } => leave("return", value, condition),
            Guard::Stop { value, condition } => leave("stop", value, condition),
            Guard::Skip(slot) => format!("skip unless s{slot}"),
        }
    }

    fn nested(&mut self, kind: &Kind, depth: usize) {
        match kind {
            Kind::Branch(arms) => arms.iter().for_each(|arm| self.arm(arm, depth)),
            Kind::For(each) => self.used("round", &each.body, depth),
            Kind::Repeat(repeat) => {
                self.used("round", &repeat.body, depth);
                if let Some((used, carried)) = &repeat.otherwise {
                    self.used(&format!("else {}", slots(carried)), used, depth);
                }
            }
            Kind::Together(lanes) => lanes.iter().for_each(|lane| self.used("lane", lane, depth)),
            Kind::Otherwise(otherwise) => {
                self.used("do", &otherwise.body, depth);
                let error = otherwise.error.map_or(String::new(), |slot| format!(" error s{slot}"));
                self.used(&format!("else{error}"), &otherwise.fallback, depth);
            }
            Kind::Limit(limit) => self.used("do", &limit.body, depth),
            Kind::Pure(_)
            | Kind::Call(_)
            | Kind::Movement { .. }
            | Kind::Apply { .. }
            | Kind::Guard(_)
            | Kind::Wait(_)
            | Kind::Say(_) => {}
        }
    }

    fn arm(&mut self, arm: &Arm, depth: usize) {
        let test = arm.test.as_ref().map_or("else".to_owned(), |test| format!("if {}", self.expr(test)));
        self.used(&test, &arm.body, depth);
    }

    fn used(&mut self, word: &str, used: &Use, depth: usize) {
        let mut line = word.to_owned();
        for input in &used.inputs {
            let _ = write!(line, " in s{}>s{}", input.from, input.to);
        }
        for output in &used.outputs {
            let _ = write!(line, " out s{}>s{}", output.from, output.to);
        }
        self.line(depth, &line);
        if let Some(body) = self.plan.bodies.get(used.body.0 as usize) {
            self.body(body, depth + 1);
        }
    }

    fn exprs(&self, exprs: &[Expr]) -> String {
        exprs.iter().map(|expr| self.expr(expr)).collect::<Vec<_>>().join(", ")
    }

    fn function(&self, callee: Callee, captured: &[Slot]) -> String {
        match callee {
            Callee::Pure(id) => format!("function {id}[{}]", slots(captured)),
            Callee::Movement(id) => {
                let name = self.plan.movements.get(id as usize).map_or("?", |movement| &movement.name);
                format!("movement {name}[{}]", slots(captured))
            }
        }
    }

    fn expr(&self, expr: &Expr) -> String {
        let show = |expr: &Expr| self.expr(expr);
        match &expr.kind {
            ExprKind::Constant(value) => show_value(value),
            ExprKind::Slot(slot) => format!("s{slot}"),
            ExprKind::Text(segments) => {
                let shown = segments.iter().map(|segment| match segment {
                    Segment::Words(words) => format!("{words:?}").trim_matches('"').to_owned(),
                    Segment::Hole(hole) => format!("{{{}}}", show(hole)),
                });
                format!("\"{}\"", shown.collect::<String>())
            }
            ExprKind::List(items) => format!("[{}]", self.exprs(items)),
            ExprKind::Record(record, values) => {
                let fields = record.fields().iter().zip(values);
                let fields: Vec<String> =
                    fields.map(|(field, value)| format!("{}: {}", field.name, show(value))).collect();
                format!("{}{{{}}}", record.name.as_deref().unwrap_or(""), fields.join(", "))
            }
            ExprKind::Map(entries) => {
                let entries: Vec<String> =
                    entries.iter().map(|(key, value)| format!("{key:?}: {}", show(value))).collect();
                format!("map{{{}}}", entries.join(", "))
            }
            ExprKind::Range(from, to) => format!("{}..{}", show(from), show(to)),
            ExprKind::Field(target, name) => format!("{}.{name}", show(target)),
            ExprKind::Index(target, index) => format!("{}[{}]", show(target), show(index)),
            ExprKind::Slice(target, from, to) => {
                let bound =
                    |bound: &Option<Box<Expr>>| bound.as_ref().map_or(String::new(), |bound| show(bound));
                format!("{}[{}..{}]", show(target), bound(from), bound(to))
            }
            ExprKind::Not(inner) => format!("not {}", show(inner)),
            ExprKind::Negate(inner) => format!("-{}", show(inner)),
            ExprKind::Math(math, left, right) => {
                format!("({} {} {})", show(left), math_sign(*math), show(right))
            }
            ExprKind::Compare(compare, left, right) => {
                format!("({} {} {})", show(left), compare_sign(*compare), show(right))
            }
            ExprKind::In(left, right) => format!("({} in {})", show(left), show(right)),
            ExprKind::And(left, right) => format!("({} and {})", show(left), show(right)),
            ExprKind::Or(left, right) => format!("({} or {})", show(left), show(right)),
            ExprKind::Coalesce(left, right) => format!("({} ?? {})", show(left), show(right)),
            ExprKind::Choose(arms) => {
                let arms = arms.iter().map(|(test, value)| match test {
                    Some(test) => format!("{} => {}", show(test), show(value)),
                    None => format!("_ => {}", show(value)),
                });
                format!("choose({})", arms.collect::<Vec<_>>().join("; "))
            }
            ExprKind::Is(inner, test) => format!("({} is {})", show(inner), show_test(test)),
            ExprKind::As(inner, ty) => format!("({} as {ty})", show(inner)),
            ExprKind::Conform(inner, ty) => format!("conform({}, {ty})", show(inner)),
            ExprKind::But(base, changes) => format!("({} but {})", show(base), self.named(changes)),
            ExprKind::Builtin(builtin, arguments) => format!("{}({})", builtin.name, self.exprs(arguments)),
            ExprKind::Function(callee, captured) => self.function(*callee, captured),
            ExprKind::Apply(function, arguments) => {
                format!("({})({})", show(function), self.exprs(arguments))
            }
            ExprKind::Instrument(id, arguments) => {
                let name =
                    self.plan.instruments.get(id.0 as usize).map_or("?", |instrument| &instrument.name);
                if arguments.is_empty() {
                    name.to_owned()
                } else {
                    format!("{name}({})", self.exprs(arguments))
                }
            }
            ExprKind::Construct(name, settings) => format!("{name}({})", self.named(settings)),
            ExprKind::Env(name, default) => {
                let default =
                    default.as_ref().map_or(String::new(), |default| format!(", {}", show(default)));
                format!("env({name:?}{default})")
            }
            ExprKind::Secret(name) => format!("secret({name:?})"),
            ExprKind::CallId => "call_id()".to_owned(),
            ExprKind::Fail(inner) => format!("fail({})", show(inner)),
        }
    }

    fn named(&self, entries: &[(crate::base::Name, Expr)]) -> String {
        let entries: Vec<String> =
            entries.iter().map(|(name, value)| format!("{name}: {}", self.expr(value))).collect();
        entries.join(", ")
    }
}

fn slots(slots: &[Slot]) -> String {
    slots.iter().map(|slot| format!("s{slot}")).collect::<Vec<_>>().join(", ")
}

fn show_test(test: &Test) -> String {
    match test {
        Test::Nothing => "nothing".to_owned(),
        Test::Literal(value) => show_value(value),
        Test::Type(ty) => ty.to_string(),
    }
}

const fn math_sign(math: Math) -> &'static str {
    match math {
        Math::Add => "+",
        Math::Subtract => "-",
        Math::Multiply => "*",
        Math::Divide => "/",
        Math::Remainder => "%",
    }
}

const fn compare_sign(compare: Compare) -> &'static str {
    match compare {
        Compare::Equal => "==",
        Compare::NotEqual => "!=",
        Compare::Less => "<",
        Compare::LessOrEqual => "<=",
        Compare::Greater => ">",
        Compare::GreaterOrEqual => ">=",
    }
}
