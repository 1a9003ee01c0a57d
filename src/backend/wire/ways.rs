//! Ways to a server: straight, or through a proxy; open, or with TLS.

use std::error::Error;
use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use futures_util::TryFutureExt as _;
use futures_util::future::MapErr;
use http::Uri;
use http::uri::Scheme;
use hyper::rt::{Read, ReadBufCursor, Write};
use hyper_rustls::{HttpsConnector, MaybeHttpsStream};
use hyper_util::client::legacy::connect::dns::{GaiAddrs, GaiFuture, GaiResolver, Name};
use hyper_util::client::legacy::connect::{Connected, Connection, HttpConnector};
use hyper_util::rt::TokioIo;
use rustls::ClientConfig;
use tokio::net::TcpStream;
use tower_service::Service;

use super::proxy::{self, Proxies};
use super::trust::trusted;

type BoxError = Box<dyn Error + Send + Sync>;

/// When a connection on which nothing moves is asked for a sign of life, how often then, and how many times.
const SILENT: (Duration, Duration, u32) = (Duration::from_secs(15), Duration::from_secs(15), 3);
/// How long bytes that were sent may stay without a receipt.
#[cfg(any(target_os = "android", target_os = "fuchsia", target_os = "linux"))]
const UNRECEIVED: Duration = Duration::from_secs(30);

/// Makes connections of one kind.
#[derive(Debug)]
pub(super) struct Ways {
    tcp: Tcp,
    /// For servers; nothing where none is spoken to in TLS.
    tls: Option<Arc<ClientConfig>>,
    proxies: Option<&'static Proxies>,
}

type Tcp = HttpConnector<Names>;

impl Ways {
    /// Ways without TLS unless it is given, and past all proxies if `straight`.
    pub(super) fn new(tls: Option<Arc<ClientConfig>>, straight: bool) -> Self {
        let mut tcp = HttpConnector::new_with_resolver(Names(GaiResolver::new()));
        tcp.enforce_http(false);
        tcp.set_nodelay(true);
        tcp.set_keepalive(Some(SILENT.0));
        tcp.set_keepalive_interval(Some(SILENT.1));
        tcp.set_keepalive_retries(Some(SILENT.2));
        #[cfg(any(target_os = "android", target_os = "fuchsia", target_os = "linux"))]
        tcp.set_tcp_user_timeout(Some(UNRECEIVED));
        Self { tcp, tls, proxies: (!straight).then(proxy::proxies) }
    }

    /// The proxies of these ways.
    pub(super) fn proxies(&self) -> Option<&'static Proxies> {
        self.proxies
    }

    /// Connects to the scheme, host and port of an address.
    pub(super) async fn connect(&self, to: Uri) -> Result<Way, BoxError> {
        let tls = self.tls.clone().filter(|_| to.scheme() == Some(&Scheme::HTTPS));
        match (self.proxies.and_then(|proxies| proxies.on_the_way(&to)), tls) {
            (None, None) => Ok(Way::open(self.tcp.clone().call(to).await?)),
            (None, Some(tls)) => {
                let stream = HttpsConnector::from((self.tcp.clone(), tls)).call(to).await?;
                Ok(Way::wrapped(MaybeHttpsStream::Http(stream)))
            }
            (Some(proxy), None) => {
                let to_proxy = proxy.uri().clone();
                let way = if to_proxy.scheme() == Some(&Scheme::HTTP) {
                    Way::open(self.tcp.clone().call(to_proxy).await?)
                } else {
                    let stream = HttpsConnector::from((self.tcp.clone(), tls_for_proxies()?));
                    Way::wrapped(MaybeHttpsStream::Http({ stream }.call(to_proxy).await?))
                };
                Ok(Way { is_proxied: true, ..way })
            }
            (Some(proxy), Some(tls)) => {
                let tunnel =
                    proxy::tunnel(&proxy, HttpsConnector::from((self.tcp.clone(), tls_for_proxies()?)));
                Ok(Way::wrapped(HttpsConnector::from((tunnel, tls)).call(to).await?))
            }
        }
    }
}

/// TLS with a proxy itself, which is spoken to in HTTP/1.
fn tls_for_proxies() -> io::Result<Arc<ClientConfig>> {
    let mut config = ClientConfig::clone(&*trusted().map_err(io::Error::other)?);
    config.alpn_protocols.clear();
    Ok(Arc::new(config))
}

/// Looks names up, and says of what goes wrong that this was it.
#[derive(Clone, Debug)]
struct Names(GaiResolver);

/// A name that can't be found.
#[derive(Debug, thiserror::Error)]
#[error("no such name")]
pub(super) struct Unknown(#[source] io::Error);

impl Service<Name> for Names {
    type Response = GaiAddrs;
    type Error = Unknown;
    type Future = MapErr<GaiFuture, fn(io::Error) -> Unknown>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Unknown>> {
        self.0.poll_ready(context).map_err(Unknown)
    }

    fn call(&mut self, name: Name) -> Self::Future {
        self.0.call(name).map_err(Unknown)
    }
}

/// A connection.
pub(super) struct Way {
    stream: Stream,
    /// Whether it ends at a proxy, which wants to be told where a request goes.
    is_proxied: bool,
}

enum Stream {
    Open(TokioIo<TcpStream>),
    Wrapped(Box<Wrapped>),
}

/// With TLS to the server outside, to a proxy or straight to the server inside, or neither.
type Wrapped = MaybeHttpsStream<MaybeHttpsStream<TokioIo<TcpStream>>>;

impl Way {
    fn open(stream: TokioIo<TcpStream>) -> Self {
        Self { stream: Stream::Open(stream), is_proxied: false }
    }

    fn wrapped(stream: Wrapped) -> Self {
        Self { stream: Stream::Wrapped(Box::new(stream)), is_proxied: false }
    }
}

impl Connection for Way {
    fn connected(&self) -> Connected {
        // The stream's own would have addresses put into each answer, where nobody looks for them.
        let connected = Connected::new().proxy(self.is_proxied);
        match &self.stream {
            Stream::Wrapped(stream) if stream.connected().is_negotiated_h2() => connected.negotiated_h2(),
            _ => connected,
        }
    }
}

impl Read for Way {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: ReadBufCursor<'_>,
    ) -> Poll<io::Result<()>> {
        match &mut self.get_mut().stream {
            Stream::Open(stream) => Pin::new(stream).poll_read(context, buffer),
            Stream::Wrapped(stream) => Pin::new(stream).poll_read(context, buffer),
        }
    }
}

impl Write for Way {
    fn poll_write(self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        match &mut self.get_mut().stream {
            Stream::Open(stream) => Pin::new(stream).poll_write(context, bytes),
            Stream::Wrapped(stream) => Pin::new(stream).poll_write(context, bytes),
        }
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        match &mut self.get_mut().stream {
            Stream::Open(stream) => Pin::new(stream).poll_write_vectored(context, slices),
            Stream::Wrapped(stream) => Pin::new(stream).poll_write_vectored(context, slices),
        }
    }

    fn is_write_vectored(&self) -> bool {
        match &self.stream {
            Stream::Open(stream) => stream.is_write_vectored(),
            Stream::Wrapped(stream) => stream.is_write_vectored(),
        }
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match &mut self.get_mut().stream {
            Stream::Open(stream) => Pin::new(stream).poll_flush(context),
            Stream::Wrapped(stream) => Pin::new(stream).poll_flush(context),
        }
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match &mut self.get_mut().stream {
            Stream::Open(stream) => Pin::new(stream).poll_shutdown(context),
            Stream::Wrapped(stream) => Pin::new(stream).poll_shutdown(context),
        }
    }
}
