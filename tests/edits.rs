//! A score is edited while a run of it waits: only what the edit is about is done again, and it is said why.

mod world;

use world::World;
use world::place::Place;

const SCORE: &str = r#"
instrument model = openai("m", base_url: "{address}/v1")
instrument other = openai("n", base_url: "{address}/v1")
instrument api = http("{address}")
instrument me = human()
part draft(topic: text) -> text by model "Draft {topic}"
part shorten(x: text) -> text by model "Shorten {x}"
part post(x: text) -> text by api "POST /act\n\n{x}"
part approve(x: text) -> bool by me "Is {x} right?"
movement main() -> text {
  let a = draft("tides")
  let b = draft("rivers")
  let c = shorten("{a} {b}")
  let p = post(c)
  if approve(p) { "yes" } else { "no" }
}
"#;

/// An edit, and what it has to come to.
struct Edit {
    name: &'static str,
    replaced: &'static [(&'static str, &'static str)],
    /// How many thoughts are thought again.
    thoughts: usize,
    /// How many more acts there are, and what has to be decided first.
    acts: usize,
    decided: Option<&'static str>,
    /// What is said of it.
    says: &'static [&'static str],
}

const NO: Edit = Edit { name: "", replaced: &[], thoughts: 0, acts: 0, decided: None, says: &[] };

const EDITS: &[Edit] = &[
    Edit { name: "a part is renamed", replaced: &[("draft(", "sketch(")], says: &["main/a: reused"], ..NO },
    Edit {
        name: "a name is changed",
        replaced: &[("let a", "let first"), ("{a}", "{first}")],
        says: &["main/first: reused: it asks what main/a asked"],
        ..NO
    },
    Edit {
        name: "calls change places",
        replaced: &[
            ("draft(\"tides\")", "draft(\"x\")"),
            ("draft(\"rivers\")", "draft(\"tides\")"),
            ("draft(\"x\")", "draft(\"rivers\")"),
            ("{a} {b}", "{b} {a}"),
        ],
        ..NO
    },
    Edit {
        name: "a prompt is changed",
        replaced: &[("Shorten {x}", "Shorten this: {x}")],
        thoughts: 1,
        acts: 1,
        decided: Some("again"),
        says: &["main/c: made again: the prompt has changed (line "],
    },
    Edit {
        name: "a step is put before",
        replaced: &[("  let a =", "  let z = draft(\"seas\")\n  say z\n  let a =")],
        thoughts: 1,
        says: &["made: it was not made before"],
        ..NO
    },
    Edit {
        name: "a step is put behind",
        replaced: &[("  if approve", "  let q = shorten(p)\n  say q\n  if approve")],
        thoughts: 1,
        ..NO
    },
    Edit {
        name: "a type is changed",
        replaced: &[("draft(topic: text) -> text", "draft(topic: text) -> text where len(it) > 0")],
        thoughts: 2,
        says: &["made again: the type has changed"],
        ..NO
    },
    Edit {
        name: "another instrument plays",
        replaced: &[("draft(topic: text) -> text by model", "draft(topic: text) -> text by other")],
        thoughts: 2,
        says: &["made again: the instrument has changed"],
        ..NO
    },
    Edit {
        name: "an argument is changed, and the old act is kept",
        replaced: &[("rivers", "lakes")],
        thoughts: 2,
        decided: Some("keep"),
        says: &["made again: argument topic has changed"],
        ..NO
    },
    Edit {
        name: "a call is wrapped",
        replaced: &[(
            "let c = shorten(\"{a} {b}\")",
            "let c = if len(a) > 1 { shorten(\"{a} {b}\") } else { a }",
        )],
        ..NO
    },
    Edit {
        name: "a call is gone",
        replaced: &[("  let b = draft(\"rivers\")\n", ""), ("{a} {b}", "{a}")],
        thoughts: 1,
        acts: 1,
        decided: Some("again"),
        ..NO
    },
    Edit {
        name: "an act is put before",
        replaced: &[("  let p =", "  post(\"hello\")\n  let p =")],
        acts: 1,
        ..NO
    },
    Edit {
        name: "calls become a loop",
        replaced: &[
            (
                "  let a = draft(\"tides\")\n  let b = draft(\"rivers\")\n",
                "  let ab = for t in [\"tides\", \"rivers\"] { draft(t) }\n",
            ),
            ("{a} {b}", "{join(ab, \" \")}"),
        ],
        ..NO
    },
];

#[test]
fn only_what_an_edit_is_about_is_done_again() {
    let world = World::new();
    for edit in EDITS {
        let place = Place::new();
        let text = SCORE.replace("{address}", &world.address);
        place.file("a.score", &text);
        place.score(&["run", "a.score", "--run", "r", "--no-input"]).ends(6);
        let edited = edit.replaced.iter().fold(text.clone(), |text, (old, new)| {
            assert!(text.contains(old), "{}: {old} is not there", edit.name);
            text.replace(old, new)
        });
        assert_ne!(edited, text);
        place.file("a.score", &edited);
        world.forget();
        let explained = place.score(&["resume", "r", "--explain"]).ends(0).says("has changed");
        assert!(world.log().is_empty(), "{}: to explain does nothing", edit.name);
        for words in edit.says {
            assert!(explained.out.contains(words), "{}: {words} is missing in {explained:#?}", edit.name);
        }
        let mut resumed = place.score(&["resume", "r", "--no-input"]).ends(6);
        if let Some(decided) = edit.decided {
            assert!(world.acts().is_empty(), "{}: acted unasked", edit.name);
            resumed = resumed.says("was done in another form").says("--changed-acts");
            drop(resumed);
            place.score(&["resume", "r", "--no-input", "--changed-acts", decided]).ends(6);
        } else {
            resumed.never_says("another form");
        }
        place.score(&["answer", "r", "--value", "yes", "--no-input"]).ends(0).gives("yes\n");
        assert_eq!(world.thoughts(), edit.thoughts, "{}: {:?}", edit.name, world.log());
        assert_eq!(world.acts().len(), edit.acts, "{}: {:?}", edit.name, world.log());
        // What was decided and done is not asked or done again.
        place.score(&["resume", "r"]).ends(0).gives("yes\n");
        assert_eq!((world.thoughts(), world.acts().len()), (edit.thoughts, edit.acts), "{}", edit.name);
    }
}

#[test]
fn a_run_goes_on_with_the_score_as_it_was() {
    let world = World::new();
    let place = Place::new();
    place.file("a.score", SCORE.replace("{address}", &world.address));
    place.score(&["run", "a.score", "--run", "r", "--no-input"]).ends(6);
    place.file("a.score", "movement other() -> text { \"other\" }\n");
    place.score(&["resume", "r"]).ends(2).says("--as-recorded");
    world.forget();
    place.score(&["answer", "r", "--as-recorded", "--value", "no", "--no-input"]).ends(0).gives("no\n");
    assert!(world.log().is_empty());
}

#[test]
fn calls_are_made_again_from_a_path_on() {
    let world = World::new();
    let place = Place::new();
    place.file("a.score", SCORE.replace("{address}", &world.address));
    place.score(&["run", "a.score", "--run", "r", "--no-input"]).ends(6);
    world.forget();
    place.score(&["resume", "r", "--no-input", "--from", "main/c"]).ends(6);
    assert_eq!((world.thoughts(), world.acts().len()), (1, 0));
    let act = place.score(&["resume", "r", "--no-input", "--from", "main/p"]).ends(6);
    act.says("--changed-acts");
    assert!(world.acts().is_empty(), "an act is never done again unasked");
    place.score(&["resume", "r", "--no-input", "--from", "main/p", "--changed-acts", "again"]).ends(6);
    assert_eq!(world.acts().len(), 1);
}
