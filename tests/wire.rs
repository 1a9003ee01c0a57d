//! The wire between `score` and servers: HTTP/2, certificates, proxies. The servers stand in `wire/server.rs`.

#[path = "wire/server.rs"]
mod server;

use std::path::Path;
use std::process::{Command, Output, Stdio};

use server::{Server, Speech, trust};
use tempfile::TempDir;

/// A folder with a score in it.
struct Place(TempDir);

impl Place {
    fn new(score: &str) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::write(folder.path().join("a.score"), score).expect("written");
        Self(folder)
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    /// Runs the score with nothing from this machine's environment but these variables.
    fn run(&self, environment: &[(&str, &str)]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_score"))
            .args(["run", "a.score", "--quiet", "--json"])
            .current_dir(self.path())
            .stdin(Stdio::null())
            .env_clear()
            .env("HOME", self.path())
            .envs(environment.iter().copied())
            .output()
            .expect("it starts")
    }
}

fn out(output: &Output) -> String {
    assert!(output.status.success(), "{}", err(output));
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}

fn err(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// So many calls at once to a model there; gives how many were answered.
fn many(base: &str, settings: &str, calls: usize) -> String {
    format!(
        "instrument model = openai(\"m\", base_url: \"{base}\"{settings})\n\
         part ask(i: int) -> text by model \"item {{i}}\"\n\
         movement main() -> int {{ let all = for i in 1..{calls} {{ ask(i) }}\n len(all) }}\n"
    )
}

#[test]
fn a_thousand_calls_share_few_connections_over_http2() {
    let server = Server::start(Speech::SecureHttp2);
    let place = Place::new(&many(&server.base(), "", 1_000));
    let trust = server.trust(place.path());
    let ran = place.run(&[("SSL_CERT_FILE", &trust)]);
    assert_eq!(out(&ran), "1000");
    assert_eq!(server.requests(), 1_000);
    let connections = server.connections();
    assert!((10..=100).contains(&connections), "{connections} connections");
    // More than one connection takes: calls don't wait for one another.
    assert!(server.most_at_once() > 100, "{} at once", server.most_at_once());
}

#[test]
fn http2_is_spoken_without_tls_where_it_is_asked_for() {
    let server = Server::start(Speech::PlainHttp2);
    let place = Place::new(&many(&server.base(), ", http2: true", 150));
    assert_eq!(out(&place.run(&[])), "150");
    assert_eq!((server.requests(), server.connections()), (150, 2));
}

#[test]
fn http1_over_tls_takes_a_connection_for_each_call_at_once() {
    let server = Server::start(Speech::SecureHttp1);
    let place = Place::new(&many(&server.base(), "", 40));
    let trust = server.trust(place.path());
    assert_eq!(out(&place.run(&[("SSL_CERT_FILE", &trust)])), "40");
    assert_eq!((server.requests(), server.connections()), (40, 40));
}

#[test]
fn a_certificate_that_nobody_vouches_for_is_refused() {
    let server = Server::start(Speech::SecureHttp2);
    let place = Place::new(&many(&server.base(), "", 1));
    let other = Server::start(Speech::SecureHttp2);
    let trust = other.trust(place.path());
    let ran = place.run(&[("SSL_CERT_FILE", &trust)]);
    assert!(!ran.status.success());
    let said = err(&ran);
    assert!(said.contains("certificate") && said.contains("SSL_CERT_FILE"), "{said}");
    assert_eq!(server.requests(), 0);
}

#[test]
fn the_systems_proxy_is_used_but_not_for_this_machine() {
    let proxy = Server::start(Speech::PlainHttp1);
    let through = format!("http://127.0.0.1:{}", proxy.port());
    let score = |base: &str| {
        Place::new(&format!(
            "instrument web = http(\"{base}\")\n\
             part look() -> text by web \"GET /there\"\n\
             movement main() -> text {{ look() }}\n"
        ))
    };
    let far = score("http://far.invalid");
    let ran = far.run(&[("HTTP_PROXY", &through), ("http_proxy", &through)]);
    assert!(out(&ran).contains("chat.completion"), "{ran:?}");
    assert_eq!(proxy.heads(), ["GET http://far.invalid/there HTTP/1.1"]);
    let near = Server::start(Speech::PlainHttp1);
    let ran = score(&near.base()).run(&[("HTTP_PROXY", &through), ("http_proxy", &through)]);
    assert!(out(&ran).contains("chat.completion"));
    assert_eq!((proxy.requests(), near.requests()), (1, 1));
    let secure = score("https://far.invalid");
    let ran = secure.run(&[("HTTPS_PROXY", &through), ("https_proxy", &through)]);
    assert!(!ran.status.success());
    assert_eq!(proxy.heads()[1], "CONNECT far.invalid:443 HTTP/1.1");
    let ran = far.run(&[("HTTP_PROXY", &through), ("http_proxy", &through), ("NO_PROXY", "far.invalid")]);
    assert!(!ran.status.success());
    assert_eq!(proxy.requests(), 2);
}

/// A score that does something there once.
fn deed(base: &str, settings: &str) -> Place {
    Place::new(&format!(
        "instrument web = http(\"{base}\"{settings})\n\
         part leave(note: text) -> text by web \"POST /there\\n\\n{{note}}\"\n\
         movement main() -> text {{ leave(\"a note\") }}\n"
    ))
}

#[test]
fn what_a_server_let_be_is_sent_again_even_where_it_acts() {
    for speech in [Speech::Refusing, Speech::Leaving] {
        let server = Server::start(speech);
        let ran = deed(&server.base(), ", http2: true").run(&[]);
        assert!(out(&ran).contains("chat.completion"), "{ran:?}");
        let (requests, connections) = (server.requests(), server.connections());
        assert_eq!(requests, 1, "{speech:?}");
        assert_eq!(connections, if speech == Speech::Leaving { 2 } else { 1 });
    }
}

#[test]
fn proxies_are_told_the_password_in_their_address_and_nobody_else_is() {
    let server = Server::start(Speech::SecureHttp2);
    let proxy = Server::start(Speech::PlainHttp1).before(&server);
    let through = format!("http://me:p%40ss@127.0.0.1:{}", proxy.port());
    // `me:p@ss`
    let said = ["proxy-authorization: Basic bWU6cEBzcw=="];
    let lower = |all: Vec<String>| -> Vec<String> {
        all.iter().map(|line| line.replace("Proxy-Authorization", "proxy-authorization")).collect()
    };
    let ran = deed("http://far.invalid", "").run(&[("http_proxy", &through)]);
    assert!(out(&ran).contains("chat.completion"), "{ran:?}");
    assert_eq!(proxy.heads(), ["POST http://far.invalid/there HTTP/1.1"]);
    assert_eq!(lower(proxy.passwords()), said);
    let place = Place::new(&many("https://far.invalid", ", key: secret(\"KEY\")", 150));
    let trust = server.trust(place.path());
    let key = ("KEY", "k");
    let ran = place.run(&[("https_proxy", &through), ("SSL_CERT_FILE", &trust), key]);
    assert_eq!(out(&ran), "150");
    // Two connections take them all, through a tunnel each.
    assert_eq!(proxy.heads()[1..], ["CONNECT far.invalid:443 HTTP/1.1", "CONNECT far.invalid:443 HTTP/1.1"]);
    assert_eq!(lower(proxy.passwords()), [said[0]; 3]);
    assert_eq!((server.requests(), server.connections()), (150, 2));
    assert_eq!(server.passwords(), [""; 0]);
}

#[test]
fn proxies_may_speak_tls_themselves() {
    let server = Server::start(Speech::SecureHttp1);
    let proxy = Server::start(Speech::SecureHttp1).before(&server);
    let near = deed("http://far.invalid", "");
    let trusted = trust(near.path(), &[&proxy]);
    let through = proxy.base();
    let ran = near.run(&[("http_proxy", &through), ("SSL_CERT_FILE", &trusted)]);
    assert!(out(&ran).contains("chat.completion"), "{ran:?}");
    let far = deed("https://far.invalid", "");
    let trusted = trust(far.path(), &[&proxy, &server]);
    let ran = far.run(&[("https_proxy", &through), ("SSL_CERT_FILE", &trusted)]);
    assert!(out(&ran).contains("chat.completion"), "{ran:?}");
    assert_eq!(proxy.heads(), ["POST http://far.invalid/there HTTP/1.1", "CONNECT far.invalid:443 HTTP/1.1"]);
    assert_eq!(server.heads(), ["POST /there HTTP/1.1"]);
    // One that nobody vouches for is not spoken to.
    let trusted = trust(far.path(), &[&server]);
    let ran = far.run(&[("https_proxy", &through), ("SSL_CERT_FILE", &trusted)]);
    assert!(err(&ran).contains("certificate"), "{ran:?}");
    let ran = far.run(&[("https_proxy", "socks5://127.0.0.1:9"), ("SSL_CERT_FILE", &trusted)]);
    let said = err(&ran);
    assert!(said.contains("through the proxy 127.0.0.1:9"), "{said}");
    assert!(said.contains("unsupported scheme socks5") && said.contains("help: check the proxy"), "{said}");
    let ran = far.run(&[("https_proxy", "http://me:sesame@127.0.0.1:9"), ("SSL_CERT_FILE", &trusted)]);
    let said = err(&ran);
    assert!(said.contains("nothing answers at the proxy 127.0.0.1:9, on the way"), "{said}");
    assert!(said.contains("help: check the proxy") && !said.contains("sesame"), "{said}");
}

#[test]
fn each_time_has_its_bound() {
    let server = Server::start(Speech::Silent);
    let place = Place::new(&many(&server.base(), ", timeout: {first_byte: 200ms, total: 1min}", 1));
    let ran = place.run(&[]);
    assert!(err(&ran).contains("gave no answer in 200 ms"), "{}", err(&ran));
    let place = Place::new(&many(&server.base(), ", timeout: {conect: 1s}", 1));
    let said = err(&place.run(&[]));
    assert!(said.contains("`conect`") && said.contains("connect: duration"), "{said}");
}
