//! Services that are asked over the network: keys, memories, the doctor, requests that are only shown.

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::path::Path;

use crate::given::chat;
use crate::world::place::{Place, Ran};

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
             instrument voice = speech(\"small\", base_url: \"{base}/v1\", key: secret(\"GOOD\"))\n\
             instrument painter = openai_image(\"larg\", base_url: \"{base}/v1\", key: secret(\"GOOD\"))\n\
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
        "  voice (speech): ".to_owned(),
        format!("{host} answers, and has no `larg` among its 2 models\n        did you mean \"large\"?"),
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
