//! Money on the command line: budgets, limits, prices, the table of models.

use crate::given::chat;
use crate::world::place::{Place, Ran};

const PAID: &str = r#"
instrument writer = script(asked => "on {asked}", price: $0.03)
part draft(topic: text) -> text by writer "{topic}"
movement main() -> [text] { for topic in ["tides", "winds", "stars"] { draft(topic) otherwise "caught" } }
"#;

#[test]
fn a_budget_ends_the_run_before_it_is_overshot() {
    let place = Place::new();
    place.file("a.score", PAID);
    let ran = place.score(&["run", "a.score", "--budget", "$0.07", "--bill"]).ends(5).gives("");
    let ran = ran.says("the budget of $0.07 is reached: $0.06 was spent, and the next call costs $0.03");
    let ran = ran.says("2 calls in").says(", $0.06").says("raise it: `--budget`");
    assert!(
        ran.err.lines().any(|line| line.split_whitespace().eq("draft writer 2 $0.06".split(' '))),
        "{ran:#?}"
    );
    let ran = place.score(&["run", "a.score", "--budget", "0.09", "--bill", "--json"]).ends(0);
    let bill = ran.err.lines().find_map(|line| serde_json::from_str::<serde_json::Value>(line).ok());
    let bill = bill.expect("a bill");
    assert_eq!((&bill["total"]["calls"], &bill["total"]["spend"]), (&3.into(), &"$0.09".into()));
    assert_eq!(bill["lines"][0]["part"], "draft");
    place.score(&["run", "a.score", "--budget", "lots"]).ends(2).says("write dollars");
    let mut command = place.command(&["run", "a.score", "-q"]);
    Ran::of(&command.env("SCORE_BUDGET", "0.01").output().expect("it starts")).ends(5);
}

#[test]
fn nothing_starts_under_a_limit_that_cannot_hold() {
    let place = Place::new();
    let score = |inside: &str| {
        format!(
            "instrument model = openai(\"m\", base_url: \"http://127.0.0.1:9/v1\", key: secret(\"KEY\"))\n\
             part ask(topic: text) -> text by model \"{{topic}}\"\nmovement main() -> text {{ {inside} }}\n"
        )
    };
    place.file("a.score", score("ask(\"x\")")).file("b.score", score("limit $1 { ask(\"x\") }"));
    let with_key =
        |words: &[&str]| Ran::of(&place.command(words).env("KEY", "k").output().expect("it starts"));
    with_key(&["run", "a.score", "--budget", "$1"])
        .ends(2)
        .says("Nothing was started: the budget of $1.00 can't hold")
        .says("main/ask on line 3: what `model` costs at most")
        .says("[prices]");
    with_key(&["run", "b.score"]).ends(2).says("a limit in money can't hold").says("main/ask on line 3");
    // Nothing is rehearsed for money.
    with_key(&["rehearse", "b.score", "-q"]).ends(0);
    place.file("score.toml", "[prices]\nm = { call = 0.5 }\n");
    with_key(&["run", "b.score"]).ends(1).says("nothing answers");
}

#[test]
fn what_models_cost_is_counted_by_the_prices_of_score_toml() {
    let place = Place::new();
    let (url, asked) = chat();
    place.file(
        "talk.score",
        format!(
            "instrument writer = openai(\"m\", base_url: \"{url}\", key: secret(\"KEY\"))\n\
             part draft(topic: text) -> text by writer \"About {{topic}}\"\n\
             movement main() -> text {{ draft(\"tides\") }}\n"
        ),
    );
    let run = |words: &[&str]| {
        let mut all = vec!["run", "talk.score"];
        all.extend_from_slice(words);
        Ran::of(&place.command(&all).env("KEY", "k").output().expect("it starts"))
    };
    run(&[]).ends(0).says("1000 tokens in, 200 out, 1 call at an unknown price");
    let body = asked.recv().expect("a call");
    assert!(body.get("max_tokens").is_none(), "no limit reckons with it: {body}");
    place.file("score.toml", "[prices]\nm = { input = 1.5, output = 10, cached = 0.5, longest = 4096 }\n");
    // 400 x 1.5 + 600 x 0.5 + 200 x 10 millionths
    run(&[]).ends(0).says("1000 tokens in, 200 out, $0.0029");
    let _ = asked.recv();
    run(&["--budget", "1"]).ends(0).says("$0.0029");
    assert_eq!(asked.recv().expect("a call")["max_tokens"], 4096);
    run(&["--budget", "0.01"]).ends(5).says("(4096 tokens at most)").says("max_tokens: 2000");
    place.file("score.toml", "[prices]\nm = { input = 1.5 }\nn = 3\no = { prize = 1 }\n");
    run(&[])
        .ends(3)
        .says("Say both `input` and `output`")
        .says("`n` in `score.toml` is a number")
        .says("knows no `prize`");
}

#[test]
fn models_are_listed_with_what_they_cost_and_can() {
    let place = Place::new();
    let ran = place.score(&["models", "--service", "openai", "--can", "see"]).ends(0);
    let row = ran.out.lines().find(|line| line.starts_with("openai/gpt-5-mini ")).expect("a row");
    for cell in ["$0.25", "$2.00", "$0.025", "272k", "128k", "tools see"] {
        assert!(row.contains(cell), "{row}");
    }
    assert!(!ran.out.contains("anthropic/") && !ran.out.contains("whisper"), "{ran:#?}");
    let ran = place.score(&["models", "show", "gpt-5-mini"]).ends(0);
    for line in [
        "price           $0.25 in, $2.00 out, $0.025 cached a million tokens",
        "source          https://",
        "(as of 20",
        "MIT",
    ] {
        assert!(ran.out.contains(line), "{line}: {ran:#?}");
    }
    let ran = place.score(&["models", "list", "--service", "groq", "--json"]).ends(0);
    let listed: serde_json::Value = serde_json::from_str(&ran.out).expect("JSON");
    assert!(listed["models"].as_array().is_some_and(|models| models.len() > 3));
    place.score(&["models", "show", "gpt-5-mimi"]).ends(2).says("Did you mean `gpt-5-mini`?");
    place.score(&["models", "--service", "grok"]).ends(2).says("did you mean `groq`?");
    place.file("score.toml", "[prices]\n\"openai/gpt-5-mini\" = { input = 0.2, output = 1 }\n");
    let ran = place.score(&["models", "show", "openai/gpt-5-mini"]).ends(0);
    assert!(ran.out.contains("score.toml      $0.20 in, $1.00 out"), "{ran:#?}");
}
