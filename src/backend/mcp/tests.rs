use std::future::Future;
use std::pin::Pin;
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};

use serde_json::json;

use super::{Mcp, Slot, offer};
use crate::backend::tests::{Seen, play, request, stage, stage_with};
use crate::base::Name;
use crate::instrument::{
    Ask, Backend, Class, Committed, Event, Failure, FailureKind, Opening, Question, Reply, Request, Stage,
};
use crate::load::LockedTool;
use crate::types::Type;
use crate::value::{Instrument, Secret, Value, from_json, to_json};

/// Whether there is a python to run the server of the tests.
fn python() -> bool {
    let found = Command::new("python3").arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
    let found = found.is_ok_and(|status| status.success());
    if !found {
        eprintln!("skipped: there is no python3 to run the server of the tests");
    }
    found
}

fn command(mode: &str) -> String {
    format!("python3 '{}/tests/mcp/server.py' {mode}", env!("CARGO_MANIFEST_DIR"))
}

fn server(server: Value, more: &[(&str, Value)]) -> Instrument {
    let mut settings = crate::value::Map::new();
    settings.insert("server".into(), server);
    settings.extend(more.iter().map(|(name, value)| (Arc::from(*name), value.clone())));
    Instrument { name: "disk".into(), constructor: "mcp".into(), settings }
}

fn mode(mode: &str) -> Instrument {
    server(Value::text(&command(mode)), &[("startup", Value::Duration(20_000))])
}

/// The tools of the server that behaves, as a lock has them.
async fn tools() -> Vec<LockedTool> {
    offer(&mode("well"), &std::env::temp_dir()).await.unwrap().tools
}

fn asked(instrument: &Instrument, tool: &LockedTool, answer: Type, arguments: serde_json::Value) -> Request {
    let mut instrument = instrument.clone();
    instrument.settings.insert("tool".into(), Value::text(&tool.name));
    instrument.settings.insert("reads".into(), Value::Bool(tool.reads));
    instrument.settings.insert("pinned".into(), Value::text(&tool.pin().to_string()));
    let mut request = request(&Arc::new(instrument), answer, "");
    request.messages.clear();
    request.class = if tool.reads { Class::Reads } else { Class::Acts };
    let Value::Map(arguments) = from_json(arguments) else { panic!("arguments are an object") };
    request.arguments = arguments.iter().map(|(name, value)| (Name::clone(name), value.clone())).collect();
    request
}

async fn ask(
    mode_of: &str,
    tool: &str,
    answer: Type,
    arguments: serde_json::Value,
    stage: &Stage,
) -> Result<Reply, Failure> {
    let tools = tools().await;
    let tool = tools.iter().find(|known| known.name == tool).unwrap();
    play(asked(&mode(mode_of), tool, answer, arguments), stage).await
}

fn value(reply: &Reply) -> serde_json::Value {
    match &reply.answer {
        crate::instrument::Answer::Value(value) => to_json(value),
        crate::instrument::Answer::Text(text) => text.clone().into(),
    }
}

#[tokio::test]
async fn tools_are_called_and_what_they_give_is_read_as_wanted() {
    if !python() {
        return;
    }
    let stage = stage();
    let find = ask("well", "find-notes", Type::Text, json!({"query": "i", "max_results": 1}), &stage).await;
    assert_eq!(value(&find.unwrap()), "Tides rose.");
    let sum = ask("well", "add", Type::Json, json!({"a": 2, "b": 40}), &stage).await;
    assert_eq!(value(&sum.unwrap()), json!({"sum": 42}));
    let text = ask("well", "add", Type::Text, json!({"a": 2, "b": 40}), &stage).await;
    assert_eq!(value(&text.unwrap()), "{\"sum\": 42}");
    let image = ask("well", "picture", Type::Image, json!({}), &stage).await.unwrap();
    let crate::instrument::Answer::Value(Value::Media(image)) = image.answer else { panic!("{image:?}") };
    assert_eq!((&*image.mime, image.bytes.len()), ("image/png", 70));
    let failure = ask("well", "picture", Type::Text, json!({}), &stage).await.unwrap_err();
    assert_eq!((failure.kind, failure.committed), (FailureKind::BadShape, Committed::No));
    assert!(failure.message.contains("image/png"), "{}", failure.message);
    let left_out = ask("well", "echo", Type::Json, json!({"value": {"a": null}, "when": null}), &stage).await;
    assert_eq!(value(&left_out.unwrap()), json!({"given": {"value": {"a": null}}}));
}

#[tokio::test]
async fn one_server_serves_a_whole_run_and_ends_with_it() {
    if !python() {
        return;
    }
    let stage = stage();
    let tools = tools().await;
    let (write, find) = (&tools[2], &tools[0]);
    let disk = mode("well");
    play(asked(&disk, write, Type::Text, json!({"text": "kept"})), &stage).await.unwrap();
    let found = play(asked(&disk, find, Type::Text, json!({"query": "kept"})), &stage).await.unwrap();
    assert_eq!(value(&found), "kept", "it is the same server");
    let weak = {
        let slot = stage.cabinet.keep(&format!("mcp disk {:?}", disk.settings.get("server")), Slot::default);
        Arc::downgrade(slot.lock().await.as_ref().unwrap())
    };
    drop(stage);
    assert!(weak.upgrade().is_none(), "nobody holds the connection after the run");
}

#[tokio::test]
async fn progress_is_seen_and_never_goes_back() {
    if !python() {
        return;
    }
    let seen = Arc::new(Seen::default());
    let stage = stage_with(seen.clone());
    ask("well", "slow", Type::Text, json!({"steps": 3}), &stage).await.unwrap();
    let events = seen.events.lock().unwrap();
    let notes: Vec<&String> = events
        .iter()
        .filter_map(|event| match event {
            Event::Note(note) if note.contains(" of 3") => Some(note),
            _ => None,
        })
        .collect();
    assert!(notes.windows(2).all(|pair| pair[0] < pair[1]), "{notes:?}");
    assert!(notes.len() <= 3);
}

struct Clerk(Mutex<Vec<Question>>, Result<serde_json::Value, FailureKind>);

impl Ask for Clerk {
    fn ask(&self, question: Question) -> Pin<Box<dyn Future<Output = Result<Value, Failure>> + Send + '_>> {
        self.0.lock().unwrap().push(question);
        let answer = self.1.clone().map(from_json).map_err(|kind| Failure::new(kind, "no"));
        Box::pin(std::future::ready(answer))
    }
}

#[tokio::test]
async fn what_a_server_asks_is_asked_of_the_person() {
    if !python() {
        return;
    }
    let cases = [
        (
            Some(Ok(json!({"name": "Ada", "age": null}))),
            json!({"action": "accept", "content": {"name": "Ada"}}),
        ),
        (Some(Err(FailureKind::Declined)), json!({"action": "decline"})),
        (None, json!({"action": "decline"})),
    ];
    for (answer, told) in cases {
        let clerk = answer.map(|answer| Arc::new(Clerk(Mutex::default(), answer)));
        let mut stage = stage();
        stage.asks = clerk.clone().map(|clerk| clerk as Arc<dyn Ask>);
        let said = ask("well", "ask", Type::Json, json!({}), &stage).await.unwrap();
        assert_eq!(value(&said), told);
        if let Some(clerk) = clerk {
            let questions = clerk.0.lock().unwrap();
            assert_eq!(questions[0].answer.to_string(), "{name: text, age: int?}");
            assert_eq!(&*questions[0].path, "main/part");
            assert!(questions[0].text.contains("Who are you?"), "{}", questions[0].text);
        }
    }
}

#[tokio::test]
async fn a_tool_that_fails_says_so_in_the_right_kind() {
    if !python() {
        return;
    }
    let stage = stage();
    for (how, kind, committed, words) in [
        ("protocol", FailureKind::InvalidRequest, Committed::No, "no such note"),
        ("arguments", FailureKind::InvalidRequest, Committed::No, "Invalid arguments"),
        ("itself", FailureKind::ExitFailed, Committed::Unknown, "the disk is full"),
    ] {
        let failure = ask("well", "fail", Type::Text, json!({"how": how}), &stage).await.unwrap_err();
        assert_eq!((failure.kind, failure.committed), (kind, committed), "{how}");
        assert!(failure.message.contains(words), "{how}: {}", failure.message);
    }
}

#[tokio::test]
async fn a_tool_that_is_not_as_pinned_is_not_called() {
    if !python() {
        return;
    }
    let stage = stage();
    let failure = ask("changed", "find-notes", Type::Text, json!({"query": "x"}), &stage).await.unwrap_err();
    assert_eq!(failure.kind, FailureKind::InvalidRequest);
    assert!(failure.message.contains("`folder` is new, and must be given"), "{}", failure.message);
    assert!(failure.help.unwrap().contains("score update"));
    let failure = ask("changed", "add", Type::Json, json!({"a": 1, "b": 1}), &stage).await.unwrap_err();
    assert!(failure.message.contains("has no tool `add` any more"), "{}", failure.message);
    // What has not changed is called all the same.
    ask("changed", "slow", Type::Text, json!({"steps": 0}), &stage).await.unwrap();
}

#[tokio::test]
async fn servers_that_never_start_are_told_apart() {
    if !python() {
        return;
    }
    for (how, kind, words) in [
        ("exits", FailureKind::Unavailable, vec!["cannot find module 'tiny'", "exit status: 1"]),
        ("garbage", FailureKind::Timeout, vec!["did not answer in 1 s", "Welcome to tiny!"]),
        ("silent", FailureKind::Timeout, vec!["did not answer in 1 s"]),
        ("endless", FailureKind::BadShape, vec!["has no end"]),
    ] {
        let startup = if kind == FailureKind::Timeout { 1_000 } else { 20_000 };
        let mut broken = mode(how);
        broken.settings.insert("startup".into(), Value::Duration(startup));
        let failure = offer(&broken, &std::env::temp_dir()).await.unwrap_err();
        assert_eq!((failure.kind, failure.committed), (kind, Committed::No), "{how}: {}", failure.message);
        for word in words {
            assert!(failure.message.contains(word), "{how}: {}", failure.message);
        }
    }
    let missing = server(Value::text("no-such-server-here x"), &[]);
    let failure = offer(&missing, &std::env::temp_dir()).await.unwrap_err();
    assert_eq!(failure.kind, FailureKind::InvalidRequest);
    assert!(failure.message.contains("no-such-server-here"), "{}", failure.message);
}

#[tokio::test]
async fn all_pages_of_the_list_of_tools_are_read() {
    if !python() {
        return;
    }
    assert_eq!(offer(&mode("pages"), &std::env::temp_dir()).await.unwrap().tools, tools().await);
}

#[tokio::test]
async fn a_server_that_dies_is_unavailable_and_is_started_again() {
    if !python() {
        return;
    }
    let seen = Arc::new(Seen::default());
    let stage = stage_with(seen.clone());
    for _ in 0..2 {
        let failure = ask("dies", "write", Type::Text, json!({"text": "x"}), &stage).await.unwrap_err();
        assert_eq!((failure.kind, failure.committed), (FailureKind::Unavailable, Committed::Unknown));
        assert!(failure.message.contains("exit status: 3"), "{}", failure.message);
        assert!(failure.received.contains("out of memory"), "{}", failure.received);
    }
    let events = seen.events.lock().unwrap();
    assert!(events.contains(&Event::Note("starts the server again, which has ended".into())), "{events:?}");
}

#[tokio::test]
async fn a_line_without_an_end_is_not_taken() {
    if !python() {
        return;
    }
    let failure = ask("huge", "write", Type::Text, json!({"text": "x"}), &stage()).await.unwrap_err();
    assert_eq!(failure.kind, FailureKind::Unavailable);
    assert!(failure.message.contains("a line of more than 16 MiB"), "{}", failure.message);
}

#[tokio::test]
async fn a_call_without_an_answer_runs_out_of_time() {
    if !python() {
        return;
    }
    let tools = tools().await;
    let mut mute = mode("mute");
    mute.settings.insert("timeout".into(), Value::Duration(200));
    let failure =
        play(asked(&mute, &tools[2], Type::Text, json!({"text": "x"})), &stage()).await.unwrap_err();
    assert_eq!((failure.kind, failure.committed), (FailureKind::Timeout, Committed::Unknown));
}

/// A server over HTTP; ends when dropped.
struct Service(std::process::Child, u16);

impl Service {
    fn start(mode: &str) -> Self {
        let path = format!("{}/tests/mcp/server.py", env!("CARGO_MANIFEST_DIR"));
        let mut child =
            Command::new("python3").args([&path, mode, "--http"]).stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        let mut output = std::io::BufReader::new(child.stdout.take().unwrap());
        std::io::BufRead::read_line(&mut output, &mut line).unwrap();
        Self(child, line.trim().parse().unwrap())
    }

    fn address(&self) -> String {
        format!("http://127.0.0.1:{}/mcp", self.1)
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[tokio::test]
async fn a_service_is_called_over_http() {
    if !python() {
        return;
    }
    let service = Service::start("well");
    let disk = server(Value::text(&service.address()), &[]);
    let offered = offer(&disk, &std::env::temp_dir()).await.unwrap();
    assert_eq!((offered.name.as_str(), offered.version.as_str()), ("tiny", "1.2"));
    assert_eq!(offered.tools, tools().await);
    let stage = stage();
    let sum =
        play(asked(&disk, &offered.tools[1], Type::Json, json!({"a": 1, "b": 2})), &stage).await.unwrap();
    assert_eq!(value(&sum), json!({"sum": 3}));
    let slow = play(asked(&disk, &offered.tools[6], Type::Text, json!({"steps": 2})), &stage).await.unwrap();
    assert_eq!(value(&slow), "done");
}

#[tokio::test]
async fn keys_go_to_the_service_and_into_no_message() {
    if !python() {
        return;
    }
    let service = Service::start("refuses");
    let key = |key: &str| [("bearer", Value::Secret(Arc::new(Secret::new("KEY", key))))];
    let folder = std::env::temp_dir();
    offer(&server(Value::text(&service.address()), &key("open sesame")), &folder).await.unwrap();
    let failure =
        offer(&server(Value::text(&service.address()), &key("guessed")), &folder).await.unwrap_err();
    assert!(!failure.message.contains("guessed"), "{}", failure.message);
    assert_eq!(failure.kind, FailureKind::Auth, "{}", failure.message);
}

#[tokio::test]
async fn nothing_at_an_address_is_unavailable() {
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let failure =
        offer(&server(Value::text(&format!("http://{free}/mcp")), &[]), &std::env::temp_dir()).await;
    let failure = failure.unwrap_err();
    assert_eq!((failure.kind, failure.committed), (FailureKind::Unavailable, Committed::No));
    assert!(failure.message.contains("nothing answers"), "{}", failure.message);
}

#[tokio::test]
async fn hints_say_what_a_tool_does_and_whether_it_may_be_repeated() {
    if !python() {
        return;
    }
    let tools = offer(&mode("hints"), &std::env::temp_dir()).await.unwrap().tools;
    let hints: Vec<(&str, bool, bool)> =
        tools.iter().map(|tool| (tool.name.as_str(), tool.reads, tool.idempotent)).collect();
    assert_eq!(
        hints,
        [("set", false, true), ("odd", false, false), ("look", true, false), ("plain", false, false)]
    );
    let may = |tool: &LockedTool| Mcp.repeatable(&asked(&mode("hints"), tool, Type::Text, json!({})));
    assert_eq!(tools.iter().map(may).collect::<Vec<_>>(), [true, false, false, false]);
}

#[tokio::test]
async fn what_a_part_of_ones_own_lets_through_is_held_against_the_schema() {
    if !python() {
        return;
    }
    let tool = offer(&mode("strict"), &std::env::temp_dir()).await.unwrap().tools.pop().unwrap();
    let mut stage = stage();
    stage.judging = Arc::new(|judged| judged(&mut crate::value::bounded::Bounded));
    // Nothing is started for it.
    let missing = server(Value::text("no-such-server-here"), &[]);
    let given = json!({"seats": 9, "code": "ABC"});
    let failure = play(asked(&missing, &tool, Type::Text, given), &stage).await.unwrap_err();
    assert_eq!((failure.kind, failure.committed), (FailureKind::InvalidRequest, Committed::No));
    assert!(failure.message.contains("`seats` of the tool `book` is 9"), "{}", failure.message);
    let given = json!({"seats": 8, "code": "ABC", "wishes": ["a"], "day": "2026-01-05"});
    play(asked(&mode("strict"), &tool, Type::Text, given), &stage).await.unwrap();
}

#[test]
fn a_hint_counts_only_where_it_is_pinned() {
    let class = |settings: &[(&str, Value)]| {
        Mcp.profile(&server(Value::text("x"), settings), Opening::default()).class
    };
    assert_eq!(class(&[]), Class::Acts);
    assert_eq!(class(&[("tool", Value::text("t")), ("reads", Value::Bool(false))]), Class::Acts);
    assert_eq!(class(&[("tool", Value::text("t")), ("reads", Value::Bool(true))]), Class::Reads);
}
