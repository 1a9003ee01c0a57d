//! The command line as a user meets it: what is on stdout, what on stderr, which exit code.

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use tempfile::TempDir;

struct Place(TempDir);

impl Place {
    fn new() -> Self {
        Self(tempfile::tempdir().expect("a folder"))
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn file(&self, name: &str, content: impl AsRef<[u8]>) -> &Self {
        fs::write(self.path().join(name), content).expect("written");
        self
    }

    fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_score"));
        command.args(words).current_dir(self.path()).stdin(Stdio::null());
        command
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", self.path());
        command
    }

    fn score(&self, words: &[&str]) -> Ran {
        Ran::of(&self.command(words).output().expect("it starts"))
    }
}

#[derive(Debug)]
struct Ran {
    code: Option<i32>,
    out: String,
    err: String,
}

impl Ran {
    fn of(output: &Output) -> Self {
        Self {
            code: output.status.code(),
            out: String::from_utf8_lossy(&output.stdout).into_owned(),
            err: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }

    #[track_caller]
    fn ends(self, code: i32) -> Self {
        assert_eq!(self.code, Some(code), "{self:#?}");
        self
    }

    #[track_caller]
    fn says(self, words: &str) -> Self {
        assert!(self.err.contains(words), "{words:?} is missing: {self:#?}");
        self
    }

    #[track_caller]
    fn gives(self, out: &str) -> Self {
        assert_eq!(self.out, out, "{self:#?}");
        self
    }
}

const GREETING: &str = r#"
instrument voice = echo()

/// Greets somebody.
part greet(name: text) -> text by voice "Hello {name}"

/// Greets.
movement main(
  /// Who is greeted.
  name: text,
  times: int = 1,
) -> text {
  join(for i in 1..times { greet(name) }, ", ")
}
"#;

#[test]
fn the_result_and_nothing_else_is_on_stdout() {
    let place = Place::new();
    place.file("a.score", GREETING);
    place.score(&["run", "a.score", "--name", "Ada"]).ends(0).gives("Hello Ada\n");
    place.score(&["a.score", "--name", "Ada", "--times", "2"]).ends(0).gives("Hello Ada, Hello Ada\n");
    place.score(&["run", "a.score", "main", "--name=Ada", "--json"]).ends(0).gives("\"Hello Ada\"\n");
}

#[test]
fn arguments_come_from_files_too() {
    let place = Place::new();
    place
        .file("a.score", GREETING)
        .file("name.txt", "Grace\n")
        .file("all.json", r#"{"name": "Lin", "times": 2}"#);
    place.score(&["run", "a.score", "--name", "@name.txt"]).ends(0).gives("Hello Grace\n");
    place.score(&["run", "a.score", "--args", "all.json"]).ends(0).gives("Hello Lin, Hello Lin\n");
    place.score(&["run", "a.score", "--args", "all.json", "--times", "1"]).ends(0).gives("Hello Lin\n");
    place.file("odd.json", r#"{"nmae": "Lin"}"#);
    place.score(&["run", "a.score", "--args", "odd.json"]).ends(2).says("nmae");
}

#[test]
fn wrong_arguments_are_named() {
    let place = Place::new();
    place.file("a.score", GREETING);
    place.score(&["run", "a.score"]).ends(2).says("--name is missing").says("Who is greeted");
    place.score(&["run", "a.score", "--name", "Ada", "--times", "many"]).ends(2).says("--times");
    place.score(&["run", "a.score", "--nam", "Ada"]).ends(2).says("--name");
    place.score(&["run", "a.score", "mian", "--name", "Ada"]).ends(2).says("did you mean `main`");
    place
        .score(&["run", "a.score", "--name", "Ada", "--with", "vioce=echo()"])
        .ends(2)
        .says("did you mean `voice`");
    place.score(&["run"]).ends(2).says("<FILE>");
    place.score(&["frobnicate"]).ends(2);
}

#[test]
fn help_documents_the_score_itself() {
    let place = Place::new();
    place.file("a.score", GREETING);
    let help = place.score(&["run", "a.score", "--help"]).ends(0);
    for words in ["Greets.", "--name", "Who is greeted.", "--times", "may be left out", "--no-input"] {
        assert!(help.out.contains(words), "{words:?} is missing: {help:#?}");
    }
}

#[test]
fn another_instrument_takes_a_chair() {
    let place = Place::new();
    place.file("a.score", GREETING);
    let seat = "voice=script([\"Good day\"])";
    place.score(&["run", "a.score", "--name", "Ada", "--with", seat]).ends(0).gives("Good day\n");
    place.score(&["run", "a.score", "--name", "Ada", "--with", "voice=ehco()"]).ends(3).says("--with voice");
}

#[test]
fn unreadable_sources_are_named() {
    let place = Place::new();
    place
        .file("empty.score", " \n")
        .file("odd.score", b"movement \xff")
        .file("nul.score", b"movement a\0() { }");
    fs::create_dir(place.path().join("folder")).expect("made");
    place.score(&["run", "none.score"]).ends(3).says("score::load::missing_file");
    place.score(&["run", "emtpy.score"]).ends(3).says("empty.score?");
    place.score(&["run", "folder"]).ends(3).says("score::load::directory");
    place.score(&["run", "empty.score"]).ends(3).says("score::load::empty");
    place.score(&["run", "odd.score"]).ends(3).says("score::load::not_utf8").says("line 1");
    place.score(&["check", "nul.score"]).ends(3).says("score::parse::");
}

#[test]
fn check_speaks_to_editors_and_programs() {
    let place = Place::new();
    place.file("wrong.score", "movement main() -> text {\n  gret(\"x\")\n}\n").file("right.score", GREETING);
    place.score(&["check", "right.score"]).ends(0).gives("");
    let short = place.score(&["check", "wrong.score", "--message-format", "short"]).ends(3);
    assert!(short.err.starts_with("wrong.score:2:3: error[score::"), "{short:#?}");
    let json = place.score(&["check", "wrong.score", "--message-format", "json"]).ends(3);
    let first: serde_json::Value =
        serde_json::from_str(json.out.lines().next().expect("a line")).expect("JSON");
    assert_eq!(first["labels"][0]["line"], 2, "{first:#}");
}

#[test]
fn a_failure_points_at_the_source() {
    let place = Place::new();
    place.file(
        "a.score",
        r#"
movement main(n: int) -> int {
  require n > 0 else "n must be positive, not {n}"
  n
}
"#,
    );
    place
        .score(&["run", "a.score", "--n", "-3"])
        .ends(1)
        .says("n must be positive, not -3")
        .says("score::run::require_failed")
        .says("a.score:3");
}

#[test]
fn a_missing_key_says_which() {
    let place = Place::new();
    place.file(
        "a.score",
        r#"
instrument writer = openai("gpt-5-mini")
part write_it() -> text by writer "Hello"
movement main() -> text { write_it() }
"#,
    );
    place.score(&["run", "a.score"]).ends(4).says("OPENAI_API_KEY");
    place.score(&["rehearse", "a.score"]).ends(0);
    let doctor = place.score(&["doctor", "a.score"]).ends(4);
    assert!(doctor.out.contains("OPENAI_API_KEY"), "{doctor:#?}");
}

const ASKING: &str = r#"
instrument me = human()
part approve(text: text) -> bool by me "Is this right? {text}"
movement main() -> bool { approve("It is.") }
"#;

#[test]
fn without_a_person_a_question_waits() {
    let place = Place::new();
    place.file("a.score", ASKING);
    place.score(&["run", "a.score", "--no-input"]).ends(6).says("main/approve").gives("");
}

#[test]
fn diagnostics_as_json_have_the_edits_that_mend_them() {
    let place = Place::new();
    place.file(
        "a.score",
        "movement main(n: int) -> text {\n  if n > 1 && n < 9 { \"few\" } else { \"many\" }\n}\n",
    );
    let checked = place.score(&["check", "--message-format", "json", "a.score"]);
    let found: serde_json::Value = serde_json::from_str(checked.out.trim()).expect("one line of JSON");
    assert_eq!(found["code"], "score::parse::foreign");
    let edit = &found["edits"][0];
    assert_eq!((&edit["line"], &edit["column"], &edit["length"]), (&2.into(), &12.into(), &2.into()));
    assert_eq!(edit["replacement"], "and");
}

#[test]
fn codes_are_explained() {
    let place = Place::new();
    let explained = place.score(&["explain", "score::load::empty"]).ends(0);
    assert!(explained.out.contains("score::load::empty"), "{explained:#?}");
    assert!(explained.out.contains("Right\n  │ movement main()"), "{explained:#?}");
    place.score(&["explain", "score::load::emtpy"]).ends(2).says("score::load::empty");
    place.score(&["explain", "unclosd"]).ends(2).says("score::parse::unclosed");
    let short = place.score(&["explain", "unclosed"]).ends(0);
    assert!(short.out.starts_with("score::parse::unclosed\n") && short.out.contains("Wrong\n"), "{short:#?}");
    assert!(place.score(&["explain"]).ends(0).out.lines().count() > 20);
}

#[test]
fn help_is_a_command() {
    let place = Place::new();
    assert!(place.score(&["help"]).ends(0).out.contains("score help language"));
    assert!(place.score(&["help", "check"]).ends(0).out.contains("--message-format"));
    assert!(place.score(&["help", "len"]).ends(0).out.contains("-> int"));
    assert!(place.score(&["help", "score::check::secret"]).ends(0).out.contains("A secret would get out."));
    let card = place.score(&["help", "language"]).ends(0);
    assert_eq!(card.out, include_str!("../docs/card.md"));
    place.score(&["help", "lagnuage"]).ends(2).says("Did you mean `score help language`?");
}

#[test]
fn plan_says_what_will_run_without_running_it() {
    let place = Place::new();
    place.file("a.score", ASKING);
    let plan = place.score(&["plan", "a.score"]).ends(0);
    assert!(plan.out.contains("approve") && plan.out.contains("me"), "{plan:#?}");
    let json = place.score(&["plan", "a.score", "--json"]).ends(0);
    serde_json::from_str::<serde_json::Value>(&json.out).expect("JSON");
}

#[cfg(unix)]
#[test]
fn an_interrupt_ends_a_run_cleanly() {
    let place = Place::new();
    place.file("a.score", "movement main() -> text {\n  say \"waiting\"\n  wait 60s\n  \"done\"\n}\n");
    let run = place
        .command(&["run", "a.score"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("runs");
    std::thread::sleep(Duration::from_millis(700));
    let id = run.id().to_string();
    assert!(Command::new("kill").args(["-INT", &id]).status().expect("kill").success());
    let ended = Ran::of(&run.wait_with_output().expect("it ends"));
    ended.ends(130).gives("");
}

#[test]
fn pictures_go_in_and_out_as_files() {
    let place = Place::new();
    let png = b"\x89PNG\r\n\x1a\nrest";
    place.file("tide.png", png).file(
        "copy.score",
        "type Copy { title: text, picture: image }\n\
         movement main(photo: image) -> [Copy] { [Copy(title: \"One\", picture: photo)] }\n",
    );
    let ran = place.score(&["run", "copy.score", "--photo", "tide.png", "--out", "made", "--json"]).ends(0);
    let ran = ran.says("wrote made/tide.png (image/png, 12 bytes)");
    ran.gives("[{\"title\":\"One\",\"picture\":\"made/tide.png\"}]\n");
    assert_eq!(fs::read(place.path().join("made/tide.png")).expect("written"), png);
    place.file("made/tide.png", "something else");
    let ran = place.score(&["run", "copy.score", "--photo", "tide.png", "--out", "made"]).ends(0);
    ran.says("made/tide-2.png");
    place.score(&["run", "copy.score", "--photo", "@tide.png"]).ends(0).says("wrote out/tide.png");
    place.file("all.json", r#"{"photo": "tide.png"}"#);
    place.score(&["run", "copy.score", "--args", "all.json"]).ends(0).says("wrote out/tide.png");
    place.score(&["run", "copy.score", "--photo", "@ebb.png"]).ends(2).says("no file `ebb.png`");
    place.file("taken", "a file");
    let ran = place.score(&["run", "copy.score", "--photo", "tide.png", "--out", "taken"]).ends(0);
    ran.says("taken could not be written").says("instead");
}

/// A chat server that answers `reply 1`, `reply 2` …, and hands on what it was asked.
fn chat() -> (String, Receiver<serde_json::Value>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}/v1", listener.local_addr().expect("an address"));
    let (asks, asked) = channel();
    std::thread::spawn(move || {
        for (number, stream) in (1..).zip(listener.incoming()) {
            let mut stream = stream.expect("a connection");
            let mut request = Vec::new();
            let body = loop {
                let mut piece = [0; 4096];
                let read = stream.read(&mut piece).expect("readable");
                request.extend_from_slice(&piece[..read]);
                let text = String::from_utf8_lossy(&request).into_owned();
                let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
                let length = head.lines().find_map(|line| {
                    line.to_lowercase().strip_prefix("content-length:")?.trim().parse::<usize>().ok()
                });
                if length.is_some_and(|length| body.len() >= length) {
                    break body.to_owned();
                }
            };
            asks.send(serde_json::from_str(&body).expect("JSON")).expect("somebody listens");
            let answer = format!(
                r#"{{"choices":[{{"message":{{"role":"assistant","content":"reply {number}"}},"finish_reason":"stop"}}],
                "usage":{{"prompt_tokens":1000,"completion_tokens":200,"prompt_tokens_details":{{"cached_tokens":600}}}}}}"#
            );
            let head = format!(
                "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close\r\ncontent-length: {}\r\n\r\n",
                answer.len()
            );
            stream.write_all((head + &answer).as_bytes()).expect("written");
        }
    });
    (url, asked)
}

#[test]
fn an_instrument_that_remembers_is_told_what_was_said_before() {
    let place = Place::new();
    let (url, asked) = chat();
    place.file(
        "talk.score",
        format!(
            "instrument critic = remember(openai(\"m\", base_url: \"{url}\", key: secret(\"KEY\")))\n\
             part doubt(claim: text) -> text by critic system \"You doubt.\" user \"{{claim}}\"\n\
             movement main() -> [text] {{ [doubt(\"Tides rise.\"), doubt(\"Tides fall.\")] }}\n"
        ),
    );
    let mut command = place.command(&["run", "talk.score", "--quiet", "--json"]);
    Ran::of(&command.env("KEY", "k").output().expect("it starts"))
        .ends(0)
        .gives("[\"reply 1\",\"reply 2\"]\n");
    let said = |body: serde_json::Value| -> Vec<String> {
        let messages = body["messages"].as_array().cloned().unwrap_or_default();
        messages
            .iter()
            .map(|one| format!("{}: {}", one["role"].as_str().unwrap_or(""), one["content"]))
            .collect()
    };
    let first = said(asked.recv().expect("the first call"));
    assert_eq!(first, ["system: \"You doubt.\"", "user: \"Tides rise.\""]);
    let second = said(asked.recv().expect("the second call"));
    let wanted = [
        "system: \"You doubt.\"",
        "user: \"Tides rise.\"",
        "assistant: \"reply 1\"",
        "user: \"Tides fall.\"",
    ];
    assert_eq!(second, wanted);
}

const KEYED: &str = "instrument web = http(\"http://127.0.0.1:9/v1\", bearer: secret(\"WEB_KEY\"))\n\
    part look() -> text by web \"GET /\"\nmovement main() -> text { look() }\n";

/// What the key is that a score would send: as a shell command that prints its own environment would see it.
#[test]
fn keys_are_kept_and_found_in_order() {
    let place = Place::new();
    place.file("a.score", KEYED);
    let list = || place.score(&["keys", "list"]).ends(0);
    list().says("No keys are set");
    let set = |value: &str| {
        place.file("key.txt", value);
        let mut command = place.command(&["keys", "set", "WEB_KEY"]);
        command.stdin(fs::File::open(place.path().join("key.txt")).expect("it is there"));
        Ran::of(&command.output().expect("it starts"))
    };
    set("").ends(2).says("nothing is set");
    let ran = set("sk-from-the-store\n").ends(0).says("WEB_KEY is set in");
    assert!(!ran.err.contains("sk-from"));
    let store = place.path().join(".config/score/keys");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = |path: &Path| fs::metadata(path).expect("it is there").permissions().mode() & 0o777;
        assert_eq!((mode(&store), mode(store.parent().expect("a folder"))), (0o600, 0o700));
    }
    list().gives(&format!("WEB_KEY  {}\n", store.display()));
    let doctor = |found: &str| {
        let ran = place.score(&["doctor", "a.score"]);
        assert!(ran.out.contains(&format!("secret WEB_KEY: in {found}")), "{ran:#?}");
        assert!(!ran.out.contains("sk-"), "{ran:#?}");
    };
    doctor(&store.display().to_string());
    place.file(".env", "# beside the score\nexport WEB_KEY='sk-from-the-file'\nwhat is this\n");
    let ran = place.score(&["doctor", "a.score"]);
    assert!(ran.out.contains(".env, line 3: it is left out"), "{ran:#?}");
    place.file(".env", "WEB_KEY=sk-from-the-file\n");
    doctor(".env");
    let mut command = place.command(&["doctor", "a.score", "--json"]);
    let ran = Ran::of(&command.env("WEB_KEY", "sk-from-outside").output().expect("it starts"));
    assert!(ran.out.contains("in the environment") && !ran.out.contains("sk-"), "{ran:#?}");
    set("sk-another").ends(0).says("that one comes first");
    place.score(&["keys", "rm", "WEB_KEY"]).ends(0).says("is taken out of");
    place.score(&["keys", "rm", "WEB_KEY"]).ends(2).says("is not in");
    place.score(&["keys", "set", "1KEY"]).ends(2).says("can't be the name of a key");
}

#[cfg(unix)]
#[test]
fn a_file_of_keys_that_others_can_read_is_not_used() {
    use std::os::unix::fs::PermissionsExt as _;
    let place = Place::new();
    fs::create_dir_all(place.path().join(".config/score")).expect("a folder");
    place.file("a.score", KEYED).file(".config/score/keys", "WEB_KEY=\"sk-open\"\n");
    let store = place.path().join(".config/score/keys");
    fs::set_permissions(&store, fs::Permissions::from_mode(0o644)).expect("set");
    place.score(&["run", "a.score"]).ends(4).says("can be read by others").says("score keys set WEB_KEY");
    fs::set_permissions(&store, fs::Permissions::from_mode(0o600)).expect("set");
    place.score(&["run", "a.score"]).ends(1).says("nothing answers at 127.0.0.1:9");
}

#[test]
fn the_doctor_asks_each_service() {
    let place = Place::new();
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let base = format!("http://{}", listener.local_addr().expect("an address"));
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.expect("a connection");
            let mut head = [0; 4_096];
            let read = stream.read(&mut head).expect("a request");
            let head = String::from_utf8_lossy(&head[..read]).into_owned();
            let (status, body) = if head.contains("sk-wrong") {
                ("401 Unauthorized", "{}")
            } else if head.starts_with("GET /v1/models ") {
                ("200 OK", r#"{"data": [{"id": "small"}, {"id": "large"}]}"#)
            } else {
                ("404 Not Found", "")
            };
            let reply = format!(
                "HTTP/1.1 {status}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
                body.len()
            );
            stream.write_all(reply.as_bytes()).expect("sent");
        }
    });
    place.file(
        "a.score",
        format!(
            "instrument good = openai(\"small\", base_url: \"{base}/v1\", key: secret(\"GOOD\"))\n\
             instrument odd = openai(\"smal\", base_url: \"{base}/v1\", key: secret(\"GOOD\"))\n\
             instrument wrong = openai(\"small\", base_url: \"{base}/v1\", key: secret(\"WRONG\"))\n\
             instrument site = http(\"{base}/api\")\n\
             instrument gone = http(\"http://127.0.0.1:9\")\n\
             part ask() -> text by good \"Hi\"\n\
             movement main() -> [text] {{ [ask(), ask() by odd, ask() by wrong, ask() by site, ask() by gone] }}\n"
        ),
    );
    let mut command = place.command(&["doctor", "a.score"]);
    let ran = Ran::of(&command.env("GOOD", "sk-good").env("WRONG", "sk-wrong").output().expect("it starts"));
    let host = base.trim_start_matches("http://");
    for line in [
        format!("{host} answers, and has `small`"),
        format!("{host} answers, and has no `smal` among its 2 models\n        did you mean \"small\"?"),
        format!("fail  wrong (openai): {host} does not take the key"),
        format!("{host} answers"),
        "fail  gone (http): nothing answers at 127.0.0.1:9".to_owned(),
    ] {
        assert!(ran.out.contains(&line), "{line:?} is missing: {}", ran.out);
    }
    ran.ends(4);
}

#[test]
fn requests_are_shown_and_not_sent() {
    let place = Place::new();
    let (url, asked) = chat();
    place.file(
        "ask.score",
        format!(
            "instrument model = openai(\"m\", base_url: \"{url}\", key: secret(\"KEY\"), headers: {{`x-api-key`: \"plain\"}})\n\
             instrument site = http(\"https://shop.example/v2\", bearer: secret(\"SHOP\"))\n\
             part name(thing: text) -> text by model \"Name this: {{thing}}\"\n\
             part sell(name: text) by site \"POST /items\\n\\n{{json(name)}}\"\n\
             movement main() {{ let named = name(\"a boat\")\n sell(named) }}\n"
        )
        .replace("`x-api-key`", "\"x-api-key\""),
    );
    let mut command = place.command(&["run", "ask.score", "--show-requests", "-q"]);
    let ran = Ran::of(&command.env("KEY", "sk-12345678").output().expect("it starts")).ends(0);
    assert!(asked.try_recv().is_err(), "nothing was sent");
    for part in [
        &format!("### main/named by model\nPOST {url}/chat/completions\n"),
        "authorization: Bearer <secret KEY>\n",
        "x-api-key: <left out>\n",
        "Name this: a boat",
        "### main/sell by site\nPOST https://shop.example/v2/items\n",
        "authorization: Bearer <secret SHOP>\n",
        "content-type: text/plain; charset=utf-8\n\n\"answer ",
    ] {
        assert!(ran.out.contains(part), "{part:?} is missing: {ran:#?}");
    }
    assert!(!ran.out.contains("sk-12345678"));
    let ran = ran.says("2 requests are shown, none was sent");
    drop(ran);
    let ran = place.score(&["rehearse", "ask.score", "--show-requests", "--json", "-q"]).ends(0);
    let lines: Vec<serde_json::Value> =
        ran.out.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    assert_eq!(lines.len(), 2);
    assert_eq!(lines[0]["body"]["messages"][0]["content"], "Name this: a boat");
    place.file(
        "far.score",
        "instrument model = openai(\"m\")\npart greet() -> text by model \"Hello\"\nmovement main() -> text { greet() }\n",
    );
    place
        .score(&["run", "far.score", "--show-requests", "-q"])
        .ends(0)
        .says("no request to send: no key for");
}

const TESTED: &str = r#"
instrument writer = openai("gpt-5")

part title(topic: text) -> text by writer "A title about {topic}"

test "a title names its topic" {
  seat writer = echo()
  expect "tides" in title("tides")
}

test "a title is <short>" {
  seat writer = script(["Much too long"])
  let found = title("tides")
  expect len(found) < 5
}

test "nobody has a seat" {
  title("tides")
  expect true
}
"#;

#[test]
fn tests_are_performed_and_reported() {
    let place = Place::new();
    place.file("a.score", TESTED);
    let ran = place.score(&["test"]).ends(1).says("len(found) is 13").says("`writer` has no seat");
    ran.says("1 passed, 2 failed.").gives(
        "a.score: a title names its topic … ok\na.score: a title is <short> … FAILED\na.score: nobody has a seat … FAILED\n",
    );
    place.score(&["test", "a.score", "--filter", "names"]).ends(0).says("1 passed, 0 failed.");
    place.score(&["test", "--filter", "no such test"]).ends(2).says("no such test");
    place.score(&["test", "missing.score"]).ends(2).says("missing.score is not there");
    let report = place.score(&["test", "--report", "junit"]).ends(1);
    for words in [
        "<testsuites tests=\"3\" failures=\"2\"",
        "<testsuite name=\"a.score\" tests=\"3\"",
        "name=\"a title is &lt;short&gt;\"",
        "<failure message=",
        "</testsuites>",
    ] {
        assert!(report.out.contains(words), "{words} is missing: {}", report.out);
    }
    place.file("broken.score", "movement main( {");
    place.score(&["test", "a.score", "broken.score"]).ends(3).says("1 score could not be checked");
}

const RECORDED: &str = r#"
instrument writer = script([{n: 1, day: "2026-01-05"}, {n: 2, day: "2026-01-06"}, "no record"])
instrument voice = script(asked => upper(asked))

type Note { n: int, day: date }

part note(topic: text) -> Note by writer retry 0 "A note about {topic}"
part shout(words: text) -> text by voice "{words}"

movement main() -> [text] {
  let notes = for topic in ["a", "b"] { note(topic) }
  [shout("{notes[0].day + 1d}"), "{notes[1].n}", "{note("c")}" otherwise "none"]
}

test "as it was" {
  seat writer = replay("talk.jsonl")
  seat voice = replay("talk.jsonl")
  expect main() == ["2026-01-06", "2", "none"]
}

test "what was never asked" {
  seat voice = replay("talk.jsonl")
  expect shout("hello") == "HELLO"
}
"#;

#[test]
fn what_is_recorded_can_be_replayed() {
    let place = Place::new();
    place.file("a.score", RECORDED);
    let gives = "[\n  \"2026-01-06\",\n  \"2\",\n  \"none\"\n]\n";
    let ran = place.score(&["run", "a.score", "--record", "talk.jsonl"]).ends(0);
    assert_eq!(ran.out.split_whitespace().collect::<String>(), gives.split_whitespace().collect::<String>());
    ran.says("recorded 4 calls in talk.jsonl");
    let ran =
        place.score(&["test", "a.score"]).ends(1).says("`talk.jsonl` has no answer left").says("1 passed");
    ran.says("record it anew");
    place.file("talk.jsonl", "{\"part\": \"note\"}\n");
    place.score(&["test", "a.score"]).ends(1).says("line 1 of").says("it has no `asked`");
    place.score(&["run", "a.score", "--record", "no/such/folder"]).ends(2).says("could not be written");
}

#[test]
fn scores_are_formatted() {
    let place = Place::new();
    place.file("a.score", "movement main()->int{1+1} // two\n").file("broken.score", "movement main( {");
    place.score(&["fmt", "--check", "a.score"]).ends(1).says("a.score is not formatted");
    place.score(&["fmt", "a.score"]).ends(0).says("formatted a.score");
    let text = fs::read_to_string(place.path().join("a.score")).expect("there");
    assert_eq!(text, "movement main() -> int { 1 + 1 }  // two\n");
    place.score(&["fmt", "--check", "a.score"]).ends(0);
    place.score(&["fmt"]).ends(3).says("broken.score");
    assert_eq!(fs::read_to_string(place.path().join("broken.score")).expect("there"), "movement main( {");
    let mut child = place
        .command(&["fmt", "--stdin"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("it starts");
    child.stdin.take().expect("open").write_all(b"type  A={a:int}").expect("written");
    Ran::of(&child.wait_with_output().expect("it ends")).ends(0).gives("type A { a: int }\n");
}

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
