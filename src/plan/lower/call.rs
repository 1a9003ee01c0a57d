//! Calls: of parts, movements, builtins, constructors, functions.

use super::body::Key;
use super::types::conform;
use super::{Lower, Lowered, Made};
use crate::base::{Name, Span};
use crate::builtin::{Builtin, Run};
use crate::check::{CallFacts, Callee, Passed};
use crate::plan::{self, Expr, ExprKind, Kind, LowerError, MovementId, PartId, Slot, Target};
use crate::syntax::ast::{self, Suffix};
use crate::types::{PartType, Type};
use crate::value::Value;

/// Each try of a movement stands in the fallback of the one before.
const MOST_TRIES: i64 = 100;

/// A call with what stands around it, unwrapped.
struct Written<'e> {
    call: &'e ast::Expr,
    callee: &'e ast::Expr,
    arguments: &'e [ast::Argument],
    piped: Option<&'e ast::Expr>,
    by: Option<&'e ast::Expr>,
    within: Vec<&'e ast::Expr>,
    retry: Option<&'e ast::Expr>,
    hint: Option<Name>,
}

/// What a call opens.
enum Opened {
    /// A movement, by its name.
    Movement(MovementId),
    /// Whatever was passed.
    Value { callee: Slot, by: Option<Slot> },
}

impl Opened {
    fn kind(&self, arguments: Box<[Slot]>) -> Kind {
        match *self {
            Self::Movement(movement) => Kind::Movement { movement, arguments },
            Self::Value { callee, by } => Kind::Apply { callee, arguments, by },
        }
    }
}

/// The values of its arguments, each with its type, in written order; what was piped comes first.
struct Given {
    values: Vec<Option<Expr>>,
    types: Vec<Type>,
    piped: usize,
}

impl Given {
    fn take(&mut self, at: usize, span: Span) -> Lowered<(Expr, Type)> {
        let lost = LowerError::LostTrack { what: "an argument", span };
        let value = self.values.get_mut(at).and_then(Option::take).ok_or(lost)?;
        Ok((value, self.types.get(at).cloned().unwrap_or(Type::Unknown)))
    }
}

impl Lower<'_> {
    /// A call with its suffixes; `piped` is what stands left of a `|>`.
    pub(super) fn call(
        &mut self,
        expr: &ast::Expr,
        piped: Option<&ast::Expr>,
        hint: Option<Name>,
    ) -> Lowered<Expr> {
        let written = unwrap(expr, piped, hint)?;
        let facts = self.facts(written.call.id, expr.span)?;
        match &facts.callee {
            Callee::Part(item) => {
                let Made::Part(part) = self.made_for(*item, &facts.types, expr.span)? else {
                    return Err(lost(expr.span));
                };
                self.part_call(&written, facts, part, *item)
            }
            Callee::Movement(item) => {
                let Made::Movement(movement) = self.made_for(*item, &facts.types, expr.span)? else {
                    return Err(lost(expr.span));
                };
                self.movement_call(&written, facts, movement)
            }
            Callee::Builtin(builtin) => self.builtin_call(&written, facts, builtin),
            Callee::Instrument(item) => {
                let Some(Made::Instrument(id)) = self.made.get(item).copied() else {
                    return Err(lost(expr.span));
                };
                let params = self.plan.instruments.get(id.0 as usize).map(|made| made.params.clone());
                let arguments = self.arguments(&written, facts, &params.unwrap_or_default())?;
                Ok(Expr { kind: ExprKind::Instrument(id, arguments.into_boxed_slice()), span: expr.span })
            }
            Callee::Constructor(name, params) => self.constructor_call(&written, facts, name, params),
            Callee::Record(record) => {
                let record = &self.bound_record(record);
                let mut given = self.given(&written)?;
                let mut fields = Vec::with_capacity(facts.passed.len());
                for (passed, field) in facts.passed.iter().zip(record.fields()) {
                    fields.push(Self::passed(&mut given, passed, &field.ty, expr.span)?);
                }
                self.record(record, fields, expr.span)
            }
            Callee::Value(ty) => {
                let ty = self.bound_part(ty);
                self.value_call(&written, facts, &ty)
            }
        }
    }

    /// The arguments' values, in written order.
    fn given(&mut self, written: &Written<'_>) -> Lowered<Given> {
        let parts: Vec<&ast::Expr> = written
            .piped
            .into_iter()
            .chain(written.arguments.iter().map(|argument| &argument.value))
            .collect();
        let values = self.sequence(&parts)?.into_iter().map(Some).collect();
        let types = parts.iter().map(|part| self.type_of(part.id)).collect();
        Ok(Given { values, types, piped: usize::from(written.piped.is_some()) })
    }

    /// What is passed for one parameter, in the form of its type; `None` where its default stands in.
    fn passed(given: &mut Given, passed: &Passed, wanted: &Type, span: Span) -> Lowered<Option<Expr>> {
        match passed {
            Passed::Argument(at) => {
                let (value, has) = given.take(at + given.piped, span)?;
                Ok(Some(conform(value, &has, wanted)))
            }
            Passed::Piped => {
                let (value, has) = given.take(0, span)?;
                Ok(Some(conform(value, &has, wanted)))
            }
            Passed::Default => Ok(None),
            Passed::Rest(all) => {
                let mut items = Vec::with_capacity(all.len());
                for at in all {
                    let (value, has) = given.take(at + given.piped, span)?;
                    items.push(conform(value, &has, wanted));
                }
                Ok(Some(Expr { kind: ExprKind::List(items.into_boxed_slice()), span }))
            }
        }
    }

    /// One value per parameter, defaults filled in.
    fn arguments(
        &mut self,
        written: &Written<'_>,
        facts: &CallFacts,
        params: &[plan::Param],
    ) -> Lowered<Vec<Expr>> {
        let span = written.call.span;
        let mut given = self.given(written)?;
        let mut arguments = Vec::with_capacity(params.len());
        for (at, param) in params.iter().enumerate() {
            let passed = facts.passed.get(at).unwrap_or(&Passed::Default);
            let value = Self::passed(&mut given, passed, &param.ty, span)?;
            let default = || param.default.clone().unwrap_or(Expr::constant(Value::Nothing, span));
            arguments.push(value.unwrap_or_else(default));
        }
        Ok(arguments)
    }

    fn argument_slots(
        &mut self,
        written: &Written<'_>,
        facts: &CallFacts,
        params: &[plan::Param],
    ) -> Lowered<Vec<Slot>> {
        let arguments = self.arguments(written, facts, params)?;
        params.iter().zip(arguments).map(|(param, value)| self.slot_of(value, &param.name)).collect()
    }

    fn slots(&mut self, exprs: &[&ast::Expr], name: &str) -> Lowered<Vec<Slot>> {
        let values = self.sequence(exprs)?;
        values.into_iter().map(|value| self.slot_of(value, name)).collect()
    }

    /// Who plays, as the call says.
    fn player(&mut self, written: &Written<'_>) -> Lowered<Option<Slot>> {
        let Some(by) = written.by else { return Ok(None) };
        let value = self.expression(by)?;
        let has = self.type_of(by.id);
        let value = if matches!(has.shape(), Type::Part(_)) {
            conform(value, &has, &Type::Instrument)
        } else {
            value
        };
        self.slot_of(value, "by").map(Some)
    }

    fn part_call(
        &mut self,
        written: &Written<'_>,
        facts: &CallFacts,
        part: PartId,
        item: crate::resolve::ItemId,
    ) -> Lowered<Expr> {
        let span = written.call.span;
        let header = self.plan.parts.get(part.0 as usize).ok_or(lost(span))?;
        let (name, params) = (header.name.clone(), header.params.clone());
        let arguments = self.argument_slots(written, facts, &params)?;
        let call = self.instrument_call(written, Target::Part(part), arguments)?;
        let site = self.site(written.hint.clone(), &name);
        self.played(call, item, site, span)
    }

    /// A call of a part, with the part's own `otherwise` around it if it has one.
    pub(super) fn played(
        &mut self,
        call: plan::Call,
        item: crate::resolve::ItemId,
        site: Name,
        span: Span,
    ) -> Lowered<Expr> {
        let Target::Part(part) = call.target else { return Err(lost(span)) };
        let returns = self.plan.parts.get(part.0 as usize).ok_or(lost(span))?.returns.clone();
        let arguments = call.arguments.to_vec();
        let ast::ItemKind::Part(written_part) = &self.item(item, span)?.kind else { return Err(lost(span)) };
        let otherwise = written_part.clauses.iter().find_map(|clause| match &clause.kind {
            ast::ClauseKind::Otherwise(fallback) => Some(fallback),
            _ => None,
        });
        let Some(otherwise) = otherwise else { return self.push_out(Kind::Call(Box::new(call)), site, span) };
        // What the part's own `otherwise` uses of its parameters, it uses of the arguments of this call.
        for (param, slot) in written_part.params.iter().zip(&arguments) {
            self.here(span)?.define(Key::Name(param.id), *slot);
        }
        let body = self.nest(span, |lower| {
            let call = lower.hand_in_call(&call, span)?;
            let out = lower.fresh(span)?;
            lower.push(Kind::Call(Box::new(call)), Some(out), site, span)?;
            Ok(Some(out))
        })?;
        let (fallback, error) = self.fallback(Key::Name(otherwise.id), otherwise, &returns)?;
        let name = self.site(None, "otherwise");
        let otherwise = plan::Otherwise { body, kinds: Box::default(), fallback, error };
        self.push_out(Kind::Otherwise(Box::new(otherwise)), name, span)
    }

    /// The same call in a body inside this one.
    fn hand_in_call(&mut self, call: &plan::Call, span: Span) -> Lowered<plan::Call> {
        let target = match &call.target {
            Target::Part(part) => Target::Part(*part),
            Target::World { instrument, builtin, class } => {
                Target::World { instrument, builtin, class: *class }
            }
        };
        let mut all = |slots: &[Slot]| -> Lowered<Box<[Slot]>> {
            slots.iter().map(|slot| self.hand_in(*slot, span)).collect()
        };
        let arguments = all(&call.arguments)?;
        let by = all(call.by.as_slice())?.first().copied();
        let within = all(&call.within)?;
        let retry = all(call.retry.as_slice())?.first().copied();
        Ok(plan::Call { target, arguments, by, within, retry })
    }

    fn instrument_call(
        &mut self,
        written: &Written<'_>,
        target: Target,
        arguments: Vec<Slot>,
    ) -> Lowered<plan::Call> {
        let by = self.player(written)?;
        let within = self.slots(&written.within, "within")?.into_boxed_slice();
        let retry = self.slots(written.retry.as_slice(), "retry")?.first().copied();
        Ok(plan::Call { target, arguments: arguments.into_boxed_slice(), by, within, retry })
    }

    /// A call of a part, movement or function that was passed.
    fn value_call(&mut self, written: &Written<'_>, facts: &CallFacts, ty: &PartType) -> Lowered<Expr> {
        let span = written.call.span;
        let callee = self.expression(written.callee)?;
        let name = match &written.callee.kind {
            ast::ExprKind::Name(name) => name.clone(),
            ast::ExprKind::Field { field, .. } => field.name.clone(),
            _ => Name::from("call"),
        };
        let callee = self.slot_of(callee, &name)?;
        let mut given = self.given(written)?;
        let mut arguments = Vec::with_capacity(ty.params.len());
        for (at, wanted) in ty.params.iter().enumerate() {
            let passed = facts.passed.get(at).unwrap_or(&Passed::Default);
            let value = Self::passed(&mut given, passed, wanted, span)?;
            let value = value.unwrap_or(Expr::constant(Value::Nothing, span));
            arguments.push(self.slot_of(value, &name)?);
        }
        let by = self.player(written)?;
        let opened = Opened::Value { callee, by };
        self.opened(written, &opened, &arguments, name)
    }

    /// A movement called; `within` bounds it as `limit` does, `retry` tries it again where it fails.
    fn movement_call(
        &mut self,
        written: &Written<'_>,
        facts: &CallFacts,
        movement: MovementId,
    ) -> Lowered<Expr> {
        let span = written.call.span;
        let header = self.plan.movements.get(movement.0 as usize).ok_or(lost(span))?;
        let (name, params) = (header.name.clone(), header.params.clone());
        let arguments = self.argument_slots(written, facts, &params)?;
        self.opened(written, &Opened::Movement(movement), &arguments, name)
    }

    /// What is opened by a call, with the suffixes of the call around it.
    fn opened(
        &mut self,
        written: &Written<'_>,
        opened: &Opened,
        arguments: &[Slot],
        name: Name,
    ) -> Lowered<Expr> {
        let span = written.call.span;
        let site = (written.hint.clone(), name);
        let tries = match written.retry {
            None => 0,
            Some(ast::Expr { kind: ast::ExprKind::Int(tries), .. }) if (0..=MOST_TRIES).contains(tries) => {
                *tries
            }
            Some(retry) => {
                return Err(LowerError::NotPlannable {
                    what: "this number of tries of a movement",
                    span: retry.span,
                });
            }
        };
        let within: Vec<(Slot, Type)> = {
            let slots = self.slots(&written.within, "within")?;
            slots.into_iter().zip(written.within.iter().map(|limit| self.type_of(limit.id))).collect()
        };
        if within.is_empty() {
            return self.movement_tries(opened, arguments, &site, tries, span);
        }
        let of = |is: fn(&Type) -> bool| within.iter().find(|(_, ty)| is(ty.shape())).map(|(slot, _)| *slot);
        let (time, money) = (of(|ty| matches!(ty, Type::Duration)), of(|ty| matches!(ty, Type::Money)));
        let body = self.nest(span, |lower| {
            let arguments =
                arguments.iter().map(|slot| lower.hand_in(*slot, span)).collect::<Lowered<Vec<_>>>()?;
            let opened = lower.hand_in_opened(opened, span)?;
            let value = lower.movement_tries(&opened, &arguments, &site, tries, span)?;
            Ok(Some(lower.slot_of(value, "within")?))
        })?;
        let name = self.site(None, "limit");
        self.push_out(Kind::Limit(Box::new(plan::Limit { time, money, body })), name, span)
    }

    /// A movement, and so many times again where it fails.
    fn movement_tries(
        &mut self,
        opened: &Opened,
        arguments: &[Slot],
        site: &(Option<Name>, Name),
        tries: i64,
        span: Span,
    ) -> Lowered<Expr> {
        let name = self.site(site.0.clone(), &site.1);
        if tries == 0 {
            return self.push_out(opened.kind(arguments.into()), name, span);
        }
        let body = self.nest(span, |lower| {
            let arguments =
                arguments.iter().map(|slot| lower.hand_in(*slot, span)).collect::<Lowered<_>>()?;
            let opened = lower.hand_in_opened(opened, span)?;
            let out = lower.fresh(span)?;
            lower.push(opened.kind(arguments), Some(out), name, span)?;
            Ok(Some(out))
        })?;
        let fallback = self.nest(span, |lower| {
            let arguments =
                arguments.iter().map(|slot| lower.hand_in(*slot, span)).collect::<Lowered<Vec<_>>>()?;
            let opened = lower.hand_in_opened(opened, span)?;
            let value = lower.movement_tries(&opened, &arguments, site, tries - 1, span)?;
            Ok(Some(lower.slot_of(value, "retry")?))
        })?;
        let name = self.site(None, "otherwise");
        let again = plan::Otherwise { body, kinds: Box::default(), fallback, error: None };
        self.push_out(Kind::Otherwise(Box::new(again)), name, span)
    }

    /// The same in a body inside this one.
    fn hand_in_opened(&mut self, opened: &Opened, span: Span) -> Lowered<Opened> {
        Ok(match *opened {
            Opened::Movement(movement) => Opened::Movement(movement),
            Opened::Value { callee, by } => Opened::Value {
                callee: self.hand_in(callee, span)?,
                by: by.map(|by| self.hand_in(by, span)).transpose()?,
            },
        })
    }

    fn builtin_call(
        &mut self,
        written: &Written<'_>,
        facts: &CallFacts,
        builtin: &'static Builtin,
    ) -> Lowered<Expr> {
        let span = written.call.span;
        let params = match builtin.run {
            Run::Special => return self.special(builtin.name, written.call, written.arguments),
            Run::Pure(_) | Run::Apply(_) | Run::World { .. } => (builtin.signature)().params,
        };
        if builtin.name == "asked" {
            return self.asked(written, builtin);
        }
        let mut given = self.given(written)?;
        let mut arguments = Vec::with_capacity(params.len());
        for (at, param) in params.iter().enumerate() {
            let passed = facts.passed.get(at).unwrap_or(&Passed::Default);
            let wanted = if matches!(param.ty, Type::Number) { Type::Number } else { Type::Unknown };
            let value = Self::passed(&mut given, passed, &wanted, span)?;
            let left_out = || Expr::constant(builtin.left_out(at, &self.type_of(written.call.id)), span);
            arguments.push(value.unwrap_or_else(left_out));
        }
        if !matches!(builtin.run, Run::World { .. }) {
            return Ok(Expr { kind: ExprKind::Builtin(builtin, arguments.into_boxed_slice()), span });
        }
        self.world_call(written, builtin, arguments)
    }

    /// `asked(NAME)`
    fn asked(&mut self, written: &Written<'_>, builtin: &'static Builtin) -> Lowered<Expr> {
        let named = written.piped.or(written.arguments.first().map(|argument| &argument.value));
        let named = named.ok_or(lost(written.call.span))?;
        let name = self.planned_name(named)?;
        self.world_call(written, builtin, vec![name])
    }

    /// A call of a builtin that is performed.
    fn world_call(
        &mut self,
        written: &Written<'_>,
        builtin: &'static Builtin,
        arguments: Vec<Expr>,
    ) -> Lowered<Expr> {
        let span = written.call.span;
        let Run::World { instrument, class } = builtin.run else { return Err(lost(span)) };
        let params = (builtin.signature)().params;
        let slots = params
            .iter()
            .zip(arguments)
            .map(|(param, value)| self.slot_of(value, &param.name))
            .collect::<Lowered<Vec<_>>>()?;
        let target = Target::World { instrument, builtin: builtin.name, class };
        let call = self.instrument_call(written, target, slots)?;
        let name = self.site(written.hint.clone(), builtin.name);
        self.push_out(Kind::Call(Box::new(call)), name, span)
    }

    fn constructor_call(
        &mut self,
        written: &Written<'_>,
        facts: &CallFacts,
        name: &'static str,
        params: &[Name],
    ) -> Lowered<Expr> {
        let span = written.call.span;
        let mut given = self.given(written)?;
        let mut settings = Vec::with_capacity(params.len());
        for (param, passed) in params.iter().zip(&facts.passed) {
            // Those that are made of others take movements for instruments; `script` takes functions.
            let of_others = matches!(name, "fallback" | "rotate" | "race" | "remember" | "faulty");
            let wanted = if of_others { Type::Instrument } else { Type::Unknown };
            if let Some(value) = Self::passed(&mut given, passed, &wanted, span)? {
                settings.push((param.clone(), value));
            }
        }
        // A memory that is made in a movement is another one each time: it is known by where that was.
        if name == "remember" && self.in_body() {
            let site = self.site(None, "remember");
            let place = [
                plan::Segment::Hole(Expr { kind: ExprKind::CallId, span }),
                plan::Segment::Words(format!("#{site}").into()),
            ];
            let place = Expr { kind: ExprKind::Text(Box::new(place)), span };
            settings.push((Name::from("memory"), place));
        }
        Ok(Expr { kind: ExprKind::Construct(Name::from(name), settings.into_boxed_slice()), span })
    }
}

/// The call inside its suffixes.
fn unwrap<'e>(expr: &'e ast::Expr, piped: Option<&'e ast::Expr>, hint: Option<Name>) -> Lowered<Written<'e>> {
    let (mut by, mut within, mut retry) = (None, Vec::new(), None);
    let mut inner = expr;
    loop {
        match &inner.kind {
            ast::ExprKind::Suffix { target, suffix } => {
                match suffix {
                    Suffix::By(player) => by = by.or(Some(&**player)),
                    Suffix::Within(limits) => within = limits.iter().chain(within).collect(),
                    Suffix::Retry(tries) => retry = retry.or(Some(&**tries)),
                }
                inner = target;
            }
            ast::ExprKind::Call { callee, arguments } => {
                return Ok(Written { call: inner, callee, arguments, piped, by, within, retry, hint });
            }
            _ => {
                return Err(LowerError::NotPlannable {
                    what: "a suffix on something that is no call",
                    span: expr.span,
                });
            }
        }
    }
}

fn lost(span: Span) -> LowerError {
    LowerError::LostTrack { what: "what this calls", span }
}
