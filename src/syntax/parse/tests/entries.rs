//! Lone expressions, and what is entered at a prompt.

use super::report;
use crate::base::{NodeIds, SourceMap};
use crate::syntax::ast::show::{show_expr, show_file, show_statement};
use crate::syntax::parse::{Entry, ParsedEntry, parse_entry, parse_expression};

fn expression(text: &str) -> String {
    let mut map = SourceMap::default();
    let id = map.add("--with", text);
    let (expr, errors) = parse_expression(id, map.file(id), &mut NodeIds::default());
    match expr {
        Some(expr) => show_expr(&expr),
        None => report(&map, &errors),
    }
}

fn entry(text: &str) -> (String, bool) {
    let mut map = SourceMap::default();
    let id = map.add("<repl>", text);
    let ParsedEntry { entry, errors, incomplete } = parse_entry(id, map.file(id), &mut NodeIds::default());
    if !errors.is_empty() {
        return (report(&map, &errors), incomplete);
    }
    let shown = match entry {
        Entry::Items(file) => show_file(&file),
        Entry::Statements(statements) => statements.iter().map(show_statement).collect::<Vec<_>>().join("; "),
    };
    (shown, incomplete)
}

#[test]
fn an_expression_stands_alone() {
    assert_eq!(expression("local()"), "(call local)");
    assert_eq!(expression(" fallback(a, openai(\"x\")) // note"), "(call fallback a (call openai \"x\"))");
    assert!(expression("a b").contains("expected the next item") || expression("a b").contains("the end"));
    assert!(expression("").contains("expected an expression"));
    assert!(expression("local(").contains("never closed"));
}

#[test]
fn a_prompt_takes_items_statements_and_expressions() {
    assert_eq!(entry("part a() -> text \"x\"\ntype B = int").0, "(part a() -> text \"x\")\n(type B int)\n");
    assert_eq!(entry("let x = 1\nx + 1").0, "(let x 1); (+ x 1)");
    assert_eq!(entry("// nothing").0, "");
    assert_eq!(entry("").0, "");
}

#[test]
fn unfinished_input_is_told_from_broken_input() {
    for text in [
        "movement a() {",
        "movement a() {\n  f(x,",
        "part a() -> text \"\"\"\n hello",
        "let x =",
        "f(1, [2, {a: ",
        "if a { b } else",
        "part a(x: text) ->",
        "1 +",
        "x =>",
        "match x {\n  \"a\" => 1,",
        "say \"\"\"a {x",
        "\"\"\"",
        "\"\"\"\ntwo",
        "type A",
    ] {
        let (shown, incomplete) = entry(text);
        assert!(incomplete, "{text:?} is unfinished: {shown}");
    }
    for text in
        ["f(]", "let = 3", "say \"abc", "a b }", "movement a() { let mut x = 1", "x @", "'a", "say \"{x\n"]
    {
        let (shown, incomplete) = entry(text);
        assert!(!incomplete && shown.contains(':'), "{text:?} is broken: {shown}");
    }
    for text in ["f(x)", "let x = 1", "if a { b }"] {
        assert!(!entry(text).1, "{text:?} is whole");
    }
}
