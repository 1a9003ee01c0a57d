//! Blocks and statements.

use super::build::{Builder, Pair};
use super::grammar::Rule;
use super::text::is_text;
use crate::base::Span;
use crate::syntax::ParseError;
use crate::syntax::ast::{Block, Ident, SeatSpace, Statement, StatementKind};

impl Builder<'_, '_> {
    /// `{ statements }`
    pub(super) fn block(&mut self, pair: Pair<'_>) -> Block {
        let span = self.span(&pair);
        let mut statements = Vec::new();
        for part in pair.into_inner().filter(|part| part.as_rule() == Rule::statements) {
            statements = self.listing(false, |builder| builder.statements(part));
        }
        Block { span, statements }
    }

    pub(super) fn statements(&mut self, pair: Pair<'_>) -> Vec<Statement> {
        let mut statements = Vec::new();
        for part in pair.into_inner() {
            statements.push(self.statement(part));
        }
        statements
    }

    fn statement(&mut self, pair: Pair<'_>) -> Statement {
        let place = self.span(&pair);
        // A `let` is its name's definition: its identity comes before those of its parts.
        let id = self.ids.fresh();
        let rule = pair.as_rule();
        let mut name: Option<Ident> = None;
        let mut ty = None;
        let mut value = None;
        let mut message = None;
        let mut space = None;
        let mut end = place;
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::name => name = Some(self.ident(&part)),
                Rule::type_expression => ty = Some(self.type_expression(part)),
                Rule::expression => {
                    end = self.tight(&part);
                    value = Some(self.expression(part));
                }
                rule if is_text(rule) => {
                    end = self.span(&part);
                    message = Some(self.text(&part));
                }
                Rule::kw_part => space = Some(SeatSpace::Part),
                Rule::kw_movement => space = Some(SeatSpace::Movement),
                Rule::seat_head => self.check_test("seat", self.span(&part)),
                Rule::expect_head => self.check_test("expect", self.span(&part)),
                _ => {}
            }
        }
        let span = Span::new(place.start, end.end);
        let value = value.unwrap_or_else(|| self.missing(place));
        let kind = match rule {
            Rule::let_statement => {
                let name = name.unwrap_or_else(|| self.missing_ident(place));
                self.check_value_name(&name);
                StatementKind::Let { name, ty, value }
            }
            Rule::require_statement => {
                let told = self.errors.iter().any(|error| error.span().start >= place.start);
                if message.is_none() && !told {
                    let condition = self.quote(value.span);
                    let span = Span::new(end.end.saturating_sub(1), end.end);
                    self.fail(ParseError::NoElse { word: "require", condition, span });
                }
                let message = message.unwrap_or_else(|| self.missing_text(place));
                StatementKind::Require { condition: value, message }
            }
            Rule::say_statement => StatementKind::Say(value),
            Rule::wait_statement => StatementKind::Wait(value),
            Rule::seat_statement => {
                let name = name.unwrap_or_else(|| self.missing_ident(place));
                StatementKind::Seat { space, name, value }
            }
            Rule::expect_statement => StatementKind::Expect(value),
            _ => StatementKind::Expr(value),
        };
        Statement { id, span, kind }
    }

    fn check_test(&mut self, word: &'static str, span: Span) {
        if !self.in_test {
            let help = match word {
                "seat" => "Put it in `test \"…\" { … }`; elsewhere `by` says who plays.",
                _ => {
                    "Put it in `test \"…\" { … }`; what a movement needs to hold is said with `require … else \"…\"`."
                }
            };
            self.fail(ParseError::TestOnly { word, help, span });
        }
    }
}
