//! Places: trimmed, in the shared space, parentheses excluded.

use super::parsed;
use crate::base::{SourceMap, Span};
use crate::syntax::ast::{Block, CommentKind, Expr, ExprKind, ItemKind, Statement, StatementKind};

fn body(text: &str) -> (SourceMap, Vec<Statement>) {
    let (map, mut parsed) = parsed(text);
    assert!(parsed.errors.is_empty(), "{:?}", parsed.errors);
    let Some(ItemKind::Movement(movement)) = parsed.file.items.pop().map(|item| item.kind) else {
        panic!("a movement")
    };
    (map, movement.body.statements)
}

fn expr(statement: &Statement) -> &Expr {
    match &statement.kind {
        StatementKind::Expr(expr) | StatementKind::Let { value: expr, .. } => expr,
        other => panic!("an expression, not {other:?}"),
    }
}

#[test]
fn no_span_ends_in_a_blank_or_a_comment() {
    let text = "movement a() {\n  let a = f(x) // note\n  // more\n  if c { d } // x\n  b + 1  // y\n  e otherwise g \n  stop // z\n}\n// end\n";
    let (map, statements) = body(text);
    let shown: Vec<&str> = statements.iter().map(|statement| map.text(statement.span)).collect();
    assert_eq!(shown, ["let a = f(x)", "if c { d }", "b + 1", "e otherwise g", "stop"]);
    let shown: Vec<&str> = statements.iter().map(|statement| map.text(expr(statement).span)).collect();
    assert_eq!(shown, ["f(x)", "if c { d }", "b + 1", "e otherwise g", "stop"]);
}

#[test]
fn parentheses_belong_to_what_is_around_them() {
    let (map, statements) = body("movement a() { let x = ((a) + (b))  (f)(x) }");
    let sum = expr(&statements[0]);
    assert!(sum.parenthesised);
    assert_eq!(map.text(sum.span), "(a) + (b)");
    let ExprKind::Binary { left, op_span, .. } = &sum.kind else { panic!("a sum") };
    assert_eq!((map.text(left.span), map.text(*op_span), left.parenthesised), ("a", "+", true));
    let call = expr(&statements[1]);
    assert_eq!(map.text(call.span), "(f)(x)");
    assert!(!call.parenthesised);
}

#[test]
fn items_comments_and_the_file_have_their_places() {
    let text = "// one\n//! two\n/// three\npart a() -> text \"x\" // four\n//// five\n";
    let (map, parsed) = parsed(text);
    assert!(parsed.errors.is_empty(), "{:?}", parsed.errors);
    let kinds: Vec<CommentKind> = parsed.file.comments.iter().map(|comment| comment.kind).collect();
    use CommentKind::{Doc, FileDoc, Note};
    assert_eq!(kinds, [Note, FileDoc, Doc, Note, Note]);
    assert_eq!(map.text(parsed.file.comments[3].span), "// four");
    assert_eq!(map.text(parsed.file.items[0].span), "part a() -> text \"x\"");
    assert_eq!((parsed.file.doc.as_str(), parsed.file.items[0].doc.as_str()), ("two", "three"));
    assert_eq!(map.text(parsed.file.span), text);
}

#[test]
fn holes_have_places_of_their_own() {
    let (map, statements) = body("movement a() { \"one {x + 1} \\n two\" }");
    let ExprKind::Text(text) = &expr(&statements[0]).kind else { panic!("a text") };
    let spans: Vec<&str> = text
        .pieces
        .iter()
        .map(|piece| match piece {
            crate::syntax::ast::TextPiece::Literal { span, .. }
            | crate::syntax::ast::TextPiece::Hole { span, .. } => map.text(*span),
        })
        .collect();
    assert_eq!(spans, ["one ", "{x + 1}", " \\n two"]);
}

#[test]
fn line_breaks_of_other_systems_and_marks_at_the_start_are_fine() {
    let (_, with) = parsed(
        "\u{feff}#!/usr/bin/env score\r\n//! Doc.\r\npart a() -> text\r\n  \"\"\"\r\n  one\r\n    two\r\n  \"\"\"\r\n",
    );
    let (_, without) =
        parsed("#!/usr/bin/env score\n//! Doc.\npart a() -> text\n  \"\"\"\n  one\n    two\n  \"\"\"\n");
    assert!(with.errors.is_empty(), "{:?}", with.errors);
    let show = crate::syntax::ast::show::show_file;
    assert_eq!(show(&with.file), show(&without.file));
}

/// Spans of statements lie in those of their block.
#[test]
fn statements_lie_in_their_block() {
    let (_, statements) = body("movement a() { if a { b c() } else { for x in xs { y } } }");
    let ExprKind::If { then, .. } = &expr(&statements[0]).kind else { panic!("an if") };
    check(then, expr(&statements[0]).span);
}

fn check(block: &Block, around: Span) {
    assert!(around.start <= block.span.start && block.span.end <= around.end);
    for statement in &block.statements {
        assert!(block.span.start < statement.span.start && statement.span.end < block.span.end);
    }
}
