//! The body of an answer, piece by piece, unpacked where it came packed.

use std::error::Error;
use std::io;

use async_compression::tokio::bufread::GzipDecoder;
use bytes::{Bytes, BytesMut};
use futures_util::stream::MapErr;
use futures_util::{StreamExt as _, TryStreamExt as _};
use http::header::{CONTENT_ENCODING, CONTENT_LENGTH, HeaderMap};
use http_body_util::{BodyDataStream, BodyExt as _};
use hyper::body::{Body as _, Incoming};
use tokio::io::AsyncReadExt as _;
use tokio_util::io::StreamReader;

/// How much is unpacked at a time.
const PIECE: usize = 16 << 10;
/// How much room is made at most for a body before any of it is there.
const ROOM: u64 = 1 << 20;

pub(super) enum Body {
    Plain(Incoming),
    Packed(Box<Packed>),
}

type Data = MapErr<BodyDataStream<Incoming>, fn(hyper::Error) -> io::Error>;

pub(super) struct Packed {
    decoder: GzipDecoder<StreamReader<Data, Bytes>>,
    is_over: bool,
}

impl Body {
    /// The body of an answer with these headers; those that speak of its packing are removed with it.
    pub(super) fn new(body: Incoming, headers: &mut HeaderMap) -> Self {
        if headers.get(CONTENT_ENCODING).is_none_or(|encoding| encoding != "gzip") {
            return Self::Plain(body);
        }
        headers.remove(CONTENT_ENCODING);
        headers.remove(CONTENT_LENGTH);
        let data = BodyDataStream::new(body).map_err(io::Error::other as fn(hyper::Error) -> io::Error);
        let decoder = GzipDecoder::new(StreamReader::new(data));
        Self::Packed(Box::new(Packed { decoder, is_over: false }))
    }

    /// How many bytes are surely to come, and may have room made for them.
    pub(super) fn room(&self) -> usize {
        match self {
            Self::Plain(body) => usize::try_from(body.size_hint().lower().min(ROOM)).unwrap_or(0),
            Self::Packed(_) => 0,
        }
    }

    /// The next bytes; `None` at the end.
    pub(super) async fn chunk(&mut self) -> Result<Option<Bytes>, Box<dyn Error + Send + Sync>> {
        match self {
            Self::Plain(body) => {
                while let Some(frame) = body.frame().await {
                    // What is no data are trailers.
                    if let Ok(data) = frame?.into_data() {
                        return Ok(Some(data));
                    }
                }
                Ok(None)
            }
            Self::Packed(packed) => Ok(packed.chunk().await?),
        }
    }
}

impl Packed {
    async fn chunk(&mut self) -> io::Result<Option<Bytes>> {
        if !self.is_over {
            let mut piece = BytesMut::with_capacity(PIECE);
            if self.decoder.read_buf(&mut piece).await? > 0 {
                return Ok(Some(piece.freeze()));
            }
            self.is_over = true;
        }
        // Read to its end, the connection is fit for the next call.
        match self.decoder.get_mut().get_mut().next().await {
            Some(Ok(more)) if !more.is_empty() => Err(io::Error::other("more bytes follow the packed ones")),
            Some(Err(error)) => Err(error),
            _ => Ok(None),
        }
    }
}
