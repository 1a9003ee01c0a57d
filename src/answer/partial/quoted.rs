//! A text in quotes, read letter by letter.

/// This can be no JSON.
pub(super) struct Broken;

/// A text in quotes.
#[derive(Debug)]
pub(super) struct Quoted {
    close: char,
    /// How many of it close the text, and how many were just seen.
    times: usize,
    seen: usize,
    /// What is there of it.
    pub(super) text: String,
    escape: Escape,
}

/// How far an escape is.
#[derive(Debug)]
enum Escape {
    None,
    Begun,
    /// Digits of `\u`, and the half of a character that came before.
    Unicode(String, Option<u32>),
    /// Half a character: the other half must follow, whose `\` may have been seen.
    Half(u32, bool),
}

impl Quoted {
    pub(super) const fn until(close: char, times: usize) -> Self {
        Self { close, times, seen: 0, text: String::new(), escape: Escape::None }
    }

    /// Takes a letter; whether the text is over.
    pub(super) fn take(&mut self, letter: char) -> Result<bool, Broken> {
        match std::mem::replace(&mut self.escape, Escape::None) {
            Escape::None => {}
            Escape::Begun => {
                self.escaped(letter);
                return Ok(false);
            }
            Escape::Unicode(digits, before) => return self.digit(digits, before, letter).map(|()| false),
            Escape::Half(half, slash) => {
                self.escape = match (slash, letter) {
                    (false, '\\') => Escape::Half(half, true),
                    (true, 'u') => Escape::Unicode(String::new(), Some(half)),
                    _ => return Err(Broken),
                };
                return Ok(false);
            }
        }
        if letter == self.close {
            self.seen += 1;
            return Ok(self.seen == self.times);
        }
        // Fewer than close it are part of the text.
        for _ in 0..std::mem::take(&mut self.seen) {
            self.text.push(self.close);
        }
        if letter == '\\' {
            self.escape = Escape::Begun;
        } else {
            self.text.push(letter);
        }
        Ok(false)
    }

    fn escaped(&mut self, letter: char) {
        match letter {
            'n' => self.text.push('\n'),
            't' => self.text.push('\t'),
            'r' => self.text.push('\r'),
            'b' => self.text.push('\u{8}'),
            'f' => self.text.push('\u{c}'),
            '"' | '\\' | '/' | '\'' | '`' => self.text.push(letter),
            '\n' => {}
            'u' => self.escape = Escape::Unicode(String::new(), None),
            other => self.text.extend(['\\', other]),
        }
    }

    fn digit(&mut self, mut digits: String, before: Option<u32>, letter: char) -> Result<(), Broken> {
        if !letter.is_ascii_hexdigit() {
            return Err(Broken);
        }
        digits.push(letter);
        if digits.len() < 4 {
            self.escape = Escape::Unicode(digits, before);
            return Ok(());
        }
        let code = u32::from_str_radix(&digits, 16).map_err(|_| Broken)?;
        match (before, code) {
            (None, 0xD800..=0xDBFF) => self.escape = Escape::Half(code, false),
            (Some(high), 0xDC00..=0xDFFF) => {
                let code = 0x1_0000 + ((high - 0xD800) << 10) + (code - 0xDC00);
                self.text.push(char::from_u32(code).ok_or(Broken)?);
            }
            (Some(_), _) => return Err(Broken),
            (None, code) => self.text.push(char::from_u32(code).ok_or(Broken)?),
        }
        Ok(())
    }
}
