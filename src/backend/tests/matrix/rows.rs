//! Faults by what the server answers: refusals, pushing back, breaking, answers that are none, redirects.

use super::super::server::{Step, open, response};
use super::{BAD_SHAPE, Fault, KEY, Player, RATE_LIMITED, TIMEOUT, UNAVAILABLE, Want, fault};
use crate::instrument::FailureKind;

const JSON: &str = "Content-Type: application/json\r\n";

/// A good answer in the way that the player is given one.
pub(super) fn good(player: &Player) -> Vec<Step> {
    match &player.stream {
        None => vec![response("200 OK", JSON, player.good)],
        Some(stream) => {
            let head = open(&format!("Content-Type: {}\r\n", stream.mime));
            vec![head, Step::Send(stream.events.concat().into_bytes())]
        }
    }
}

fn refuses(player: &Player, status: &str, headers: &str) -> Vec<Step> {
    // Services say back the key that they don't take.
    let said = player.refusal.replace("MESSAGE", &format!("not with {KEY}"));
    vec![response(status, &format!("{JSON}{headers}"), said)]
}

/// What a status that a model's service gives means; other services just have it.
fn kind(player: &Player, model: &'static [FailureKind], service: &'static [FailureKind]) -> Want {
    Want::Fails(if player.model || player.name == "oracle" { model } else { service })
}

/// Tried again, unless the call must not be made twice.
fn again(player: &Player) -> Want {
    if player.once { UNAVAILABLE } else { Want::Good }
}

/// An answer that is no text, or none of its kind. A hook's is nobody's: it is read and left.
fn no_text(player: &Player) -> Want {
    match player.name {
        _ if player.model => UNAVAILABLE,
        name if name.starts_with("webhook") => Want::Good,
        _ => BAD_SHAPE,
    }
}

/// An answer that only models must refuse: what other services answer is not theirs to judge.
fn no_answer(player: &Player) -> Want {
    if player.model { UNAVAILABLE } else { Want::Good }
}

pub(super) fn all() -> Vec<Fault> {
    let mut all = pushed_back();
    all.extend(broken());
    all.extend(refused());
    all.extend(no_answers());
    all.extend(redirected());
    all
}

fn pushed_back() -> Vec<Fault> {
    const BUSY: &str = "429 Too Many Requests";
    const USED_UP: &str = "x-ratelimit-remaining-requests: 0\r\nx-ratelimit-reset-requests: 20ms\r\n";
    const ASKS_IN_ITS_BODY: &str = r#"{"error":{"code":429,"message":"Quota exceeded","status":"RESOURCE_EXHAUSTED",
        "details":[{"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"30s"}]}}"#;
    let then_good =
        |headers: &'static str| move |player: &Player| vec![refuses(player, BUSY, headers), good(player)];
    let past = "Date: Wed, 21 Oct 2026 07:28:00 GMT\r\nRetry-After: Wed, 21 Oct 2026 07:28:00 GMT\r\n";
    let always = |headers: &'static str| move |player: &Player| vec![refuses(player, BUSY, headers)];
    vec![
        fault("N1", "429 with Retry-After: 0", then_good("Retry-After: 0\r\n"), |_| Want::Good),
        fault("N1", "429 with retry-after-ms", then_good("retry-after-ms: 5\r\n"), |_| Want::Good),
        fault("N1", "429 with a date that has passed", then_good(past), |_| Want::Good),
        fault("N1", "429 that names no time", then_good(""), |_| Want::Good),
        fault("N1", "429 with a time that is none", then_good("Retry-After: soon\r\n"), |_| Want::Good),
        fault("N1", "429 with 30 s where there is no such time", always("Retry-After: 30\r\n"), |_| {
            RATE_LIMITED
        })
        .within(2_000)
        .once(),
        fault("N1", "429 with an absurd time", always("Retry-After: 1000000000\r\n"), |_| RATE_LIMITED)
            .within(2_000)
            .once(),
        fault("N1", "429 without end", always("retry-after-ms: 1\r\n"), |_| RATE_LIMITED),
        fault("N1", "429 with a limit that is whole again soon", then_good(USED_UP), |_| Want::Good),
        fault(
            "N1",
            "429 with 30 s in its body where there is no such time",
            |_| vec![vec![response(BUSY, JSON, ASKS_IN_ITS_BODY)]],
            |_| RATE_LIMITED,
        )
        .within(2_000)
        .once()
        .only(|player| player.name.starts_with("gemini")),
    ]
}

fn broken() -> Vec<Fault> {
    let once = |status: &'static str| move |player: &Player| vec![refuses(player, status, ""), good(player)];
    vec![
        fault("N2", "500, then an answer", once("500 Internal Server Error"), again),
        fault("N2", "502, then an answer", once("502 Bad Gateway"), again),
        fault("N2", "503, then an answer", once("503 Service Unavailable"), |_| Want::Good),
        fault("N2", "504, then an answer", once("504 Gateway Timeout"), again),
        fault("N2", "524, then an answer", once("524 A Timeout Occurred"), again),
        fault("N2", "529, then an answer", once("529 Overloaded"), |_| Want::Good),
        fault("N2", "500 without end", |player| vec![refuses(player, "500 X", "")], |_| UNAVAILABLE),
        fault(
            "N2",
            "503 without end",
            |player| vec![refuses(player, "503 X", "retry-after-ms: 1\r\n")],
            |_| UNAVAILABLE,
        ),
    ]
}

fn refused() -> Vec<Fault> {
    let always = |status: &'static str| move |player: &Player| vec![refuses(player, status, "")];
    let bare = |status: &'static str| move |_: &Player| vec![vec![response(status, "", "")]];
    let invalid = |player: &Player| kind(player, &[FailureKind::InvalidRequest], &[FailureKind::HttpStatus]);
    let auth = |_: &Player| Want::Fails(&[FailureKind::Auth]);
    vec![
        fault("N3", "400", always("400 Bad Request"), invalid).once(),
        fault("N3", "401", always("401 Unauthorized"), auth).once(),
        fault("N3", "403", always("403 Forbidden"), auth).once(),
        fault("N3", "404", always("404 Not Found"), invalid).once(),
        fault("N3", "413", always("413 Content Too Large"), invalid).once(),
        fault("N3", "422", always("422 Unprocessable Content"), invalid).once(),
        fault("N3", "401 without a word", bare("401 Unauthorized"), auth).once(),
        fault("N3", "400 without a word", bare("400 Bad Request"), invalid).once(),
        fault("N3", "a status that nobody knows", always("499 Hm"), invalid).once(),
    ]
}

fn no_answers() -> Vec<Fault> {
    let json = |body: &'static [u8]| move |_: &Player| vec![vec![response("200 OK", JSON, body)]];
    let page = |_: &Player| {
        vec![vec![response("200 OK", "Content-Type: text/html\r\n", "<!doctype html><h1>Sign in</h1>")]]
    };
    let deep = |_: &Player| vec![vec![response("200 OK", JSON, "[".repeat(100_000))]];
    let zipped = |body: &'static [u8]| {
        move |_: &Player| vec![vec![response("200 OK", &format!("{JSON}Content-Encoding: gzip\r\n"), body)]]
    };
    let bomb: &[u8] = include_bytes!("../bomb.gz");
    vec![
        fault("N9", "JSON that breaks off", json(b"{\"choices\": ["), no_answer),
        fault("N9", "an empty body", json(b""), no_answer),
        fault(
            "N9",
            "204 without a body",
            |_| vec![vec![Step::Send(b"HTTP/1.1 204 No Content\r\n\r\n".to_vec())]],
            no_answer,
        ),
        fault("N9", "JSON of another form", json(b"{\"hello\": [1, 2]}"), no_answer),
        fault("N9", "null", json(b"null"), no_answer),
        fault("N9", "a list", json(b"[]"), no_answer),
        fault("N9", "a number beyond all numbers", json(b"{\"choices\": 1e999999}"), no_answer),
        fault("N9", "JSON 100,000 deep", deep, no_answer),
        fault(
            "N9",
            "a web page",
            page,
            |player| if player.name == "oracle" { Want::Good } else { no_text(player) },
        ),
        fault("N9", "bytes that are no text", json(b"{\"a\": \"\xff\xfe\"}"), move |player| {
            match player.name {
                _ if player.model => UNAVAILABLE,
                name if name.starts_with("webhook") => Want::Good,
                _ => BAD_SHAPE,
            }
        }),
        fault(
            "N9",
            "another content type",
            |player| vec![vec![response("200 OK", "Content-Type: text/plain\r\n", player.good)]],
            |_| Want::Good,
        ),
        fault(
            "N9",
            "no content type",
            |player| vec![vec![response("200 OK", "", player.good)]],
            |_| Want::Good,
        ),
        fault("N9", "a gzip bomb of 66 MiB", zipped(bomb), |_| BAD_SHAPE).within(60_000),
        fault("N9", "gzip that is torn", zipped(bomb.split_at(2_000).0), |_| UNAVAILABLE),
        fault("N9", "gzip that is none", zipped(b"{\"id\": 7}"), |_| UNAVAILABLE),
        fault(
            "N9",
            "200 with an error in it",
            |player| vec![vec![response("200 OK", JSON, player.refusal.replace("MESSAGE", "overloaded"))]],
            move |player| {
                // What kind an error without a code is, nobody knows.
                let kinds = &[FailureKind::Unavailable, FailureKind::InvalidRequest, FailureKind::BadShape];
                if player.model { Want::Fails(kinds) } else { Want::Good }
            },
        ),
    ]
}

fn redirected() -> Vec<Fault> {
    let to = |address: &'static str| {
        move |_: &Player| {
            vec![vec![response("307 Temporary Redirect", &format!("Location: {address}\r\n"), "")]]
        }
    };
    let invalid = |_: &Player| Want::Fails(&[FailureKind::InvalidRequest]);
    vec![
        fault(
            "N10",
            "to a path of its own",
            |player| vec![vec![response("308 X", "Location: /moved\r\n", "")], good(player)],
            |_| Want::Good,
        ),
        fault("N10", "to a file", to("file:///etc/passwd"), invalid).once(),
        fault("N10", "to ftp", to("ftp://127.0.0.1/"), invalid).once(),
        fault("N10", "to what is no address", to("http://["), invalid).once(),
        fault("N10", "to itself, without end", to("/round"), |_| UNAVAILABLE).unbounded(),
        fault("N10", "to another place", to("ELSEWHERE/other"), |_| Want::Good).once(),
        fault(
            "N10",
            "by 303 to another place, asked anew",
            |_| vec![vec![response("303 See Other", "Location: ELSEWHERE/other\r\n", "")]],
            |_| Want::Good,
        )
        .once(),
        fault(
            "N10",
            "to nowhere",
            |_| vec![vec![response("302 Found", "", "")]],
            |player| kind(player, &[FailureKind::Unavailable], &[FailureKind::HttpStatus]),
        ),
        fault("N10", "to where nobody answers", to("http://127.0.0.1:1/"), |_| UNAVAILABLE),
        fault(
            "N10",
            "to where nobody ever speaks",
            |_| vec![vec![response("307 X", "Location: /silent\r\n", "")], vec![Step::Hang]],
            |_| TIMEOUT,
        )
        .within(500),
    ]
}
