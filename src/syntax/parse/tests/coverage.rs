//! The goldens show every form: each rule of the grammar is used by a score among them that reads as one.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use pest::Parser as _;

use super::super::grammar::{Grammar, Rule};
use super::parsed;
use crate::syntax::ast::ItemKind;

/// Rules that no tree of a score has: doors of the parser, and words that are only looked ahead for.
const APART: &[Rule] =
    &[Rule::EOI, Rule::statement_entry, Rule::expression_entry, Rule::word_tail, Rule::form_word];

fn goldens(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            goldens(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "score") {
            found.push(path);
        }
    }
}

#[test]
fn every_form_has_a_golden() {
    let mut paths = Vec::new();
    goldens(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden"), &mut paths);
    assert!(paths.len() >= 120, "{} goldens", paths.len());
    let mut used = BTreeSet::new();
    for path in paths {
        let text = std::fs::read_to_string(&path).expect("readable");
        let (map, file) = parsed(&text);
        for item in &file.file.items {
            let door = match item.kind {
                ItemKind::Use(_) => Rule::use_entry,
                ItemKind::Type(_) => Rule::type_entry,
                ItemKind::Instrument(_) => Rule::instrument_entry,
                ItemKind::Part(_) => Rule::part_entry,
                ItemKind::Movement(_) => Rule::movement_entry,
                ItemKind::Test(_) => Rule::test_entry,
            };
            let pairs = Grammar::parse(door, map.text(item.span)).ok().into_iter().flatten();
            used.extend(
                pairs.flat_map(|pair| pair.into_inner().flatten().map(|inner| inner.as_rule()).chain([door])),
            );
        }
    }
    let grammar = include_str!("../../../../grammar/score.pest");
    let silent = |rule: Rule| {
        let head = format!("{rule:?} ");
        grammar
            .lines()
            .any(|line| line.strip_prefix(&head).is_some_and(|rest| rest.trim_start().starts_with("= _{")))
    };
    let missing: Vec<Rule> = Rule::all_rules()
        .iter()
        .copied()
        .filter(|rule| !used.contains(rule) && !APART.contains(rule) && !silent(*rule))
        .collect();
    assert!(missing.is_empty(), "no golden shows {missing:?}");
}
