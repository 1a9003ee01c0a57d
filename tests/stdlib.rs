//! The standard library: its modules are without errors or oddities, their tests pass, and `docs/stdlib.md` is
//! made of them (`SCORE_BLESS=1 cargo test --test stdlib` writes it again).

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use miette::Diagnostic;
use score_lang::engine::evaluate::Given;
use score_lang::load::{Disk, library, library_names, load};
use score_lang::plan::Outside;
use score_lang::report::{Look, Style, show};
use score_lang::session::{Flaw, Parsed};
use score_lang::syntax::ast::{Item, ItemKind, Prompt};
use score_lang::value::Value;

const HEAD: &str = "# The standard library

Modules written in Score. Bring in what you need with `use std/review { refine }`, or a whole module with
`use std/review as review`. The parts of the library have no instrument of their own: say who plays at the call, or
hand instruments to the movements.
";

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("stdlib")
}

#[test]
fn every_file_is_a_module_of_the_library() {
    let mut files: Vec<String> = fs::read_dir(folder())
        .expect("the library")
        .map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned())
        .filter_map(|name| name.strip_suffix(".score").map(str::to_owned))
        .collect();
    files.sort();
    assert_eq!(files, library_names().collect::<Vec<_>>());
}

#[test]
fn modules_are_sound_and_their_tests_pass() {
    let mut wrong = String::new();
    for name in library_names() {
        let path = folder().join(format!("{name}.score"));
        let path = path.to_string_lossy();
        let read = || Parsed::read(&Disk, &path).expect("readable");
        let problems = match read().check() {
            Ok(checked) => checked.warnings(),
            Err(problems) => problems,
        };
        let all: Vec<&dyn Diagnostic> = problems.diagnostics().collect();
        if !all.is_empty() {
            wrong.push_str(&show(&all, problems.sources(), Style::Full(Look::PLAIN)));
            continue;
        }
        let planned = read().check().and_then(|checked| checked.plan()).expect("no errors");
        assert!(!planned.tests().is_empty(), "{name} has no tests");
        for test in planned.tests() {
            match planned.test(test, &folder()) {
                Ok(()) => {}
                Err(Flaw::Failed(report)) => {
                    let all = [&*report as &dyn Diagnostic];
                    wrong.push_str(&show(&all, planned.sources(), Style::Full(Look::PLAIN)));
                }
                Err(flaw) => {
                    let _ = writeln!(wrong, "{name}: {}: {flaw:?}", test.name);
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

/// Each provider, made as a score makes it: an address that is safe for a key, and a key of its own name.
#[test]
fn every_provider_plans_and_keeps_its_key_on_safe_addresses() {
    let text = library("providers").expect("a module");
    let program = load(&Disk, "std/providers.score", text).program;
    let names: Vec<&str> = program.modules[0].file.items.iter().filter_map(provider).collect();
    assert!(names.len() >= 15, "{names:?}");
    let mut keys = BTreeSet::new();
    for name in names {
        let score = format!(
            "use std/providers {{ {name} }}\ninstrument player = {name}(\"a-model\", temperature: 0.5)\n\
             part ask() -> int by player \"How many?\"\n\
             movement main() -> int {{ ask() }}\n\
             test \"it plays\" {{ seat player = script([3])\n expect main() == 3 }}\n"
        );
        let parsed = Parsed::text("score.score", score.as_str());
        let planned = parsed.check().and_then(|checked| checked.plan()).unwrap_or_else(|problems| {
            let all: Vec<String> = problems.diagnostics().map(|one| one.to_string()).collect();
            panic!("{name}: {all:?}")
        });
        assert!(planned.test(&planned.tests()[0], &folder()).is_ok(), "{name}");
        let secrets: BTreeMap<String, String> =
            Outside::of(planned.plan()).secrets.into_iter().map(|key| (key, "canary".to_owned())).collect();
        let given = Given { secrets: secrets.clone(), ..Given::default() };
        let made = planned.instrument("player", &given).expect("declared").expect("made");
        let Value::Instrument(player) = made else { panic!("{name} is no instrument") };
        let url = player.settings.get("base_url").and_then(Value::as_text).expect("an address");
        let near = url.starts_with("http://localhost:");
        assert!(near || url.starts_with("https://"), "{name}: {url}");
        match player.settings.get("key") {
            Some(Value::Secret(key)) => {
                assert!(!near && secrets.contains_key(&*key.name), "{name}: {}", key.name);
                assert!(key.name.ends_with("_API_KEY") || &*key.name == "HF_TOKEN", "{name}: {}", key.name);
                assert!(keys.insert(key.name.to_string()), "{} is the key of two", key.name);
            }
            _ => assert!(near, "{name} has no key"),
        }
    }
}

/// The name of an instrument that others may use.
fn provider(item: &Item) -> Option<&str> {
    match &item.kind {
        ItemKind::Instrument(item) if !item.name.name.starts_with('_') => Some(&item.name.name),
        _ => None,
    }
}

#[test]
fn the_page_says_what_the_modules_say() {
    let mut page = String::from(HEAD);
    for name in library_names() {
        section(&mut page, name);
    }
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/stdlib.md");
    if std::env::var_os("SCORE_BLESS").is_some() {
        fs::write(&path, &page).expect("written");
    }
    let written = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        written == page,
        "docs/stdlib.md is stale: SCORE_BLESS=1 cargo test --test stdlib writes it again"
    );
}

/// A module: what it is for, then what others may use of it.
fn section(page: &mut String, name: &str) {
    let text = library(name).expect("a module");
    let program = load(&Disk, &format!("std/{name}.score"), text).program;
    let file = &program.modules[0].file;
    let _ = write!(page, "\n## std/{name}\n\n{}\n", file.doc.trim());
    for item in &file.items {
        let Some(head) = head(item, text) else { continue };
        assert!(!item.doc.is_empty(), "{name}: {head} has no documentation");
        let _ = write!(page, "\n```score part of\n{head}\n```\n\n{}\n", item.doc.trim());
    }
}

/// How an item is declared, without what it does; `None` for what is private.
fn head(item: &Item, text: &str) -> Option<String> {
    let name = match &item.kind {
        ItemKind::Use(_) | ItemKind::Test(_) => return None,
        ItemKind::Type(item) => &item.name,
        ItemKind::Instrument(item) => &item.name,
        ItemKind::Part(item) => &item.name,
        ItemKind::Movement(item) => &item.name,
    };
    if name.name.starts_with('_') {
        return None;
    }
    let end = match &item.kind {
        ItemKind::Part(part) => {
            let said = match &part.prompt {
                Prompt::None => item.span.end,
                Prompt::Text(text) => text.span.start,
                Prompt::Roles(roles) => roles.first().map_or(item.span.end, |(_, span, _)| span.start),
            };
            part.clauses.iter().map(|clause| clause.span.start).chain([said]).min()?
        }
        ItemKind::Movement(movement) => movement.body.span.start,
        _ => item.span.end,
    };
    let begin = item.span.start as usize;
    Some(text.get(begin..end as usize)?.trim().to_owned())
}
