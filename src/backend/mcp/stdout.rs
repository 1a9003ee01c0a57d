//! The standard output of a server: lines of a bearable length. What stands there and is no message is kept
//! for the message to people.

use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, ReadBuf};

/// Most bytes of one line.
pub(super) const LINE_CAP: usize = 16 << 20;
/// How much of what is no message is kept.
const KEPT: usize = 200;

/// What was seen of an output.
#[derive(Default)]
pub(super) struct Heard {
    /// The first line that can be no message, shortened.
    pub(super) strange: Vec<u8>,
    /// Whether a line was too long.
    pub(super) too_long: bool,
}

/// An output that ends at a line that is too long.
pub(super) struct Output<R> {
    from: R,
    /// Bytes of the line so far.
    line: usize,
    /// Whether the line so far is kept.
    keeps: bool,
    heard: Arc<Mutex<Heard>>,
}

impl<R> Output<R> {
    pub(super) fn new(from: R, heard: Arc<Mutex<Heard>>) -> Self {
        Self { from, line: 0, keeps: false, heard }
    }

    fn hear(&mut self, bytes: &[u8]) -> io::Result<()> {
        for byte in bytes {
            if *byte == b'\n' {
                self.line = 0;
                self.keeps = false;
                continue;
            }
            let mut heard = if self.line == 0 || self.keeps || self.line >= LINE_CAP {
                self.heard.lock().unwrap_or_else(PoisonError::into_inner)
            } else {
                self.line += 1;
                continue;
            };
            // A message is an object or a list.
            if self.line == 0 {
                self.keeps = heard.strange.is_empty() && !matches!(*byte, b'{' | b'[' | b' ' | b'\r' | b'\t');
            }
            if self.keeps && heard.strange.len() < KEPT {
                heard.strange.push(*byte);
            }
            self.line += 1;
            if self.line > LINE_CAP {
                heard.too_long = true;
                return Err(io::Error::other("a line is too long"));
            }
        }
        Ok(())
    }
}

impl<R: AsyncRead + Unpin> AsyncRead for Output<R> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        match Pin::new(&mut self.from).poll_read(context, buffer) {
            Poll::Ready(Ok(())) => Poll::Ready(self.hear(&buffer.filled()[before..])),
            other => other,
        }
    }
}
