//! Faults by how the answer comes: connections that fail, silence, pieces that break off, floods.

use super::super::server::{Step, chunk, open, response};
use super::rows::good;
use super::{BAD_SHAPE, Fault, Player, TIMEOUT, UNAVAILABLE, Want, fault};

const JSON: &str = "Content-Type: application/json\r\n";

pub(super) fn all() -> Vec<Fault> {
    let mut all = connections();
    all.extend(silence());
    all.extend(cut());
    all.extend(streams());
    all.extend(floods());
    all
}

fn raw(bytes: &'static [u8]) -> impl Fn(&Player) -> Vec<Vec<Step>> + Send + Sync {
    move |_| vec![vec![Step::Send(bytes.to_vec())]]
}

fn connections() -> Vec<Fault> {
    vec![
        fault("N4", "nobody there", |_| vec![Vec::new()], |_| UNAVAILABLE)
            .at(|_| "http://127.0.0.1:1/v1".into()),
        fault("N4", "a name that nobody has", |_| vec![Vec::new()], |_| UNAVAILABLE)
            .at(|_| "http://no-such-host.invalid/v1".into()),
        fault("N4", "TLS where none is spoken", raw(b"HTTP/1.1 400 Bad Request\r\n\r\n"), |_| UNAVAILABLE)
            .at(|port| format!("https://127.0.0.1:{port}/v1")),
        fault(
            "N4",
            "closed without a word, then an answer",
            |player| vec![Vec::new(), good(player)],
            |player| {
                if player.once { UNAVAILABLE } else { Want::Good }
            },
        ),
        fault("N4", "closed without a word", |_| vec![Vec::new()], |_| UNAVAILABLE),
        fault("N4", "reset without a word", |_| vec![vec![Step::Reset]], |_| UNAVAILABLE),
        fault(
            "N4",
            "reset after the head",
            |_| {
                let head = format!("HTTP/1.1 200 OK\r\n{JSON}Content-Length: 100\r\n\r\n");
                vec![vec![Step::Send(head.into_bytes()), Step::Pause(20), Step::Reset]]
            },
            |_| UNAVAILABLE,
        ),
        fault("N4", "no HTTP at all", raw(b"220 mail.example.com ESMTP\r\n"), |_| UNAVAILABLE),
        fault("N4", "a head that breaks off", raw(b"HTTP/1.1 200 OK\r\nContent-Ty"), |_| UNAVAILABLE),
        fault("N4", "a head with a broken header", raw(b"HTTP/1.1 200 OK\r\n\x00\x01: x\r\n\r\n"), |_| {
            UNAVAILABLE
        }),
        fault("N4", "a status beyond all", raw(b"HTTP/1.1 99999 Hm\r\n\r\n"), |_| UNAVAILABLE),
        fault(
            "N4",
            "103 and 102 before the answer",
            |player| {
                let early = b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 102 Processing\r\n\r\n";
                let mut script = vec![Step::Send(early.to_vec())];
                script.extend(good(player));
                vec![script]
            },
            |_| Want::Good,
        ),
        fault(
            "N4",
            "two answers to one request",
            |player| vec![[good(player), vec![response("200 OK", JSON, player.good)]].concat()],
            |_| Want::Good,
        )
        .only(|player| player.stream.is_none()),
    ]
}

fn silence() -> Vec<Fault> {
    let drip = |head: Vec<Step>, bytes: &'static [u8]| {
        let mut steps = head;
        for _ in 0..200 {
            steps.extend([Step::Send(bytes.to_vec()), Step::Pause(20)]);
        }
        vec![steps]
    };
    vec![
        fault("N5", "silence", |_| vec![vec![Step::Hang]], |_| TIMEOUT).within(300).once(),
        fault("N5", "silence after the head", |_| vec![vec![open(JSON), Step::Hang]], |_| TIMEOUT)
            .within(300)
            .once(),
        fault(
            "N5",
            "silence in the middle",
            |player| {
                let (head, half) = halves(player);
                vec![vec![head, half, Step::Hang]]
            },
            |_| TIMEOUT,
        )
        .within(300)
        .once(),
        fault(
            "N5",
            "a head, line by line",
            move |_| drip(vec![Step::Send(b"HTTP/1.1 200 OK\r\n".to_vec())], b"X: y\r\n"),
            |_| TIMEOUT,
        )
        .within(400)
        .once(),
        fault("N5", "a body, byte by byte", move |_| drip(vec![open(JSON)], b" "), |_| TIMEOUT)
            .within(400)
            .once(),
        fault(
            "N5",
            "an answer, slowly, in its time",
            |player| {
                let mut steps = vec![head(player)];
                for piece in body(player).as_bytes().chunks(40) {
                    steps.extend([Step::Send(piece.to_vec()), Step::Pause(5)]);
                }
                vec![steps]
            },
            |_| Want::Good,
        ),
    ]
}

/// The head of an answer that ends with the connection.
fn head(player: &Player) -> Step {
    open(&format!(
        "Content-Type: {}\r\n",
        player.stream.as_ref().map_or("application/json", |stream| stream.mime)
    ))
}

/// The body of a good answer.
fn body(player: &Player) -> String {
    player.stream.as_ref().map_or_else(|| player.good.to_owned(), |stream| stream.events.concat())
}

/// The head of an answer that says how long it is, and half of the body.
fn halves(player: &Player) -> (Step, Step) {
    let body = body(player);
    let mime = player.stream.as_ref().map_or("application/json", |stream| stream.mime);
    let head = format!("HTTP/1.1 200 OK\r\nContent-Type: {mime}\r\nContent-Length: {}\r\n\r\n", body.len());
    (Step::Send(head.into_bytes()), Step::Send(body.as_bytes()[..body.len() / 2].to_vec()))
}

fn cut() -> Vec<Fault> {
    let chunked = |player: &Player| {
        let mime = player.stream.as_ref().map_or("application/json", |stream| stream.mime);
        open(&format!("Content-Type: {mime}\r\nTransfer-Encoding: chunked\r\n"))
    };
    vec![
        fault(
            "N6",
            "half of what was promised",
            |player| {
                let (head, half) = halves(player);
                vec![vec![head, half]]
            },
            |_| UNAVAILABLE,
        ),
        fault(
            "N6",
            "half of the chunks",
            move |player| {
                let body = body(player);
                vec![vec![chunked(player), chunk(&body[..body.len() / 2])]]
            },
            |_| UNAVAILABLE,
        ),
        fault(
            "N6",
            "half a chunk",
            move |player| vec![vec![chunked(player), Step::Send(b"40\r\n{\"ch".to_vec())]],
            |_| UNAVAILABLE,
        ),
        fault(
            "N6",
            "a chunk of no length",
            move |player| vec![vec![chunked(player), Step::Send(b"zz\r\nabc\r\n".to_vec())]],
            |_| UNAVAILABLE,
        ),
        fault(
            "N6",
            "all of the chunks",
            move |player| vec![vec![chunked(player), chunk(body(player)), chunk("")]],
            |_| Want::Good,
        ),
    ]
}

/// The events of a player that answers bit by bit.
fn events(player: &Player) -> &'static [&'static str] {
    player.stream.as_ref().map_or(&[][..], |stream| stream.events)
}

/// A stream whose body is this.
fn streamed(player: &Player, body: impl Into<Vec<u8>>) -> Vec<Vec<Step>> {
    vec![vec![head(player), Step::Send(body.into())]]
}

fn written(change: fn(&str) -> String) -> impl Fn(&Player) -> Vec<Vec<Step>> {
    move |player| streamed(player, change(&body(player)))
}

/// What breaks off in streams, and how they may come.
fn streams() -> Vec<Fault> {
    let upto = |end: usize| move |player: &Player| streamed(player, &body(player).as_bytes()[..end]);
    let wrong = |player: &Player| player.stream.as_ref().map_or("", |stream| stream.wrong);
    let all = vec![
        fault("N6", "a stream that ends before its first event", upto(1), |_| UNAVAILABLE),
        fault("N6", "a stream that ends in an event", upto(40), |_| UNAVAILABLE),
        fault(
            "N6",
            "a stream that ends in a character",
            |player| {
                let bytes = body(player).into_bytes();
                let at = bytes.iter().position(|byte| *byte >= 0xf0).map_or(bytes.len() / 2, |at| at + 2);
                streamed(player, &bytes[..at])
            },
            |_| UNAVAILABLE,
        ),
        fault(
            "N6",
            "a marked end without the answer's own",
            |player| {
                let all = events(player);
                let mime = player.stream.as_ref().map_or("", |stream| stream.mime);
                let open = open(&format!("Content-Type: {mime}\r\nTransfer-Encoding: chunked\r\n"));
                vec![vec![open, chunk(all[..all.len() - 2].concat()), chunk("")]]
            },
            |_| UNAVAILABLE,
        ),
        fault(
            "N12",
            "an error in the stream",
            move |player| streamed(player, format!("{}{}", events(player)[..2].concat(), wrong(player))),
            |_| UNAVAILABLE,
        ),
        fault("N12", "an error first", move |player| streamed(player, wrong(player)), |_| UNAVAILABLE),
        fault("N7", "lines that end in CR LF", written(|text| text.replace('\n', "\r\n")), |_| Want::Good),
        fault(
            "N7",
            "an answer byte by byte",
            |player| {
                let mut steps = vec![head(player)];
                steps.extend(body(player).bytes().map(|byte| Step::Send(vec![byte])));
                vec![steps]
            },
            |_| Want::Good,
        ),
    ];
    let all = all.into_iter().map(|fault| fault.only(|player| player.stream.is_some()));
    all.chain(server_sent()).collect()
}

/// How server-sent events may be written.
fn server_sent() -> impl Iterator<Item = Fault> {
    let sse = |player: &Player| player.stream.as_ref().is_some_and(|s| s.mime == "text/event-stream");
    let good = |_: &Player| Want::Good;
    let unknown = |text: &str| text.replace("data: ", "id: 7\nretry: 10\nhm: x\ndata: ");
    let all = vec![
        fault("N7", "lines that end in CR", written(|text| text.replace('\n', "\r")), good),
        fault("N7", "a byte order mark", written(|text| format!("\u{feff}{text}")), good),
        fault("N7", "comments", written(|text| text.replace("\n\n", "\n\n: keep-alive\n\n")), good),
        fault("N7", "fields that nobody knows", written(unknown), good),
        fault("N7", "no blank after the colon", written(|text| text.replace("data: ", "data:")), good),
        fault("N7", "no JSON", written(|text| format!("data: {{hm\n\n{text}")), |_| UNAVAILABLE),
    ];
    all.into_iter().map(move |fault| fault.only(sse))
}

fn floods() -> Vec<Fault> {
    vec![
        fault(
            "N8",
            "an event without end",
            |player| vec![vec![head(player), Step::Flood(vec![b'a'; 1 << 16])]],
            |_| BAD_SHAPE,
        )
        .within(60_000)
        .only(|player| player.stream.is_some()),
        fault(
            "N8",
            "a body without end",
            |player| vec![vec![head(player), Step::Flood(vec![b' '; 1 << 16])]],
            |_| BAD_SHAPE,
        )
        .within(60_000)
        .only(|player| player.stream.is_none()),
        fault(
            "N8",
            "a head without end",
            |_| {
                vec![vec![
                    Step::Send(b"HTTP/1.1 200 OK\r\n".to_vec()),
                    Step::Flood(b"X-Hm: y\r\n".repeat(1_000)),
                ]]
            },
            |_| UNAVAILABLE,
        )
        .within(60_000),
        fault(
            "N8",
            "a length that is a lie",
            |player| {
                let head = format!("HTTP/1.1 200 OK\r\n{JSON}Content-Length: 18446744073709551615\r\n\r\n");
                vec![vec![Step::Send(head.into_bytes()), Step::Send(player.good.as_bytes().to_vec())]]
            },
            |_| UNAVAILABLE,
        ),
    ]
}
