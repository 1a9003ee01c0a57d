//! Reads a stream of lines, however its bytes are cut.

use super::sse::TooBig;

/// The reader's state between two pieces of a stream.
#[derive(Debug)]
pub(in crate::backend) struct Lines {
    /// The beginning of a line whose end has not come yet.
    line: Vec<u8>,
    cap: usize,
}

impl Lines {
    /// A reader that takes lines of up to `cap` bytes.
    pub(in crate::backend) fn new(cap: usize) -> Self {
        Self { line: Vec::new(), cap }
    }

    /// Takes the next bytes; `each` gets each line that they end, unless it is blank. A line that nothing ends is
    /// none.
    pub(in crate::backend) fn feed(
        &mut self,
        mut bytes: &[u8],
        each: &mut impl FnMut(&[u8]),
    ) -> Result<(), TooBig> {
        while let Some(end) = bytes.iter().position(|byte| *byte == b'\n') {
            let (line, rest) = (&bytes[..end], &bytes[end + 1..]);
            bytes = rest;
            if self.line.len() + line.len() > self.cap {
                return Err(TooBig);
            }
            self.line.extend_from_slice(line);
            let whole = self.line.trim_ascii();
            if !whole.is_empty() {
                each(whole);
            }
            self.line.clear();
        }
        if self.line.len() + bytes.len() > self.cap {
            return Err(TooBig);
        }
        self.line.extend_from_slice(bytes);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_cut_at_any_byte_read_the_same() {
        let stream = "{\"a\":\"é\"}\r\n\n {} \nnever ended".as_bytes();
        for cut in 0..=stream.len() {
            let (mut lines, mut seen) = (Lines::new(100), Vec::new());
            for piece in [&stream[..cut], &stream[cut..]] {
                lines.feed(piece, &mut |line| seen.push(String::from_utf8_lossy(line).into_owned())).unwrap();
            }
            assert_eq!(seen, ["{\"a\":\"é\"}", "{}"], "cut at {cut}");
        }
        let mut lines = Lines::new(10);
        assert!(lines.feed(b"12345678", &mut |_| ()).is_ok() && lines.feed(b"9012", &mut |_| ()).is_err());
        assert!(Lines::new(10).feed(b"12345678901\n", &mut |_| ()).is_err());
    }
}
