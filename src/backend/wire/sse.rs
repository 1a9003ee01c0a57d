//! Reads a stream of server-sent events, however its bytes are cut.
//!
//! After <https://html.spec.whatwg.org/multipage/server-sent-events.html>: lines end in CR, LF or CRLF,
//! a byte order mark at the start is skipped, comments and unknown fields are skipped, an event that no
//! blank line ends is dropped.

/// The reader's state between two pieces of a stream.
#[derive(Debug, Default)]
pub(in crate::backend) struct Events {
    /// The beginning of a line whose end has not come yet.
    line: Vec<u8>,
    data: Vec<u8>,
    has_data: bool,
    name: Vec<u8>,
    begun: bool,
    after_cr: bool,
    cap: usize,
}

/// An event is bigger than it may be.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::backend) struct TooBig;

impl Events {
    /// A reader that takes events of up to `cap` bytes.
    pub(in crate::backend) fn new(cap: usize) -> Self {
        Self { cap, ..Self::default() }
    }

    /// Takes the next bytes; `each` gets the name (empty if none) and the data of each event they end.
    pub(in crate::backend) fn feed(
        &mut self,
        mut bytes: &[u8],
        each: &mut impl FnMut(&[u8], &[u8]),
    ) -> Result<(), TooBig> {
        if self.after_cr && !bytes.is_empty() {
            self.after_cr = false;
            bytes = bytes.strip_prefix(b"\n").unwrap_or(bytes);
        }
        while let Some(end) = bytes.iter().position(|byte| matches!(byte, b'\n' | b'\r')) {
            let (line, rest) = (&bytes[..end], &bytes[end + 1..]);
            let ended_by_cr = bytes[end] == b'\r';
            bytes = rest;
            if ended_by_cr {
                match bytes.first() {
                    Some(b'\n') => bytes = &bytes[1..],
                    Some(_) => {}
                    None => self.after_cr = true,
                }
            }
            if self.line.len() + line.len() + self.data.len() > self.cap {
                return Err(TooBig);
            }
            if self.line.is_empty() {
                self.take_line(line, each);
            } else {
                let mut whole = std::mem::take(&mut self.line);
                whole.extend_from_slice(line);
                self.take_line(&whole, each);
                whole.clear();
                self.line = whole;
            }
        }
        if self.line.len() + bytes.len() + self.data.len() > self.cap {
            return Err(TooBig);
        }
        self.line.extend_from_slice(bytes);
        Ok(())
    }

    fn take_line(&mut self, mut line: &[u8], each: &mut impl FnMut(&[u8], &[u8])) {
        if !self.begun {
            self.begun = true;
            line = line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(line);
        }
        if line.is_empty() {
            if self.has_data {
                each(&self.name, &self.data);
            }
            self.has_data = false;
            self.data.clear();
            self.name.clear();
            return;
        }
        let (field, value) = match line.iter().position(|byte| *byte == b':') {
            Some(colon) => (&line[..colon], &line[colon + 1..]),
            None => (line, &line[line.len()..]),
        };
        let value = value.strip_prefix(b" ").unwrap_or(value);
        match field {
            b"data" => {
                if self.has_data {
                    self.data.push(b'\n');
                }
                self.has_data = true;
                self.data.extend_from_slice(value);
            }
            b"event" => {
                self.name.clear();
                self.name.extend_from_slice(value);
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::{Just, Strategy, prop_assert_eq, prop_oneof, proptest};

    type Seen = Vec<(String, String)>;

    fn read<'a>(pieces: impl IntoIterator<Item = &'a [u8]>) -> Seen {
        let mut events = Events::new(1 << 20);
        let mut seen = Vec::new();
        for piece in pieces {
            events
                .feed(piece, &mut |name, data| {
                    seen.push((
                        String::from_utf8_lossy(name).into_owned(),
                        String::from_utf8_lossy(data).into_owned(),
                    ));
                })
                .unwrap();
        }
        seen
    }

    fn data(of: &[&str]) -> Seen {
        of.iter().map(|data| (String::new(), (*data).to_owned())).collect()
    }

    #[test]
    fn events_are_read_as_the_standard_says() {
        let read = |text: &str| read([text.as_bytes()]);
        assert_eq!(read("data: a\n\ndata:b\n\n"), data(&["a", "b"]));
        assert_eq!(read("data: a\r\n\r\ndata: b\r\rdata: c\n\r\n"), data(&["a", "b", "c"]));
        assert_eq!(read("\u{feff}data: a\n\n"), data(&["a"]));
        assert_eq!(
            read(": comment\n\ndata: a\ndata\ndata:  b\nid: 1\nretry: 5\nx: y\n\n"),
            data(&["a\n\n b"])
        );
        assert_eq!(
            read("event: error\ndata: {}\n\ndata: x\n\n"),
            vec![("error".into(), "{}".into()), (String::new(), "x".into())]
        );
        assert_eq!(read("event: lonely\n\ndata: x\n\n"), data(&["x"]));
        assert_eq!(read("data:\n\n"), data(&[""]));
        assert_eq!(read("data: never ended\n"), data(&[]));
        assert_eq!(read("data: [DONE]\n\n"), data(&["[DONE]"]));
    }

    #[test]
    fn a_stream_cut_at_any_byte_reads_the_same() {
        let streams = [
            "\u{feff}: hi\r\n\r\nevent: delta\r\ndata: {\"a\":\"é😀\"}\r\n\r\ndata: x\r\rdata: y\n\ndata\n\n",
            include_str!("../openai/recorded/short.sse"),
            include_str!("../openai/recorded/usage.sse"),
            include_str!("../openai/recorded/llama.sse"),
        ];
        for stream in streams {
            let bytes = stream.as_bytes();
            let whole = read([bytes]);
            assert!(!whole.is_empty());
            for cut in 0..=bytes.len() {
                assert_eq!(read([&bytes[..cut], &bytes[cut..]]), whole, "cut at {cut}");
            }
            assert_eq!(read(bytes.chunks(1)), whole);
            assert_eq!(read(bytes.chunks(3)), whole);
        }
    }

    #[test]
    fn an_event_without_end_is_refused() {
        let mut events = Events::new(100);
        let mut fed = 0;
        let refused = (0..100).any(|_| {
            fed += 10;
            events.feed(b"data: aaaa", &mut |_, _| ()).is_err()
        });
        assert!(refused && fed <= 120);
        let mut events = Events::new(100);
        assert!((0..100).any(|_| events.feed(b"data: aaaa\n", &mut |_, _| ()).is_err()));
    }

    fn stream() -> impl Strategy<Value = String> {
        let piece = prop_oneof![
            Just("data: x".to_owned()),
            Just("data".to_owned()),
            Just("event: e".to_owned()),
            Just(": c".to_owned()),
            Just("\r".to_owned()),
            Just("\n".to_owned()),
            Just("\r\n".to_owned()),
            Just("\n\n".to_owned()),
            "[ -~é]{0,6}",
        ];
        proptest::collection::vec(piece, 0..24).prop_map(|pieces| pieces.concat())
    }

    proptest! {
        #[test]
        fn cuts_never_matter(stream in stream(), cuts in proptest::collection::vec(0usize..200, 0..6)) {
            let bytes = stream.as_bytes();
            let mut cuts: Vec<usize> = cuts.into_iter().map(|cut| cut.min(bytes.len())).collect();
            cuts.extend([0, bytes.len()]);
            cuts.sort_unstable();
            let pieces = cuts.windows(2).map(|pair| &bytes[pair[0]..pair[1]]);
            prop_assert_eq!(read(pieces), read([bytes]));
        }
    }
}
