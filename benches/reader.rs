//! How the time of reading an answer grows with its length, for garbage of many kinds and several wanted types.
//!
//! `cargo bench --bench reader [NAME]` prints a line for each kind: the longest time of the types at 256 KB and at
//! 1 MB, and how many times longer the second is. In proportion is 4, what is quadratic has 16; where 256 KB take no
//! time worth speaking of, caches show: `SCORE_KB=4096` asks for sizes of 4 MB and 16 MB.

#![allow(clippy::print_stdout)] // a program of its own

use std::time::{Duration, Instant};

use score_lang::answer::read;
use score_lang::types::{Field, Literal, RecordType, Size, Type};
use score_lang::value::Unjudged;

#[path = "../tests/garbage/mod.rs"]
mod garbage;

fn main() {
    let types = types();
    let wanted = std::env::args().skip(1).find(|argument| !argument.starts_with('-'));
    let kilobytes = std::env::var("SCORE_KB").ok().and_then(|size| size.parse().ok()).unwrap_or(256);
    println!("{:36} {:>10} {:>10} {:>6}  slowest as", "what", "once", "4 times", "times");
    let mut worst = (0.0, "");
    for kind in garbage::kinds().filter(|kind| wanted.as_ref().is_none_or(|name| kind.name.contains(name))) {
        let (small, _) = slowest(kind, kilobytes << 10, &types);
        let (large, of) = slowest(kind, kilobytes << 12, &types);
        let times = large.as_secs_f64() / small.as_secs_f64();
        let name = format!("{:?}", kind.name);
        println!("{name:36} {:>7.2} ms {:>7.2} ms {times:>6.1}  {of}", millis(small), millis(large));
        if times > worst.0 && millis(large) > 1.0 {
            worst = (times, kind.name);
        }
    }
    println!("the steepest of those that take a millisecond: {} ({:.1} times)", worst.1, worst.0);
}

fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

/// The longest time that the text takes as one of the types; each is read three times, the quickest counts.
fn slowest(kind: &garbage::Kind, size: usize, types: &[(&'static str, Type)]) -> (Duration, &'static str) {
    let text = (kind.make)(size);
    let timed = types.iter().map(|(name, ty)| {
        let times = (0..3).map(|_| {
            let start = Instant::now();
            let _ = std::hint::black_box(read(&text, ty, &mut Unjudged));
            start.elapsed()
        });
        (times.min().unwrap_or_default(), *name)
    });
    timed.max().unwrap_or_default()
}

fn types() -> Vec<(&'static str, Type)> {
    let field = |name: &str, ty| Field { name: name.into(), doc: String::new(), ty, has_default: false };
    let record = |fields| Type::Record(RecordType::anonymous(fields).into());
    let word = |word: &str| Type::Literal(Literal::Text(word.into()));
    let idea = record(vec![field("title", Type::Text)]);
    let numbers = record(vec![field("x", Type::list(Type::Int))]);
    let few = Size { min: 1, max: Some(5) };
    vec![
        ("a list of records", Type::List(idea.into(), few)),
        ("a text or a record", Type::union([Type::Text, numbers.clone()])),
        ("a record", numbers),
        ("texts", Type::list(Type::Text)),
        ("numbers", Type::list(Type::Number)),
        ("words", Type::list(Type::union([word("calm"), word("angry")]))),
        ("int", Type::Int),
        ("date", Type::Date),
        ("json", Type::Json),
        ("a map of texts", Type::Map(Type::Text.into())),
        ("text", Type::Text),
    ]
}
