//! Depth, length, time, and texts that nobody would write.

use std::time::{Duration, Instant};

use super::{parsed, report};
use crate::syntax::ParseError;
use crate::syntax::parse::Parsed;

/// What nests: its beginning, its end, and what stands before and after it.
const NESTS: &[(&str, &str)] = &[
    ("(", ")"),
    ("[", "]"),
    ("f(", ")"),
    ("f(a: ", ")"),
    ("f(in: ", ")"),
    ("f(nothing: ", ")"),
    ("[{a: ", "}]"),
    ("x[", "]"),
    ("x[a..", "]"),
    ("x[..", "]"),
    ("\"a {", "}\""),
    ("\"\"\"a {", "}\"\"\""),
    ("f(x => { ", " })"),
    ("f((a, b) => { ", " })"),
    ("f(x => {k: ", "})"),
    ("if a { ", " }"),
    ("if a { } else { ", " }"),
    ("if a { } else if b { ", " }"),
    ("if (", ") { }"),
    ("match x { _ => ", " }"),
    ("match x { _ => { ", " } }"),
    ("match x { a if (", ") => b }"),
    ("for x in xs { ", " }"),
    ("for x in (", ") { }"),
    ("repeat up to 3 { ", " }"),
    ("repeat up to 3 with a = (", ") { a }"),
    ("repeat up to 3 { } else { ", " }"),
    ("together { ", " }"),
    ("limit 2s { ", " }"),
    ("limit (", ") { }"),
    ("a - f(x => { ", " })"),
    ("a + f(x => { ", " })"),
    ("a not in f(x => { ", " })"),
    ("x otherwise { ", " }"),
    ("x otherwise on timeout f(x => { ", " })"),
    ("x otherwise on timeout { ", " }"),
    ("vouch f(x => { ", " }) where it"),
    ("stop f(x => { ", " })"),
    ("stop a if f(x => { ", " })"),
    ("stop\nif f(x => { ", " }) { }"),
    ("return a if f(x => { ", " })"),
    ("expect f(x => { ", " })"),
    ("seat a = f(x => { ", " })"),
    ("let a = f(x => { ", " })"),
    ("require f(x => { ", " }) else \"no\""),
    ("say f(x => { ", " })"),
    ("f(x) by g(x => { ", " })"),
    ("f(x) within g(x => { ", " })"),
    ("x but {a: f(x => { ", " })}"),
    ("(f(x => { ", " }))"),
    ("[f(x => { ", " })]"),
    ("f(x => { ", " }).a"),
    ("- f(x => { ", " })"),
    ("not f(x => { ", " })"),
    ("x |> f(x => { ", " })"),
];

/// What stands in the middle: right, and wrong in several ways.
const MIDDLES: &[&str] = &["x", "x y +", "@", "a b c", "", "x =", "let", "if c"];

fn nested(open: &str, close: &str, middle: &str, depth: usize) -> String {
    format!("test \"t\" {{ {}{middle}{} }}", open.repeat(depth), close.repeat(depth))
}

/// Exponential time would need 2^40 steps here; pest counts its calls and gives up far earlier.
#[test]
fn time_grows_with_nesting_and_no_faster() {
    pest::set_call_limit(std::num::NonZeroUsize::new(30_000_000));
    for (open, close) in NESTS {
        for middle in MIDDLES {
            let text = nested(open, close, middle, 40);
            let (map, parsed) = parsed(&text);
            let gave_up = parsed.errors.iter().any(|error| matches!(error, ParseError::TooDeep { .. }));
            assert!(
                !gave_up,
                "{open}…{close} with {middle:?} takes too long: {}",
                report(&map, &parsed.errors)
            );
        }
    }
}

#[test]
fn right_nesting_is_read_at_every_allowed_depth() {
    for (open, close) in NESTS {
        for depth in [1, 2, 60] {
            let text = nested(open, close, "x", depth);
            let (map, parsed) = parsed(&text);
            let twice = parsed.errors.iter().all(|error| {
                matches!(error, ParseError::LeavingTwice { .. } | ParseError::LeaveBlock { .. })
            });
            assert!(twice, "{text}\n{}", report(&map, &parsed.errors));
        }
    }
}

fn only_error(parsed: &Parsed) -> &ParseError {
    assert_eq!(parsed.errors.len(), 1, "{:?}", parsed.errors);
    &parsed.errors[0]
}

#[test]
fn a_hundred_thousand_brackets_are_refused_by_name_and_at_once() {
    for open in ["(", "[", "{", "f(", "\"{", "[{a: "] {
        let text = format!("movement a() {{ {} }}\npart fine() -> text \"x\"", open.repeat(100_000));
        let begun = Instant::now();
        let (_, parsed) = parsed(&text);
        assert!(begun.elapsed() < Duration::from_millis(if cfg!(debug_assertions) { 2_000 } else { 100 }));
        assert!(matches!(only_error(&parsed), ParseError::TooDeep { limit: 256, .. }));
        assert_eq!(parsed.file.items.len(), 1, "what stands below is read");
    }
}

#[test]
fn nesting_without_brackets_is_refused_by_name() {
    for (open, end) in [
        ("if ", "x"),
        ("fail ", "x"),
        ("match ", "x"),
        ("vouch ", "x"),
        ("stop ", "x"),
        ("x => ", "x"),
        ("for x in ", "x"),
        ("limit ", "x"),
        ("repeat up to ", "x"),
        ("f() by if ", "x"),
        ("x ?? fail ", "x"),
    ] {
        let text = format!("movement a() {{ {}{end} }}", open.repeat(100_000));
        let (map, parsed) = parsed(&text);
        let known = parsed.errors.iter().all(|error| {
            matches!(
                error,
                ParseError::TooDeep { .. } | ParseError::LeavingTwice { .. } | ParseError::TooLong { .. }
            )
        });
        assert!(
            known && !parsed.errors.is_empty(),
            "{open}: {}",
            report(&map, &parsed.errors).chars().take(300).collect::<String>()
        );
    }
    let text = format!("type A = {}text", "part() -> ".repeat(100_000));
    assert!(matches!(only_error(&parsed(&text).1), ParseError::TooDeep { .. }));
}

#[test]
fn long_chains_are_read_up_to_a_limit() {
    let chains: &[(&str, &str, &str)] = &[
        ("x", " + x", ""),
        ("x", " |> f()", ""),
        ("x", ".a", ""),
        ("x", "()", ""),
        ("f()", " by f()", ""),
        ("x", " otherwise x", ""),
        ("x", " ?? x", ""),
        ("", "not ", "x"),
        ("f(", "- ", "x)"),
        ("x", " as T", ""),
        ("x", " and x == y", ""),
        ("if a { }", " else if a { }", ""),
    ];
    for (start, link, end) in chains {
        let text = |links: usize| format!("movement a() {{ {start}{}{end} }}", link.repeat(links));
        let (map, right) = parsed(&text(490));
        assert!(right.errors.is_empty(), "{link}: {}", report(&map, &right.errors));
        let (_, wrong) = parsed(&text(20_000));
        assert!(
            matches!(only_error(&wrong), ParseError::TooLong { limit: 1_000, .. }),
            "{link}: {:?}",
            wrong.errors
        );
    }
}

/// Lists, statements, arms and the like are no chains: there may be many.
#[test]
fn wide_is_not_deep() {
    let many = 5_000;
    let text = format!(
        "movement a() {{ f([{}], \"{}\")\n{}\nmatch x {{ {} }} }}\ntype A = {}\ntype B {{ {} }}",
        "x, ".repeat(many),
        "{x} ".repeat(many),
        "let a = f(x)\n".repeat(many),
        "1 => 2, ".repeat(many),
        "| \"a\" ".repeat(many),
        "a: text\n".repeat(many),
    );
    let (map, parsed) = parsed(&text);
    assert!(parsed.errors.is_empty(), "{}", report(&map, &parsed.errors));
}

/// Every prefix of every case parses or gives a diagnostic inside the file; nothing panics.
#[test]
fn every_prefix_has_an_answer() {
    let cases = concat!(include_str!("forms.score"), "=====\n", include_str!("messages.score"));
    for case in cases.split("=====\n") {
        for (end, _) in case.char_indices() {
            check(&case[..end]);
        }
    }
}

/// Broken texts: pieces of the cases, cut out, doubled, swapped and spoilt by a seeded generator.
#[test]
fn spoilt_texts_have_an_answer() {
    let cases: Vec<&str> = include_str!("forms.score")
        .split("=====\n")
        .chain(include_str!("messages.score").split("=====\n"))
        .collect();
    let spoilers = [
        "{", "}", "(", ")", "\"", "\"\"\"", "[", "]", "\\", "//", "///", "=>", "->", "|", "\n", "\u{202e}",
        "é", "$", "0", "r\"", "..",
    ];
    let mut seed = 0x9e37_79b9_7f4a_7c15_u64;
    let mut next = move |below: usize| {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        usize::try_from(seed % (below.max(1) as u64)).unwrap_or(0)
    };
    for _ in 0..4_000 {
        let mut text = cases[next(cases.len())].to_owned();
        for _ in 0..=next(4) {
            let at = floor(&text, next(text.len() + 1));
            let end = floor(&text, (at + next(12)).min(text.len()));
            match next(4) {
                0 => text.replace_range(at..end, ""),
                1 => text.insert_str(at, spoilers[next(spoilers.len())]),
                2 => text.insert_str(at, &text[at..end].to_owned()),
                _ => {
                    let other = cases[next(cases.len())];
                    let from = floor(other, next(other.len()));
                    let to = floor(other, (from + next(40)).min(other.len()));
                    text.replace_range(at..end, &other[from..to]);
                }
            }
        }
        check(&text);
    }
}

fn floor(text: &str, at: usize) -> usize {
    (0..=at.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0)
}

fn check(text: &str) {
    let (map, parsed) = parsed(text);
    let file = parsed.file.span;
    for error in &parsed.errors {
        let span = error.span();
        assert!(
            file.start <= span.start && span.end <= file.end,
            "{error:?} is outside of {file:?} in\n{text}"
        );
        assert!(map.file_at(span.start).is_some());
        assert!(!matches!(error, ParseError::Unread { .. }), "{error:?} in\n{text}");
        let local = usize::try_from(span.start - file.start).unwrap_or(0);
        assert!(
            text.is_char_boundary(local) && text.is_char_boundary(local + span.len()),
            "{error:?} in\n{text}"
        );
    }
    let ordered = parsed.errors.windows(2).all(|pair| pair[0].span().start <= pair[1].span().start);
    assert!(ordered, "{:?}", parsed.errors);
    if parsed.incomplete {
        assert_eq!(parsed.errors.len(), 1);
    }
}

#[test]
fn each_broken_item_has_its_error_in_source_order() {
    let broken = [
        "movement a() { let = 1 }",
        "part b() -> text by",
        "type C {",
        "instrument d = (",
        "part e() -> text \"\"\"\n  no end",
        "movement f() {\n  if x {\n    g()\n}",
        "test \"g\" { 'x' }",
        "movment h() { }",
        "use",
        "movement i() { f(1 2) }",
    ];
    for from in 0..broken.len() {
        let mut text = String::new();
        for at in 0..broken.len() {
            text += broken[(from + at) % broken.len()];
            text += "\n\n/// Fine.\npart fine() -> text \"\"\"\nx\n\"\"\"\n\n";
        }
        let (map, parsed) = parsed(&text);
        assert_eq!(parsed.errors.len(), broken.len(), "{text}\n{}", report(&map, &parsed.errors));
        assert_eq!(parsed.file.items.len(), broken.len());
    }
}
