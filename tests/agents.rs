//! Agents with the tools of a server, as a user meets them: what a model may get wrong and is told, what ends it,
//! and what is seen of it.

mod model;
mod world;

use std::process::{Command, Stdio};

use model::{Model, calls, says};
use serde_json::Value as Json;
use world::World;
use world::place::{Place, Ran};

/// Whether there is a python to run the server of the tests.
fn python() -> bool {
    let found = Command::new("python3").arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
    let found = found.is_ok_and(|status| status.success());
    if !found {
        eprintln!("skipped: there is no python3 to run the server of the tests");
    }
    found
}

/// A score with an agent that has all tools of the server in this mode, and a place for it.
fn agent(model: &Model, mode: &str, settings: &str, bounds: &str) -> Place {
    let place = Place::new();
    let server = format!("python3 '{}/tests/mcp/server.py' {mode}", env!("CARGO_MANIFEST_DIR"));
    let score = format!(
        r#"
instrument model = openai("m", base_url: "{}")
instrument desk  = mcp("{server}"{settings})

part research(topic: text) -> text
  by model
  using desk
  {bounds}
  "Look up {{topic}}."

movement main(topic: text = "tides") -> text {{ research(topic) }}

movement caught() -> text {{ research("tides") otherwise "{{error.kind}}" }}
"#,
        model.base()
    );
    place.file("a.score", score);
    place.score(&["update", "a.score"]).ends(0);
    place
}

/// What a run recorded.
fn recorded(place: &Place) -> Vec<Json> {
    let export = place.score(&["runs", "export"]).ends(0).out;
    export.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect()
}

#[test]
fn wrong_calls_get_one_sentence_and_the_model_goes_on() {
    if !python() {
        return;
    }
    let model = Model::new(vec![
        calls(&[
            ("find_notes", r#"{"query": "Tides"}"#),
            ("find-notes", r#"{"query": "x"}"#),
            ("remove", "{}"),
            ("add", r#"{"a": "many", "b": 3}"#),
            ("add", r#"{"a": 2}"#),
            ("add", "two and three"),
            ("add", r#"{"a": 2, "b": 3, "c": 4}"#),
            ("add", r#"{a: 2, b: 3,}"#),
        ]),
        calls(&[
            ("book", r#"{"seats": 9, "code": "ABC"}"#),
            ("book", r#"{"seats": 2, "code": "abc"}"#),
            ("book", r#"{"seats": 2, "code": "ABC", "wishes": []}"#),
            ("book", r#"{"seats": 2, "code": "ABC", "day": "tomorrow"}"#),
            ("book", r#"{"seats": 2, "code": "ABC", "day": "2026-01-05", "kind": "boat"}"#),
        ]),
        calls(&[("fail", r#"{"how": "itself"}"#), ("fail", r#"{"how": "protocol"}"#)]),
        says("Tides rose."),
    ]);
    let place = agent(&model, "strict", "", "up to 4 turns");
    place.score(&["run", "a.score"]).ends(0).gives("Tides rose.\n");
    let told = model.told();
    let wanted = [
        "Tides rose.",
        "There is no tool `find-notes`. Did you mean `find_notes`?",
        "There is no tool `remove`. There are: `find_notes`, `add`",
        "Not called. The arguments of `add` will not do: field `a` must be `int`, but is \"many\".",
        "Not called. The arguments of `add` will not do: field `b` is missing.",
        "Not called. The arguments of `add` will not do: there is no JSON in the answer; answer with JSON alone.",
        "Not called. The arguments of `add` will not do: it has a field `c`",
        r#"{"sum":5}"#,
        "field `seats` is 9, which is not allowed: 1 <= it and it <= 8.",
        "field `code` is \"abc\", which is not allowed: matches(it, r\"^[A-Z]{3}$\").",
        "field `wishes` must have 1 to 2 items, but has 0.",
        "field `day` must be `date?`, but is \"tomorrow\".",
        r#"{"seats": 2, "code": "ABC", "day": "2026-01-05", "kind": "boat"}"#,
        "It failed (exit_failed): the tool `fail` failed: the disk is full",
        "It failed (invalid_request):",
    ];
    assert_eq!(told.len(), wanted.len(), "{told:#?}");
    for (told, wanted) in told.iter().zip(wanted) {
        assert!(told.contains(wanted), "{wanted:?} is not in {told:?}");
        assert_eq!(told.lines().count(), 1, "{told}");
    }
}

#[test]
fn a_tool_that_hangs_is_given_up_and_the_model_goes_on() {
    if !python() {
        return;
    }
    let model = Model::new(vec![calls(&[("slow", r#"{"steps": 1}"#)]), says("It is too slow.")]);
    let place = agent(&model, "hangs", ", timeout: 500ms", "up to 4 turns");
    place.score(&["run", "a.score"]).ends(0).gives("It is too slow.\n");
    let told = model.told();
    assert!(told[0].contains("It failed (timeout)") && told[0].contains("did not answer in"), "{told:?}");
}

#[test]
fn turns_time_and_money_end_an_agent() {
    if !python() {
        return;
    }
    let again = || calls(&[("add", r#"{"a": 1, "b": 1}"#)]);
    // It was told to answer after its last turn, and calls all the same.
    let model = Model::new(vec![again(), again()]);
    let place = agent(&model, "well", "", "up to 1 turn");
    let ended = place.score(&["run", "a.score"]).ends(1);
    ended.says("exhausted").says("tools were called in up to 1 turn, and there is no answer");
    assert!(model.told()[0].ends_with("(No more tools can be called. Answer now, with what is known.)"));

    let model = Model::new(vec![calls(&[("slow", r#"{"steps": 1}"#)])]);
    let place = agent(&model, "hangs", "", "within 1s");
    place.score(&["run", "a.score"]).ends(1).says("timeout");
    let model = Model::new(vec![calls(&[("slow", r#"{"steps": 1}"#)])]);
    let place = agent(&model, "hangs", "", "within 1s");
    place.score(&["run", "a.score", "caught"]).ends(0).gives("timeout\n");

    let model = Model::new(vec![again(), again(), again(), again()]);
    let place = agent(&model, "well", ", price: $1", "");
    place.file("a.score", place.read("a.score").replace("openai(\"m\",", "openai(\"m\", price: $0,"));
    place.score(&["run", "a.score", "--budget", "$2.50"]).ends(5);
    assert_eq!(model.told().len(), 2, "{:?}", model.told());
}

#[test]
fn what_a_tool_of_an_agent_asks_waits_for_an_answer() {
    if !python() {
        return;
    }
    let model = Model::new(vec![calls(&[("ask", "{}"), ("add", r#"{"a": 1, "b": 2}"#)]), says("Ada.")]);
    let place = agent(&model, "well", "", "");
    place.score(&["run", "a.score", "--no-input"]).ends(6).says("main/research/turn1/ask/question asks you");
    place.score(&["answer", "--value", r#"{"name": "Ada"}"#]).ends(0).gives("Ada.\n");
    assert_eq!(model.sent().len(), 2, "what it said is not asked again");
    assert!(model.told()[0].contains("\"name\": \"Ada\""), "{:?}", model.told());
}

const TOOLS_OF_ALL_KINDS: &str = r#"
instrument model   = openai("m", base_url: "MODEL")
instrument desk    = mcp("SERVER")
instrument site    = http("WORLD")
instrument hook    = webhook("WORLD/hook")
instrument command = shell()
instrument script  = sh()
instrument me      = human()

part look(id: text) -> text by site "GET /items/{id}"
part order(item: text) -> text by site "POST /orders\n\n{item}"
part tell(text: text) -> nothing by hook
part count(words: text) -> int by command stdin words "wc -w"
part shout(text: text) -> text by script "echo {text} | tr a-z A-Z"
part approve(text: text) -> bool by me "Is this right? {text}"
movement keep(text: text) -> text { write("kept.md", text)  read("kept.md") }

part research(topic: text) -> text
  by model
  using look, order, tell, count, shout, approve, keep, desk.add
  "Look up {topic}."

movement main() -> text { research("tides") }
"#;

#[test]
fn tools_of_all_kinds_are_called() {
    if !python() {
        return;
    }
    let (model, world) = (
        Model::new(vec![
            calls(&[
                ("look", r#"{"id": "a b"}"#),
                ("order", r#"{"item": "boat"}"#),
                ("tell", r#"{"text": "hello"}"#),
                ("count", r#"{"words": "ebb and flow"}"#),
                ("shout", r#"{"text": "ebb; rm -rf /"}"#),
                ("keep", r#"{"text": "kept"}"#),
                ("add", r#"{"a": 20, "b": 22}"#),
                ("approve", r#"{"text": "42"}"#),
            ]),
            says("All is done."),
        ]),
        World::new(),
    );
    let place = Place::new();
    let server = format!("python3 '{}/tests/mcp/server.py'", env!("CARGO_MANIFEST_DIR"));
    let score = TOOLS_OF_ALL_KINDS.replace("MODEL", &model.base()).replace("SERVER", &server);
    place.file("a.score", score.replace("WORLD", &world.address));
    place.score(&["update", "a.score"]).ends(0);
    place.score(&["run", "a.score", "--no-input"]).ends(6).says("main/research/turn1/approve asks me");
    place.score(&["answer", "--value", "yes"]).ends(0).gives("All is done.\n");
    let paths: Vec<String> = world.log().into_iter().map(|reached| reached.path).collect();
    assert_eq!(paths, ["/items/a%20b", "/orders", "/hook"]);
    let told = model.told();
    let receipt = |body: &str| world::receipt(body);
    let wanted =
        [&receipt(""), &receipt("boat"), "Done.", "3", "EBB; RM -RF /", "kept", r#"{"sum":42}"#, "true"];
    assert_eq!(told.iter().map(|told| told.trim()).collect::<Vec<_>>(), wanted);
}

#[test]
fn each_call_of_a_tool_is_seen_while_it_runs_and_in_the_log() {
    if !python() {
        return;
    }
    let model = Model::new(vec![
        calls(&[("add", r#"{"a": 2, "b": 3}"#), ("ad", "{}")]),
        calls(&[("write", r#"{"text": "five"}"#), ("fail", r#"{"how": "itself"}"#)]),
        says("Five."),
    ]);
    let place = agent(&model, "well", "", "");
    let ran: Ran = place.score(&["run", "a.score"]).ends(0).gives("Five.\n");
    for seen in [
        "→ main/research: add {\"a\": 2, \"b\": 3}",
        "↛ main/research: ad {}  There is no tool `ad`. Did you mean `add`?",
        "✓ main/research/turn1/add  desk (mcp)",
        "→ main/research/turn2: write {\"text\": \"five\"}",
        "✓ main/research/turn2/write  desk (mcp)",
        "✗ main/research/turn2/fail  desk (mcp)",
    ] {
        assert!(ran.err.contains(seen), "{seen:?} is not in {}", ran.err);
    }
    let shown = place.score(&["runs", "show"]).ends(0).out;
    for seen in [
        "calls add {\"a\": 2, \"b\": 3}, ad {}",
        "main/research/turn1/add  desk",
        "{\"sum\":5}",
        "main/research/turn2/write  desk",
        "✗ main/research/turn2/fail  desk",
        "the disk is full",
    ] {
        assert!(shown.contains(seen), "{seen:?} is not in {shown}");
    }
    let recorded = recorded(&place);
    let intended: Vec<&str> = recorded
        .iter()
        .filter(|event| event["kind"] == "intended")
        .filter_map(|event| event["path"].as_str())
        .collect();
    assert!(intended.contains(&"main/research/turn1/add"), "{intended:?}");
}
