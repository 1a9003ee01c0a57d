//! What is entered line by line.

use std::sync::Arc;

use super::{Ended, Entered, MemoryCache, Refused, Session};
use crate::base::Piece;
use crate::load::NoFiles;
use crate::value::{Value, json_text};

struct Sitting {
    session: Session,
    lines: usize,
}

impl Sitting {
    fn new() -> Self {
        let session = Session::new(Box::new(NoFiles), Arc::new(MemoryCache::default())).unwrap();
        Self { session, lines: 0 }
    }

    fn piece(&mut self, text: &str) -> Piece {
        self.lines += 1;
        Piece { name: format!("entry {}", self.lines).into(), text: text.into(), first_line: 1 }
    }

    /// What an entry gives: `value: type`, what it declares, or why it is refused.
    fn enter(&mut self, text: &str) -> String {
        let piece = self.piece(text);
        match self.session.enter(&piece) {
            Ok(Entered::Nothing) => String::from("nothing"),
            Ok(Entered::Declared(declared)) => {
                let items: Vec<String> =
                    declared.items.iter().map(|(word, name)| format!("{word} {name}")).collect();
                let forgotten: Vec<String> =
                    declared.forgotten.iter().map(|name| format!(", forgot {name}")).collect();
                format!("{}{}", items.join(", "), forgotten.concat())
            }
            Ok(Entered::Prepared(prepared)) => {
                let ended = self.session.performance(&prepared).run().unwrap();
                let failed = match &ended {
                    Ended::Failed(report) => Some(report.failure.message.clone()),
                    _ => None,
                };
                let outcome = self.session.keep(*prepared, &ended, false);
                match (outcome.shown, failed) {
                    (_, Some(failed)) => format!("failed: {failed}"),
                    (Some((_, value, ty)), None) => format!("{}: {ty}", json_text(&value)),
                    (None, None) => String::from("done"),
                }
            }
            Err(refused) => refused_as(&refused),
        }
    }

    #[track_caller]
    fn gives(&mut self, text: &str, expected: &str) {
        assert_eq!(self.enter(text), expected, "{text}");
    }
}

fn refused_as(refused: &Refused) -> String {
    match refused {
        Refused::Said(said) => said.clone(),
        Refused::Problems(problems) => {
            let all: Vec<String> = problems.diagnostics().map(ToString::to_string).collect();
            format!("refused: {}", all.join("; "))
        }
    }
}

#[test]
fn names_keep_their_values_and_types() {
    let mut sitting = Sitting::new();
    sitting.gives("let x = 2", "2: int");
    sitting.gives("x + 1", "3: int");
    sitting.gives("it * 10", "30: int");
    sitting.gives("let x = x + it", "32: int");
    sitting.gives("x", "32: int");
    sitting.gives("// a note", "nothing");
    sitting.gives("say \"hi\"", "done");
    sitting.gives("it", "32: int");
    sitting.gives("let a = [1, 2]\nlet b = len(a)", "2: int");
    sitting.gives("together { let c = 1 let d = c + 1 }", "done");
    sitting.gives("d", "2: int");
    sitting.gives("({title: \"Tides\", n: d}).title", "\"Tides\": text");
    sitting.gives("fail \"no\"", "failed: no");
    sitting.gives("x + nope", "refused: nothing here is called `nope`");
}

#[test]
fn records_keep_their_types_over_entries() {
    let mut sitting = Sitting::new();
    sitting.gives("type Idea { title: text, n: int where 0 <= it and it <= 9 }", "type Idea");
    sitting.gives("type Mood = \"calm\" | \"wild\"", "type Mood");
    sitting.gives("let idea = Idea(title: \"a\", n: 1)", "{\"title\":\"a\",\"n\":1}: Idea");
    sitting.gives("let mood: Mood = \"wild\"", "\"wild\": Mood");
    sitting.gives("movement title(idea: Idea) -> text { idea.title }", "movement title");
    sitting.gives("title(idea)", "\"a\": text");
    sitting.gives(
        "let more = [idea, idea but {n: 2}]",
        "[{\"title\":\"a\",\"n\":1},{\"title\":\"a\",\"n\":2}]: [Idea; 2]",
    );
    sitting.gives("for one in more if one is Idea { one.n }", "[1,2]: [int where 0 <= it and it <= 9; ..2]");
    sitting.gives("match mood { \"calm\" => 1, \"wild\" => 2 }", "2: 1 | 2");
    // A field more that may be left out: the values fit the new type.
    sitting.gives("type Idea { title: text, n: int, tags: [text] = [] }", "type Idea");
    sitting.gives("more[0].tags", "[]: [text]");
    sitting.gives("type Mood = \"calm\"", "type Mood");
    let refused = sitting.enter("mood");
    assert!(refused.contains("`mood` keeps a value from before its type changed"), "{refused}");
    sitting.gives("type Mood = \"calm\" | \"wild\"", "type Mood");
    sitting.gives("mood", "\"wild\": Mood");
}

#[test]
fn functions_and_instruments_are_kept_too() {
    let mut sitting = Sitting::new();
    sitting.gives("part ask(question: text) -> text \"{question}\"", "part ask");
    sitting
        .gives("let who = script(asked => \"you said {asked}\")", "{\"instrument\":\"script\"}: instrument");
    sitting.gives("ask(\"hi\") by who", "\"you said hi\": text");
    sitting
        .gives("movement twice(f: part(text) -> text) -> [text] { [f(\"a\"), f(\"b\")] }", "movement twice");
    sitting.gives("instrument loud = script(asked => upper(asked))", "instrument loud");
    sitting.gives("part shout(question: text) -> text by loud \"{question}\"", "part shout");
    sitting.gives("let f: part(text) -> text = shout", "{\"function\":null}: part(text) -> text");
    sitting.gives("twice(f)", "[\"A\",\"B\"]: [text]");
    sitting.gives("let f: part(text) -> text = f", "{\"function\":null}: part(text) -> text");
    let secret = sitting.enter("let key = secret(\"PATH\")");
    assert!(secret.ends_with(": secret") && !secret.contains('/'), "{secret}");
    sitting.gives("len([key])", "1: int");
}

#[test]
fn what_breaks_others_is_refused_and_changes_nothing() {
    let mut sitting = Sitting::new();
    sitting.gives("part draft(topic: text) -> text by echo() \"{topic}\"", "part draft");
    sitting.gives("movement main() -> text { draft(\"tides\") }", "movement main");
    sitting.gives("main()", "\"tides\": text");
    let refused = sitting.enter("part draft(topic: text, words: int) -> text by echo() \"{topic} {words}\"");
    assert!(refused.starts_with("refused: "), "{refused}");
    sitting.gives("main()", "\"tides\": text");
    sitting.gives("part draft(topic: text) -> text by echo() \"on {topic}\"", "part draft");
    sitting.gives("main()", "\"on tides\": text");
    sitting.gives("let moon = 1", "1: int");
    sitting.gives("movement moon() -> int { 2 }", "movement moon, forgot moon");
    sitting.gives("moon()", "2: int");
    let shadowed = sitting.enter("let draft = 1");
    assert!(shadowed.starts_with("refused: "), "{shadowed}");
    sitting.gives("use std/review { refine }", "use std/review");
}

#[test]
fn what_remembers_remembers_earlier_entries() {
    let mut sitting = Sitting::new();
    sitting.gives("part tell(x: text) -> text \"{x}\"", "part tell");
    sitting.gives(
        "instrument pal = remember(replies)\ninstrument replies = echo()",
        "instrument pal, instrument replies",
    );
    let turns = |sitting: &Sitting| {
        let memories = sitting.session.memories.lock().unwrap();
        memories.values().map(Vec::len).collect::<Vec<_>>()
    };
    sitting.gives("tell(\"a\") by pal", "\"a\": text");
    sitting.gives("tell(\"b\") by pal", "\"b\": text");
    assert_eq!(turns(&sitting), [4]);
    sitting.enter("let own = remember(replies)");
    sitting.gives("tell(\"c\") by own", "\"c\": text");
    sitting.enter("let own = remember(replies)");
    sitting.gives("tell(\"d\") by own", "\"d\": text");
    let mut all = turns(&sitting);
    all.sort_unstable();
    assert_eq!(all, [2, 2, 4]);
    // Declared anew it has heard nothing.
    sitting.gives("instrument pal = remember(replies)", "instrument pal");
    sitting.gives("tell(\"e\") by pal", "\"e\": text");
    assert_eq!(turns(&sitting).iter().sum::<usize>(), 6);
}

#[test]
fn what_was_declared_is_one_score() {
    let mut sitting = Sitting::new();
    sitting.gives("/// Of the sea.\ntype A { n: int }", "type A");
    sitting.gives("movement m() -> int { 1 }", "movement m");
    sitting.gives("movement m() -> int { 2 }", "movement m");
    assert_eq!(
        sitting.session.declarations(),
        "/// Of the sea.\ntype A { n: int }\n\n\nmovement m() -> int { 2 }\n"
    );
    let value = Value::Int(2);
    assert!(sitting.session.values().all(|(_, kept)| kept.value != value));
}

/// The tiny backend of `docs/backends.md` is in the list for tests: a score names it like any other.
#[test]
fn a_backend_is_one_file_and_one_line() {
    use std::io::{Read as _, Write as _};
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let served = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut asked = vec![0; 4_096];
        let mut read = 0;
        while !String::from_utf8_lossy(&asked[..read]).contains("Will it rain?") {
            read += stream.read(&mut asked[read..]).unwrap();
        }
        stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\nConnection: close\r\n\r\nYes").unwrap();
    });
    let mut sitting = Sitting::new();
    sitting.enter(&format!("instrument seer = oracle(\"{url}\")"));
    sitting.enter("part foresee(question: text) -> bool by seer \"{question}\"");
    assert_eq!(sitting.enter("foresee(\"Will it rain?\")"), "true: bool");
    served.join().unwrap();
    assert!(sitting.enter("instrument none = oracle(urk: \"x\")").contains("urk"));
}
