//! A model server on 127.0.0.1 that speaks what it is told to and counts what comes.

use std::io::Cursor;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring::default_provider;
use tokio_rustls::rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};

/// How long every answer takes.
const ANSWERS_IN: Duration = Duration::from_millis(1_500);
/// Calls that one connection takes at once, as servers commonly have it.
const STREAMS: u32 = 100;

/// What a server speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Speech {
    PlainHttp1,
    PlainHttp2,
    SecureHttp1,
    SecureHttp2,
    /// HTTP/2 that lets the first requests be: it has enough to do.
    Refusing,
    /// HTTP/2 that is about to close its first connection when a request comes on it, and lets that be.
    Leaving,
    /// Takes connections and says nothing.
    Silent,
}

/// How many requests are let be where they are refused.
pub const REFUSED: usize = 2;

#[derive(Default)]
struct Seen {
    connections: AtomicUsize,
    requests: AtomicUsize,
    inside: AtomicUsize,
    most: AtomicUsize,
    heads: Mutex<Vec<String>>,
    /// What was said to get past a proxy.
    passwords: Mutex<Vec<String>>,
    refused: AtomicUsize,
    /// Where a proxy's tunnels lead; 0: nowhere.
    behind: AtomicUsize,
}

impl Seen {
    async fn answer(&self, head: String) -> String {
        self.requests.fetch_add(1, Ordering::SeqCst);
        self.heads.lock().expect("unspoilt").push(head);
        let inside = self.inside.fetch_add(1, Ordering::SeqCst) + 1;
        self.most.fetch_max(inside, Ordering::SeqCst);
        tokio::time::sleep(ANSWERS_IN).await;
        self.inside.fetch_sub(1, Ordering::SeqCst);
        String::from(
            r#"{"object":"chat.completion","choices":[{"message":{"content":"Yes."},"finish_reason":"stop"}]}"#,
        )
    }
}

/// A running server; it ends with the test's process.
pub struct Server {
    port: u16,
    speech: Speech,
    seen: Arc<Seen>,
    authority: String,
}

impl Server {
    pub fn start(speech: Speech) -> Self {
        let (tls, authority) = identity(speech);
        let seen = Arc::new(Seen::default());
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
        listener.set_nonblocking(true).expect("non-blocking");
        let port = listener.local_addr().expect("an address").port();
        let counted = seen.clone();
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            runtime.expect("a runtime").block_on(async move {
                let listener = TcpListener::from_std(listener).expect("a listener");
                while let Ok((stream, _)) = listener.accept().await {
                    counted.connections.fetch_add(1, Ordering::SeqCst);
                    tokio::spawn(welcome(stream, speech, tls.clone(), counted.clone()));
                }
            });
        });
        Self { port, speech, seen, authority }
    }

    pub fn base(&self) -> String {
        let secure = matches!(self.speech, Speech::SecureHttp1 | Speech::SecureHttp2);
        format!("{}://127.0.0.1:{}", if secure { "https" } else { "http" }, self.port)
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    /// Has tunnels through this proxy lead to a server, whatever its name is said to be.
    pub fn before(self, server: &Self) -> Self {
        self.seen.behind.store(usize::from(server.port), Ordering::SeqCst);
        self
    }

    /// A file that says to trust this server.
    pub fn trust(&self, folder: &Path) -> String {
        trust(folder, &[self])
    }

    pub fn connections(&self) -> usize {
        self.seen.connections.load(Ordering::SeqCst)
    }

    pub fn requests(&self) -> usize {
        self.seen.requests.load(Ordering::SeqCst)
    }

    pub fn most_at_once(&self) -> usize {
        self.seen.most.load(Ordering::SeqCst)
    }

    /// What each request said to get past a proxy.
    pub fn passwords(&self) -> Vec<String> {
        self.seen.passwords.lock().expect("unspoilt").clone()
    }

    /// The first line of each request.
    pub fn heads(&self) -> Vec<String> {
        self.seen.heads.lock().expect("unspoilt").clone()
    }
}

/// A file that says to trust these servers.
pub fn trust(folder: &Path, servers: &[&Server]) -> String {
    let path = folder.join("trusted.pem");
    let all: Vec<&str> = servers.iter().map(|server| server.authority.as_str()).collect();
    std::fs::write(&path, all.concat()).expect("written");
    path.to_string_lossy().into_owned()
}

/// A certificate for this machine, and for one that is behind a proxy, made now, and the authority that vouches for it.
fn identity(speech: Speech) -> (Arc<ServerConfig>, String) {
    let key = || rcgen::KeyPair::generate().expect("a key");
    let mut authority = rcgen::CertificateParams::default();
    authority.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
    let authority_key = key();
    let pem = authority.self_signed(&authority_key).expect("signed").pem();
    let issuer = rcgen::Issuer::new(authority, authority_key);
    let own_key = key();
    let params = rcgen::CertificateParams::new(vec![String::from("127.0.0.1"), String::from("far.invalid")])
        .expect("a name");
    let certificate = params.signed_by(&own_key, &issuer).expect("signed");
    let private = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(own_key.serialize_der()));
    let mut config = ServerConfig::builder_with_provider(Arc::new(default_provider()))
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], private)
        .expect("a key that fits");
    let http2 = speech == Speech::SecureHttp2;
    config.alpn_protocols = if http2 { vec![b"h2".to_vec()] } else { vec![b"http/1.1".to_vec()] };
    (Arc::new(config), pem)
}

async fn welcome(stream: TcpStream, speech: Speech, tls: Arc<ServerConfig>, seen: Arc<Seen>) {
    let _ = stream.set_nodelay(true);
    match speech {
        Speech::PlainHttp1 => http1(stream, seen).await,
        Speech::PlainHttp2 => http2(stream, seen, 0).await,
        Speech::Refusing => http2(stream, seen, REFUSED).await,
        Speech::Leaving if seen.connections.load(Ordering::SeqCst) == 1 => leave(stream).await,
        Speech::Leaving => http2(stream, seen, 0).await,
        Speech::Silent => tokio::time::sleep(Duration::from_secs(600)).await,
        Speech::SecureHttp1 | Speech::SecureHttp2 => {
            let Ok(stream) = TlsAcceptor::from(tls).accept(stream).await else { return };
            if speech == Speech::SecureHttp1 {
                http1(stream, seen).await
            } else {
                http2(stream, seen, 0).await
            }
        }
    }
}

/// Requests one after another.
async fn http1(mut stream: impl AsyncRead + AsyncWrite + Unpin, seen: Arc<Seen>) {
    let mut bytes = Vec::new();
    loop {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let whole = text.split_once("\r\n\r\n").filter(|(head, body)| {
            let length = head
                .lines()
                .find_map(|line| line.to_lowercase().strip_prefix("content-length: ")?.parse::<usize>().ok());
            body.len() >= length.unwrap_or(0)
        });
        let Some((head, _)) = whole else {
            match stream.read_buf(&mut bytes).await {
                Ok(0) | Err(_) => return,
                Ok(_) => continue,
            }
        };
        let first = head.lines().next().unwrap_or_default().to_owned();
        let password = head
            .lines()
            .find(|line| line.to_lowercase().starts_with("proxy-authorization"))
            .map(str::to_owned);
        seen.passwords.lock().expect("unspoilt").extend(password);
        bytes.clear();
        let refused = first.starts_with("CONNECT");
        let behind = u16::try_from(seen.behind.load(Ordering::SeqCst)).expect("a port");
        if refused && behind != 0 {
            seen.heads.lock().expect("unspoilt").push(first);
            return tunnel(stream, behind).await;
        }
        let body = seen.answer(first).await;
        let reply = if refused {
            String::from("HTTP/1.1 502 No\r\ncontent-length: 0\r\n\r\n")
        } else {
            format!(
                "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
                body.len()
            )
        };
        if stream.write_all(reply.as_bytes()).await.is_err() {
            return;
        }
    }
}

/// Passes on all that is said, in both directions.
async fn tunnel(mut stream: impl AsyncRead + AsyncWrite + Unpin, port: u16) {
    let Ok(mut server) = TcpStream::connect(("127.0.0.1", port)).await else { return };
    if stream.write_all(b"HTTP/1.1 200 Connected\r\n\r\n").await.is_ok() {
        let _ = tokio::io::copy_bidirectional(&mut stream, &mut server).await;
    }
}

/// Waits for a request, and says that it comes too late.
async fn leave(mut stream: TcpStream) {
    const PREFACE: usize = 24;
    const HEADERS: u8 = 1;
    let settings = [0, 0, 0, 4, 0, 0, 0, 0, 0];
    // That the last stream that was seen to is none.
    let go_away = [0, 0, 8, 7, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
    let mut preface = [0; PREFACE];
    if stream.write_all(&settings).await.is_err() || stream.read_exact(&mut preface).await.is_err() {
        return;
    }
    loop {
        let mut head = [0; 9];
        if stream.read_exact(&mut head).await.is_err() {
            return;
        }
        let mut rest = vec![0; usize::from(head[1]) << 8 | usize::from(head[2])];
        if stream.read_exact(&mut rest).await.is_err() {
            return;
        }
        if head[3] == HEADERS {
            break;
        }
    }
    let _ = stream.write_all(&go_away).await;
    let _ = stream.shutdown().await;
    // What still comes is taken in, so that what was said gets there.
    let _ = tokio::io::copy(&mut stream, &mut tokio::io::sink()).await;
}

/// Requests side by side; of all that come, so many are let be first.
async fn http2(stream: impl AsyncRead + AsyncWrite + Unpin, seen: Arc<Seen>, refused: usize) {
    let mut builder = h2::server::Builder::new();
    let Ok(mut connection) =
        builder.max_concurrent_streams(STREAMS).handshake::<_, Cursor<Vec<u8>>>(stream).await
    else {
        return;
    };
    while let Some(Ok((request, mut respond))) = connection.accept().await {
        if seen.refused.load(Ordering::SeqCst) < refused {
            seen.refused.fetch_add(1, Ordering::SeqCst);
            respond.send_reset(h2::Reason::REFUSED_STREAM);
            continue;
        }
        let seen = seen.clone();
        tokio::spawn(async move {
            let head = format!("{} {}", request.method(), request.uri());
            let mut body = request.into_body();
            while let Some(Ok(bytes)) = body.data().await {
                let _ = body.flow_control().release_capacity(bytes.len());
            }
            let answer = seen.answer(head).await;
            let reply = http::Response::builder().header("content-type", "application/json").body(());
            if let Ok(mut send) = respond.send_response(reply.expect("a response"), false) {
                let _ = send.send_data(Cursor::new(answer.into_bytes()), true);
            }
        });
    }
}
