use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::backend::tests::{instrument, play, request, stage};
use crate::instrument::{Answer, Committed, Failure, FailureKind, Piece, Request};
use crate::types::{Type, known};
use crate::value::{Instrument, Media, MediaKind, Value};

fn ask(player: &Arc<Instrument>, answer: Type, pieces: Vec<Piece>) -> Request {
    let mut request = request(player, answer, "");
    request.messages[0].pieces = pieces;
    request
}

fn line(text: &str) -> Vec<Piece> {
    vec![Piece::Words(text.into())]
}

async fn value(request: Request) -> Result<Value, Failure> {
    match play(request, &stage()).await?.answer {
        Answer::Value(value) => Ok(value),
        Answer::Text(text) => Ok(Value::text(&text)),
    }
}

#[tokio::test]
async fn a_hole_reaches_the_program_as_it_is() {
    let nasty = "a b'; rm -rf \"$HOME\" `id` $(id) \\ \n*";
    let shell = instrument("shell", &[]);
    let pieces = vec![
        Piece::Words("printf '%s|' ".into()),
        Piece::Hole(Value::text(nasty)),
        Piece::Words(" x".into()),
    ];
    assert_eq!(value(ask(&shell, Type::Text, pieces)).await.unwrap(), Value::text(&format!("{nasty}|x|")));
    let sh = instrument("sh", &[]);
    for (before, after) in [
        ("printf %s ", ""),
        ("printf %s \"", "\""),
        ("printf %s '", "'"),
        ("printf %s $(printf %s \"", "\" | cat)"),
    ] {
        let pieces = vec![
            Piece::Words(before.into()),
            Piece::Hole(Value::text("$(id)\"';x")),
            Piece::Words(after.into()),
        ];
        assert_eq!(value(ask(&sh, Type::Text, pieces)).await.unwrap(), Value::text("$(id)\"';x"), "{before}");
    }
}

#[tokio::test]
async fn ran_takes_any_code_and_the_rest_fails() {
    let sh = instrument("sh", &[]);
    let ran = Type::Record(known().ran.clone());
    let Value::Record(ran) = value(ask(&sh, ran, line("echo out; echo err >&2; exit 3"))).await.unwrap()
    else {
        panic!()
    };
    assert_eq!(ran.values(), [Value::Int(3), Value::text("out\n"), Value::text("err\n")]);
    let failure = value(ask(&sh, Type::Text, line("echo why >&2; exit 3"))).await.unwrap_err();
    assert_eq!((failure.kind, failure.committed), (FailureKind::ExitFailed, Committed::Yes));
    assert!(failure.message.contains("code 3") && failure.message.contains("why"), "{}", failure.message);
    let failure = value(ask(&sh, Type::Nothing, line("kill -9 $$"))).await.unwrap_err();
    assert!(failure.message.contains("signal 9"), "{}", failure.message);
}

#[tokio::test]
async fn what_is_missing_is_named() {
    let shell = instrument("shell", &[]);
    let failure = value(ask(&shell, Type::Text, line("no-such-program-here x"))).await.unwrap_err();
    assert_eq!((failure.kind, failure.committed), (FailureKind::InvalidRequest, Committed::No));
    assert!(failure.message.contains("no-such-program-here") && failure.help.is_some());
    let lost = instrument("shell", &[("in", Value::text("no/such/folder"))]);
    assert!(value(ask(&lost, Type::Text, line("ls"))).await.unwrap_err().message.contains("no/such/folder"));
    let failure = value(ask(&instrument("sh", &[]), Type::Text, line("printf 'a\\377'"))).await.unwrap_err();
    assert!(failure.message.contains("UTF-8 text (byte 1)"), "{}", failure.message);
}

#[tokio::test]
async fn input_folder_environment_and_media_arrive() {
    let sh = instrument(
        "sh",
        &[("env", Value::Map(Arc::new([("GIVEN".into(), Value::text("yes"))].into_iter().collect())))],
    );
    let mut reading = ask(&sh, Type::Text, line("cat; echo $GIVEN ${CARGO_MANIFEST_DIR-unset}"));
    reading.stdin = Some(Value::text("in "));
    assert_eq!(value(reading).await.unwrap(), Value::text("in yes unset"));
    let image = Value::Media(Arc::new(Media {
        kind: MediaKind::Image,
        mime: "image/png".into(),
        name: None,
        bytes: Arc::from(&b"\x89PNG\r\n\x1a\nx"[..]),
    }));
    let pieces = vec![Piece::Words("cat ".into()), Piece::Hole(image.clone())];
    let Value::Media(back) = value(ask(&instrument("shell", &[]), Type::Image, pieces)).await.unwrap() else {
        panic!()
    };
    assert_eq!((&*back.mime, back.bytes.len()), ("image/png", 9));
    let mut made = ask(&sh, Type::File, line("printf hi > made.txt"));
    let folder = tempfile::tempdir().unwrap();
    let mut stage = stage();
    stage.folder = Arc::from(folder.path());
    made.made = Some("made.txt".into());
    let Answer::Value(Value::Media(made)) = play(made, &stage).await.unwrap().answer else { panic!() };
    assert_eq!((&*made.bytes, made.name.as_deref()), (&b"hi"[..], Some("made.txt")));
}

#[tokio::test]
async fn it_ends_with_its_time_and_with_the_call_children_too() {
    let folder = tempfile::tempdir().unwrap();
    let mut stage = stage();
    stage.folder = Arc::from(folder.path());
    let sh = instrument("sh", &[("timeout", Value::Duration(200))]);
    let begun = Instant::now();
    let script = "(sleep 1; touch survived) & sleep 30";
    let failure = play(ask(&sh, Type::Text, line(script)), &stage).await.unwrap_err();
    assert_eq!((failure.kind, failure.committed), (FailureKind::Timeout, Committed::Unknown));
    assert!(begun.elapsed() < Duration::from_secs(5));
    let slow = instrument("sh", &[]);
    let call = play(ask(&slow, Type::Text, line(script)), &stage);
    assert!(tokio::time::timeout(Duration::from_millis(200), call).await.is_err());
    tokio::time::sleep(Duration::from_millis(1_300)).await;
    assert!(!folder.path().join("survived").exists());
}

#[tokio::test]
async fn too_much_output_is_refused_and_background_jobs_do_not_hold_it() {
    let sh = instrument("sh", &[]);
    let failure = value(ask(&sh, Type::Text, line("yes"))).await.unwrap_err();
    assert!(failure.message.contains("16 MiB"), "{}", failure.message);
    let begun = Instant::now();
    assert_eq!(value(ask(&sh, Type::Text, line("sleep 30 & echo hi"))).await.unwrap(), Value::text("hi"));
    assert!(begun.elapsed() < Duration::from_secs(10));
}
