//! The clauses of a part.

use super::build::{Builder, Pair};
use super::grammar::Rule;
use super::text::is_text;
use crate::base::{Help, Span};
use crate::syntax::ParseError;
use crate::syntax::ast::{ClassWord, Clause, ClauseKind, Expr, ExprKind, Text};

impl Builder<'_, '_> {
    /// One clause; `None` where it says nothing.
    pub(super) fn clause(&mut self, pair: Pair<'_>) -> Option<Clause> {
        let span = self.tight(&pair);
        let inner = pair.into_inner().next()?;
        let rule = inner.as_rule();
        let class = match rule {
            Rule::kw_thinks => Some(ClauseKind::Class(ClassWord::Thinks)),
            Rule::kw_reads => Some(ClauseKind::Class(ClassWord::Reads)),
            Rule::kw_acts => Some(ClauseKind::Class(ClassWord::Acts)),
            Rule::kw_fresh => Some(ClauseKind::Fresh),
            _ => None,
        };
        if let Some(kind) = class {
            return Some(Clause { span, kind });
        }
        let (mut values, message) = self.clause_parts(inner);
        self.check_no_text(rule, &values);
        let kind = match rule {
            Rule::using_clause => ClauseKind::Using(values),
            Rule::within_clause => ClauseKind::Within(values),
            Rule::ensure_clause => {
                let condition = values.pop()?;
                let Some(message) = message else {
                    let shown = self.quote(condition.span);
                    let place = Span::new(span.end.saturating_sub(1), span.end);
                    self.fail(ParseError::NoElse { word: "ensure", condition: shown, span: place });
                    return None;
                };
                ClauseKind::Ensure { condition, message }
            }
            _ => {
                let value = values.pop()?;
                match rule {
                    Rule::by_clause => ClauseKind::By(value),
                    Rule::from_clause => ClauseKind::From(value),
                    Rule::retry_clause => ClauseKind::Retry(value),
                    Rule::turns_clause => ClauseKind::Turns(value),
                    Rule::otherwise_clause => ClauseKind::Otherwise(value),
                    Rule::quorum_clause => ClauseKind::Quorum(value),
                    Rule::prefill_clause => ClauseKind::Prefill(value),
                    Rule::stdin_clause => ClauseKind::Stdin(value),
                    _ => return None,
                }
            }
        };
        Some(Clause { span, kind })
    }

    /// A text where an instrument, tool or number must stand is most likely what the part says.
    fn check_no_text(&mut self, rule: Rule, values: &[Expr]) {
        let expected = match rule {
            Rule::by_clause => "an instrument",
            Rule::using_clause => "a tool",
            Rule::retry_clause | Rule::quorum_clause | Rule::turns_clause => "a number",
            Rule::within_clause => "a duration or an amount",
            _ => return,
        };
        let Some(text) = values.iter().find(|value| matches!(value.kind, ExprKind::Text(_))) else { return };
        let model = |text: &Text| {
            text.plain().is_some_and(|name| {
                let mut letters = name.chars();
                !name.is_empty()
                    && letters.all(|letter| letter.is_ascii_alphanumeric() || "-._/:".contains(letter))
            })
        };
        let help = match &text.kind {
            _ if values.len() > 1 => {
                Help::new("What the part says stands after its clauses, without a `,` before it.")
            }
            ExprKind::Text(written) if rule == Rule::by_clause && model(written) => Help::new(
                "A model is named in the constructor of an instrument: `by openai(\"gpt-5-mini\")`.",
            )
            .replacing(Span::at(text.span.start), "openai(")
            .replacing(Span::at(text.span.end), ")"),
            _ => Help::new("Name one before the text, or delete the clause."),
        };
        self.fail(ParseError::Expected {
            expected: expected.to_owned(),
            found: String::from("a text"),
            span: Span::new(text.span.start, text.span.start + 1),
            label: format!("{expected} must stand here"),
            help: Some(help),
        });
    }

    fn clause_parts(&mut self, pair: Pair<'_>) -> (Vec<Expr>, Option<Text>) {
        let mut values = Vec::new();
        let mut message = None;
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::bare_expression => values.push(self.expression(part)),
                Rule::block => values.push(self.block_expression(part)),
                Rule::kw_by
                | Rule::kw_using
                | Rule::kw_from
                | Rule::kw_ensure
                | Rule::kw_else
                | Rule::kw_retry
                | Rule::kw_within
                | Rule::kw_up_to
                | Rule::kw_turns
                | Rule::kw_otherwise
                | Rule::kw_quorum
                | Rule::kw_prefill
                | Rule::kw_stdin
                | Rule::comma => {}
                rule if is_text(rule) => message = Some(self.text(&part)),
                _ => values.push(self.single(part)),
            }
        }
        (values, message)
    }

    /// Notes clauses that stand twice; `ensure` may.
    pub(super) fn check_repeated(&mut self, clauses: &[Clause]) {
        for (at, clause) in clauses.iter().enumerate() {
            let word = clause_word(&clause.kind);
            let Some(first) = clauses[..at].iter().find(|before| clause_word(&before.kind) == word) else {
                continue;
            };
            let help = match &clause.kind {
                ClauseKind::Ensure { .. } => continue,
                ClauseKind::Using(_) => "Name all of them in one: `using a, b`.",
                ClauseKind::Within(_) => "Give all limits in one: `within 30s, $0.05`.",
                ClauseKind::By(_) => {
                    "One instrument plays a part; for a second choice write `by fallback(a, b)`."
                }
                ClauseKind::From(_)
                | ClauseKind::Retry(_)
                | ClauseKind::Turns(_)
                | ClauseKind::Otherwise(_)
                | ClauseKind::Quorum(_)
                | ClauseKind::Class(_)
                | ClauseKind::Fresh
                | ClauseKind::Prefill(_)
                | ClauseKind::Stdin(_) => "Delete one of the two.",
            };
            let error = ParseError::Repeated {
                word: word.to_owned(),
                help: help.to_owned().into(),
                span: clause.span,
                first: first.span,
            };
            self.fail(error);
        }
    }
}

/// The word a clause is known by; the three classes count as one.
pub(super) fn clause_word(kind: &ClauseKind) -> &'static str {
    match kind {
        ClauseKind::By(_) => "by",
        ClauseKind::Using(_) => "using",
        ClauseKind::From(_) => "from",
        ClauseKind::Ensure { .. } => "ensure",
        ClauseKind::Retry(_) => "retry",
        ClauseKind::Within(_) => "within",
        ClauseKind::Turns(_) => "up to … turns",
        ClauseKind::Otherwise(_) => "otherwise",
        ClauseKind::Quorum(_) => "quorum",
        ClauseKind::Class(_) => "class",
        ClauseKind::Fresh => "fresh",
        ClauseKind::Prefill(_) => "prefill",
        ClauseKind::Stdin(_) => "stdin",
    }
}
