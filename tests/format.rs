//! The formatter: what it writes means what was written, keeps every comment, and stays as it is when formatted
//! again. The examples, the standard library and the scores in the docs are formatted.

mod formatted;

use std::fs;

use formatted::{all_in, blocks, flaw, pages, root};
use score_lang::format::format;

#[test]
fn what_is_formatted_means_the_same_and_stays() {
    let mut wrong = String::new();
    for (name, text) in all_in(&["tests/golden", "examples", "stdlib"]).into_iter().chain(blocks()) {
        if let Some(flaw) = flaw(&text) {
            wrong.push_str(&format!("{name}: {flaw}\n"));
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

/// Formats what is to be formatted.
fn bless() {
    let commented = |block: &str| -> String {
        block.lines().map(|line| format!("//! {line}").trim_end().to_owned() + "\n").collect()
    };
    for (name, text) in all_in(&["examples", "stdlib"]) {
        let mut formatted = format("a.score", &text).unwrap_or_else(|_| text.clone());
        for (_, block) in blocks() {
            if let Ok(better) = format("a.score", &block) {
                formatted = formatted.replace(&commented(&block), &commented(&better));
            }
        }
        if formatted != text {
            fs::write(name, formatted).expect("written");
        }
    }
    for page in pages() {
        let text = fs::read_to_string(&page).unwrap_or_default();
        let mut out = text.clone();
        for (_, block) in blocks() {
            if let Ok(formatted) = format("a.score", &block) {
                out = out.replace(&format!("\n{block}```"), &format!("\n{formatted}```"));
            }
        }
        if out != text {
            fs::write(page, out).expect("written");
        }
    }
}

#[test]
fn examples_the_library_and_the_docs_are_formatted() {
    if std::env::var_os("SCORE_BLESS").is_some() {
        return bless();
    }
    let mut wrong = String::new();
    for (name, text) in all_in(&["examples", "stdlib"]).into_iter().chain(blocks()) {
        match format("a.score", &text) {
            Ok(formatted) if formatted == text => {}
            Ok(formatted) => {
                let line = formatted.lines().zip(text.lines()).find(|(one, other)| one != other);
                wrong.push_str(&format!("{name} is not formatted: {line:#?}\n"));
            }
            Err((_, errors)) => wrong.push_str(&format!("{name}: {errors:?}\n")),
        }
    }
    assert!(wrong.is_empty(), "SCORE_BLESS=1 cargo test --test format formats them\n{wrong}");
}

/// Each case as it is written and as it is formatted.
#[test]
fn forms_are_laid_out() {
    let text = fs::read_to_string(root().join("tests/golden/format/forms.txt")).expect("the cases");
    let bless = std::env::var_os("SCORE_BLESS").is_some();
    let mut out = String::new();
    for case in text.split("\n=====\n") {
        let before = case.split("\n-----").next().unwrap_or_default();
        let formatted = format("a.score", before).unwrap_or_else(|(_, errors)| format!("{errors:?}\n"));
        if !out.is_empty() {
            out.push_str("=====\n");
        }
        out.push_str(&format!("{}\n-----\n{formatted}", before.trim_end_matches('\n')));
    }
    if bless {
        fs::write(root().join("tests/golden/format/forms.txt"), &out).expect("written");
        return;
    }
    assert!(out == text, "SCORE_BLESS=1 cargo test --test format rewrites what is expected\n{out}");
}

/// What the fuzzer found.
#[test]
fn a_pattern_that_names_no_value_keeps_its_sign_wherever_it_stands() {
    let text = "movement main(x: text | int) -> int {\n  match x { text // c\n_ => 1, int\t_ => 2 }\n}\n";
    assert_eq!(flaw(text), None);
}
