//! `match`: what each arm takes, and what is left out.

use std::collections::HashSet;

use super::FlowError;
use super::ValueError;
use super::advice::show;
use super::checker::Checker;
use super::fits::fits;
use super::join::join_all;
use super::narrow::{Facts, kept, members, together};
use super::types::{literal_type, overlaps};
use crate::base::{Help, did_you_mean};
use crate::syntax::ast::{Arm, Expr, Pattern, PatternKind};
use crate::types::{Literal, Type};

/// What is left for the arms below.
struct Rest {
    members: Vec<Type>,
    /// The literals among them, to tell fast whether one is.
    literals: HashSet<String>,
}

impl Rest {
    fn new(subject: &Type) -> Self {
        let members = members(subject);
        let literals =
            members.iter().filter(|member| matches!(member, Type::Literal(_))).map(ToString::to_string);
        Self { literals: literals.collect(), members }
    }

    /// Takes away what a pattern of this type takes, and says what that is.
    fn take(&mut self, ty: &Type) -> Vec<Type> {
        if let Type::Literal(_) = ty {
            let key = ty.to_string();
            if self.literals.remove(&key) {
                self.members.retain(|member| member != ty);
                return vec![ty.clone()];
            }
            let open =
                self.members.iter().any(|member| !matches!(member, Type::Literal(_)) && fits(ty, member));
            return if open { vec![ty.clone()] } else { Vec::new() };
        }
        let (taken, left): (Vec<Type>, Vec<Type>) =
            self.members.drain(..).partition(|member| fits(member, ty));
        self.members = left;
        for member in &taken {
            if matches!(member, Type::Literal(_)) {
                self.literals.remove(&member.to_string());
            }
        }
        // Some values of what is left may be taken, too: of `json`, say.
        let partly = self.members.iter().filter(|member| overlaps(member, ty)).map(|_| ty.clone()).take(1);
        let mut taken = taken;
        taken.extend(partly);
        taken
    }
}

impl<'a> Checker<'a> {
    /// `match e { … }`: what it gives, and what is known below it.
    pub(super) fn match_arms(
        &mut self,
        subject: &'a Expr,
        arms: &'a [Arm],
        want: Option<&Type>,
    ) -> (Type, Facts) {
        let found = self.expr(subject, None);
        let origin = self.origin(subject);
        let path = self.path(subject);
        let mut rest = Rest::new(&found);
        let silent = matches!(found.shape(), Type::Unknown | Type::Never);
        let (mut types, mut going_on, mut leaves) = (Vec::new(), Vec::new(), false);
        for arm in arms {
            let before = rest.members.len();
            let taken = self.pattern(&arm.pattern, &found, &mut rest, arm.guard.is_some(), false);
            self.matched_from(&arm.pattern, origin);
            if before == 0 && !silent {
                let help = String::from("The arms above take everything. Leave this one out, or move it up.");
                self.report(FlowError::UnreachableArm { help: help.into(), span: arm.pattern.span });
            }
            let mark = self.narrowing.mark();
            if let Some(path) = &path {
                self.narrowing.learn(vec![(path.clone(), taken.clone())]);
            }
            if let Some(guard) = &arm.guard {
                self.condition(guard, "what stands after `if`");
                let facts = self.learnt(guard, true);
                self.narrowing.learn(facts);
            }
            let ty = self.expr(&arm.body, want);
            self.narrowing.forget(mark);
            if ty == Type::Never {
                leaves = true;
            } else {
                going_on.push(taken);
            }
            types.push(ty);
        }
        if !silent && !rest.members.is_empty() {
            self.not_exhaustive(subject, &found, &rest.members, arms);
        }
        let facts = match path {
            Some(path) if leaves && !going_on.is_empty() => vec![(path, join_all(going_on))],
            _ => Vec::new(),
        };
        (join_all(types), facts)
    }

    /// One pattern. Gives the type of what it takes.
    fn pattern(
        &mut self,
        pattern: &'a Pattern,
        subject: &Type,
        rest: &mut Rest,
        guarded: bool,
        inner: bool,
    ) -> Type {
        match &pattern.kind {
            PatternKind::Any | PatternKind::Bind(_) => {
                let ty = together(rest.members.clone());
                let ty = if rest.members.is_empty() { subject.clone() } else { ty };
                if let PatternKind::Bind(name) = &pattern.kind {
                    self.types.set(pattern.id, ty.clone());
                    if inner {
                        self.report(FlowError::BindingInEither { span: name.span });
                    }
                    self.depends_on_subject(pattern.id);
                }
                if !guarded {
                    rest.members.clear();
                    rest.literals.clear();
                }
                ty
            }
            PatternKind::Nothing => self.take(pattern, &Type::Nothing, subject, rest, guarded),
            PatternKind::Literal(literal) => {
                self.take(pattern, &Type::Literal(literal_type(literal)), subject, rest, guarded)
            }
            PatternKind::Type { ty, binding } => {
                let wanted = self.ty(ty);
                let taken = self.take(pattern, &wanted, subject, rest, guarded);
                if let Some(name) = binding {
                    self.types.set(pattern.id, taken.clone());
                    if inner {
                        self.report(FlowError::BindingInEither { span: name.span });
                    }
                    self.depends_on_subject(pattern.id);
                }
                taken
            }
            PatternKind::Either(options) => {
                let taken: Vec<Type> =
                    options.iter().map(|option| self.pattern(option, subject, rest, guarded, true)).collect();
                join_all(taken)
            }
        }
    }

    fn depends_on_subject(&mut self, node: crate::base::NodeId) {
        if self.touched > 0 {
            self.depends.insert(node, self.touched);
        }
    }

    fn take(&mut self, pattern: &Pattern, ty: &Type, subject: &Type, rest: &mut Rest, guarded: bool) -> Type {
        if matches!(subject.shape(), Type::Unknown | Type::Never) || *ty == Type::Unknown {
            return ty.clone();
        }
        if !overlaps(subject, ty) {
            self.never(pattern, ty, subject);
            return ty.clone();
        }
        if guarded {
            return kept(subject, ty);
        }
        let had = !rest.members.is_empty();
        let taken = rest.take(ty);
        if taken.is_empty() {
            if had {
                let help = String::from("An arm above already takes it. Leave this one out, or move it up.");
                self.report(FlowError::UnreachableArm { help: help.into(), span: pattern.span });
            }
            return ty.clone();
        }
        together(taken)
    }

    fn never(&mut self, pattern: &Pattern, ty: &Type, subject: &Type) {
        let all = members(subject);
        let shown: Vec<String> = all.iter().take(12).map(ToString::to_string).collect();
        let meant = match ty {
            Type::Literal(Literal::Text(text)) => {
                let words: Vec<&str> = all
                    .iter()
                    .filter_map(|member| match member {
                        Type::Literal(Literal::Text(word)) => Some(&**word),
                        _ => None,
                    })
                    .collect();
                did_you_mean(text, words).map(|word| {
                    let help = Help::new(format!("Did you mean \"{word}\"?"));
                    help.replacing(pattern.span, format!("\"{word}\""))
                })
            }
            _ => None,
        };
        let help = meant
            .or_else(|| (all.len() > 1).then(|| Help::new(format!("It is one of {}.", shown.join(", ")))));
        self.report(ValueError::NeverIs {
            value: String::from("what is matched"),
            wanted: show(ty),
            help,
            span: pattern.span,
        });
    }

    fn not_exhaustive(&mut self, subject: &Expr, found: &Type, left: &[Type], arms: &[Arm]) {
        let names: Vec<String> = left.iter().take(8).map(|member| format!("`{member}`")).collect();
        let more = if left.len() > names.len() { ", …" } else { "" };
        let edit: Vec<String> = left
            .iter()
            .take(4)
            .map(|member| match member {
                Type::Nothing | Type::Literal(_) => format!("{member} => …"),
                Type::Record(_) | Type::Alias(_) => format!("{member} x => …"),
                _ => String::from("_ => …"),
            })
            .collect();
        let mut edit = edit;
        edit.dedup();
        let guarded = arms.iter().any(|arm| arm.guard.is_some());
        let note = if guarded { " An arm with `if` may not take its case." } else { "" };
        let help = if left.len() > 4 {
            format!("Add an arm for each, or `_ => …` for all that is left.{note}")
        } else {
            format!("Add `{}`.{note}", edit.join("`, `"))
        };
        self.report(FlowError::NotExhaustive {
            missing: format!("{}{more}", names.join(", ")),
            many: left.len() > 1,
            help: help.into(),
            span: subject.span,
            subject: show(found),
        });
    }
}
