//! Tests: who sits in which chair, then statements as in a movement.

use super::checker::{Checker, ItemFacts, Place};
use super::{TestError, ValueError};
use crate::base::Span;
use crate::resolve::{ItemId, Meaning};
use crate::syntax::ast::{self, Argument, Expr, ExprKind, ItemKind, SeatSpace, Statement, StatementKind};
use crate::types::{Size, Type};

/// What has a chair.
const CHAIRS: &str = "Instruments, parts and movements have a chair: `seat writer = script([\"Hello\"])`. Beside them there are `files` and `clock`.";

impl<'a> Checker<'a> {
    /// `test "name" { … }`
    pub(super) fn check_test(&mut self, id: ItemId, item: &'a ast::TestItem) {
        let statements = &item.body.statements;
        let is_seat = |statement: &&Statement| matches!(statement.kind, StatementKind::Seat { .. });
        let (seats, steps) = statements.split_at(statements.iter().take_while(is_seat).count());
        self.begin(id, Some(Place::Clause));
        let mut taken: Vec<(String, Span)> = Vec::new();
        for statement in seats {
            if let StatementKind::Seat { space, name, value } = &statement.kind {
                self.seat(statement, *space, name, value);
                match taken.iter().find(|(known, _)| **known == *name.name) {
                    Some((_, first)) => {
                        let (name, span, first) = (name.name.to_string(), name.span, *first);
                        self.report(TestError::SeatedTwice { name, span, first });
                    }
                    None => taken.push((name.name.to_string(), name.span)),
                }
            }
        }
        self.begin(id, Some(Place::Movement(Type::Nothing)));
        self.steps(steps);
        if steps.is_empty() {
            self.report(TestError::EmptyTest { span: item.name.span });
        }
    }

    fn seat(
        &mut self,
        statement: &'a Statement,
        space: Option<SeatSpace>,
        name: &'a ast::Ident,
        value: &'a Expr,
    ) {
        let help = "A test is seated before it begins: write the value here.";
        let wanted = match &*name.name {
            "files" if space.is_none() => Type::Map(std::sync::Arc::new(Type::Text)),
            "clock" if space.is_none() => Type::Text,
            _ => {
                self.chair(statement, space, name);
                Type::Instrument
            }
        };
        self.computing("a `seat`", help, |checker| {
            checker.demand(value, &wanted, format_args!("what sits in `{}`", name.name));
        });
        if wanted == Type::Text {
            self.clock(value);
        }
    }

    /// Whether the named item has a chair.
    fn chair(&mut self, statement: &'a Statement, space: Option<SeatSpace>, name: &'a ast::Ident) {
        let Some(meaning) = self.meaning(statement.id) else { return };
        let Meaning::Item(item) = meaning else {
            return self.no_chair(name, "is no item of this score", CHAIRS);
        };
        let found = match self.facts(item) {
            ItemFacts::Part(_) => "part",
            ItemFacts::Movement(_) => "movement",
            ItemFacts::Instrument(_) => "instrument",
            ItemFacts::Type(_) => return self.no_chair(name, "is a type", CHAIRS),
            ItemFacts::Other => return,
        };
        let said = match space {
            Some(SeatSpace::Part) => "part",
            Some(SeatSpace::Movement) => "movement",
            None => found,
        };
        if said != found {
            let help = format!("Write `seat {} = …`.", name.name);
            let (name, span) = (name.name.to_string(), name.span);
            let why = format!("is {} {found}, no {said}", if found == "instrument" { "an" } else { "a" });
            self.report(TestError::NoChair { name, why, help, span });
        }
    }

    fn no_chair(&mut self, name: &ast::Ident, why: &str, help: &str) {
        let (name, why, span) = (name.name.to_string(), why.to_owned(), name.span);
        self.report(TestError::NoChair { name, why, help: help.to_owned(), span });
    }

    /// `seat clock = "2026-01-05T09:00Z"`
    fn clock(&mut self, value: &'a Expr) {
        let plain = match &value.kind {
            ExprKind::Text(text) => text.plain(),
            _ => None,
        };
        let fits = plain.is_some_and(|text| text.parse::<jiff::Timestamp>().is_ok());
        if !fits && self.types.get(value.id).is_some_and(|ty| super::fits::fits(ty, &Type::Text)) {
            let what = String::from("the time of a test");
            let help = String::from("Write it with its zone: `seat clock = \"2026-01-05T09:00Z\"`.");
            self.report(ValueError::NotLiteral { what, help: help.into(), span: value.span });
        }
    }

    /// `seat` among other statements.
    pub(super) fn late_seat(&mut self, statement: &'a Statement) {
        self.report(TestError::LateSeat { span: statement.span });
    }

    /// `asked(NAME)`
    pub(super) fn asked(&mut self, call: &'a Expr, arguments: &'a [Argument]) -> Type {
        if !self.written(self.item).is_some_and(|item| matches!(item.kind, ItemKind::Test(_))) {
            self.report(TestError::OnlyInTests { span: call.span });
        }
        let Some(argument) = arguments.first() else { return Type::Unknown };
        let named = match &argument.value.kind {
            ExprKind::Name(_) | ExprKind::Field { .. } => self.meaning(argument.value.id),
            _ => None,
        };
        let known = match named {
            Some(Meaning::Item(item)) => {
                matches!(
                    self.facts(item),
                    ItemFacts::Part(_) | ItemFacts::Movement(_) | ItemFacts::Instrument(_)
                )
            }
            _ => false,
        };
        if !known {
            let found = self.expr(&argument.value, None);
            if found != Type::Unknown {
                self.report(ValueError::Mismatch {
                    what: String::from("whose prompts `asked` lists"),
                    found: super::advice::show(&found),
                    wanted: String::from("the name of an instrument, a part or a movement"),
                    help: Some(String::from("Name one of this score: `asked(writer)`.").into()),
                    span: argument.value.span,
                });
            }
        }
        Type::List(std::sync::Arc::new(Type::Text), Size::ANY)
    }
}
