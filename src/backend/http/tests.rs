use std::sync::Arc;

use crate::backend::tests::{instrument, request};
use crate::instrument::{Backend, Class, Failure, FailureKind, Opening, Piece};
use crate::types::Type;
use crate::value::{Media, MediaKind, Secret, Value};

use super::Http;
use super::encode::{Letter, letter};

fn pieces(parts: &[&str], holes: &[Value]) -> Vec<Piece> {
    let mut pieces = Vec::new();
    for (at, part) in parts.iter().enumerate() {
        pieces.push(Piece::Words((*part).into()));
        pieces.extend(holes.get(at).cloned().map(Piece::Hole));
    }
    pieces
}

fn read(parts: &[&str], holes: &[Value]) -> Result<Letter, Failure> {
    letter(&pieces(parts, holes))
}

fn body(letter: &Letter) -> String {
    letter
        .content
        .as_ref()
        .map(|content| String::from_utf8(content.bytes.clone()).unwrap())
        .unwrap_or_default()
}

#[test]
fn each_hole_is_encoded_for_where_it_stands() {
    let text = Value::text("a b&c=é/?#%");
    let letter = read(
        &["PUT /items/", "/x?q=", "&n=", " HTTP/1.1\r\nX-Note: ", "\r\nAccept: */*\n\nsaid: ", "\n"],
        &[Value::text("a b&ü"), text.clone(), Value::Int(3), Value::text("plain & é"), text.clone()],
    )
    .unwrap();
    assert_eq!(letter.method, "PUT");
    assert_eq!(letter.path, "/items/a%20b%26%C3%BC/x");
    assert_eq!(letter.query.as_deref(), Some("q=a%20b%26c%3D%C3%A9%2F%3F%23%25&n=3"));
    assert_eq!(letter.headers[0].1.as_bytes(), "plain & é".as_bytes());
    assert_eq!(body(&letter), "said: a b&c=é/?#%");
    let form =
        read(&["POST /f\nContent-Type: application/x-www-form-urlencoded\n\na=", "&b=1"], &[text]).unwrap();
    assert_eq!(body(&form), "a=a%20b%26c%3D%C3%A9%2F%3F%23%25&b=1");
    let list = Value::list(vec![Value::Int(1), Value::text("\"")]);
    let json = read(&["POST /f\n\n"], &[list]).unwrap();
    assert_eq!(
        (body(&json).as_str(), json.content.unwrap().mime.as_str()),
        ("[1,\"\\\"\"]", "application/json")
    );
}

#[test]
fn a_method_alone_is_meant_for_the_base_address_itself() {
    for words in ["GET", "GET\n", "GET HTTP/1.1", "GET\nAccept: image/png"] {
        let letter = read(&[words], &[]).unwrap();
        assert_eq!(
            (letter.method.as_str(), letter.path.as_str(), letter.query),
            ("GET", "", None),
            "{words}"
        );
    }
    assert!(read(&["GETTING /x"], &[]).is_err());
}

#[test]
fn an_address_may_be_a_secret_and_is_not_shown() {
    let at = |address: &str| {
        let secret = Value::Secret(Arc::new(Secret::new("HOOK", address)));
        instrument("http", &[("base_url", secret)])
    };
    let backend = Http;
    let opening = Opening::default();
    assert!(backend.ready(&at("https://hooks.example.com/T0/canary")).is_ok());
    assert_eq!(
        backend.needs(&at("https://hooks.example.com/T0/canary"), opening).hosts,
        ["hooks.example.com"]
    );
    let failure = backend.ready(&at("hooks.example.com/T0/canary")).unwrap_err();
    assert_eq!(failure.message, "the secret `HOOK` is no address to call");
    assert!(!format!("{failure:?}").contains("canary"));
}

#[test]
fn no_value_leads_elsewhere() {
    for value in ["..", ".", "", "a/b", "/", "..\\x", "../.."] {
        let failure = read(&["GET /items/", "/edit"], &[Value::text(value)]).map(|_| ()).unwrap_err();
        assert_eq!(failure.kind, FailureKind::InvalidRequest, "{value}");
    }
    assert!(read(&["GET /items/.", ""], &[Value::text(".")]).is_err());
    assert!(read(&["GET /items/x", ""], &[Value::text("..")]).is_ok());
    assert!(read(&["GET /x\nX: ", ""], &[Value::text("a\r\nEvil: 1")]).is_err());
    assert!(read(&["", " /x"], &[Value::text("DELETE")]).is_err());
    assert!(read(&["GET ", "/x"], &[Value::text("https://evil.example")]).is_err());
    assert!(read(&["GET https://evil.example/"], &[]).is_err());
    let secret = Value::Secret(Arc::new(Secret::new("K", "canary")));
    assert!(read(&["GET /x?key=", ""], std::slice::from_ref(&secret)).is_err());
    assert!(read(&["POST /x\n\n", ""], std::slice::from_ref(&secret)).is_err());
    assert!(read(&["GET /x\nX-Key: ", ""], &[secret]).unwrap().headers[0].1.is_sensitive());
}

#[test]
fn a_request_without_a_form_is_explained() {
    for text in ["hello", "", "FETCH /x", "GET /a b", "GET /x\nno header", "GET x"] {
        let failure = read(&[text], &[]).map(|_| ()).unwrap_err();
        assert!(failure.help.is_some(), "{text}");
    }
    assert_eq!(read(&["/x"], &[]).unwrap().method, "GET");
    assert_eq!(read(&["\n  GET ?a=1  \n\n\n"], &[]).unwrap().query.as_deref(), Some("a=1"));
    let image = Value::Media(Arc::new(Media {
        kind: MediaKind::Image,
        mime: "image/png".into(),
        name: None,
        bytes: Arc::from(&b"\x89P"[..]),
    }));
    let sent = read(&["POST /x\n\n", "\n"], &[image]).unwrap().content.unwrap();
    assert_eq!((sent.mime.as_str(), sent.bytes.len()), ("image/png", 2));
}

#[test]
fn reading_and_acting_are_told_apart_by_the_authors_words() {
    let instrument = instrument("http", &[("base_url", Value::text("http://127.0.0.1"))]);
    let class = |words, has_text| Http.profile(&instrument, Opening { words, has_text }).class;
    for words in ["GET /x", "  HEAD /x", "OPTIONS /", "/x"] {
        assert_eq!(class(words, true), Class::Reads, "{words}");
    }
    for words in ["POST /x", "PUT /x", "DELETE /x", "PATCH /", "", "get /x", "GETX /y"] {
        assert_eq!(class(words, true), Class::Acts, "{words}");
    }
    assert_eq!(class("", false), Class::Acts);
    let _ = request(&instrument, Type::Text, "");
}
