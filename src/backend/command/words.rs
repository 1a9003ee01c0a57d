//! A command line split into words as a shell would, but by no shell: quotes and backslashes group, and
//! nothing else means anything. A hole is one piece of the word it stands in, whatever it holds.

use crate::instrument::{Failure, FailureKind, Piece};

use super::{Arguments, Holes};

/// What only a shell understands.
const OPERATORS: &[&str] = &["|", "||", "&", "&&", ";", ">", ">>", "<", "<<", "2>", "2>&1", "&>", "|&"];

/// The words of a command.
pub(super) fn command(pieces: &[Piece], holes: &mut Holes) -> Result<Arguments, Failure> {
    let mut splitter = Splitter::default();
    for piece in pieces {
        match piece {
            Piece::Words(words) => splitter.literal(words)?,
            Piece::Hole(value) => splitter.hole(&holes.word(value)?),
        }
    }
    splitter.finish()
}

/// The words of a command that is written out in one text.
pub(in crate::backend) fn split(text: &str) -> Result<Arguments, Failure> {
    let mut splitter = Splitter::default();
    splitter.literal(text)?;
    splitter.finish()
}

#[derive(Default)]
struct Splitter {
    words: Vec<String>,
    word: Option<String>,
    /// Whether the word so far is the author's own, unquoted.
    bare: bool,
    quote: Option<char>,
    escaped: bool,
}

impl Splitter {
    fn literal(&mut self, text: &str) -> Result<(), Failure> {
        for letter in text.chars() {
            match (self.quote, letter) {
                _ if self.escaped => {
                    self.escaped = false;
                    // In double quotes a backslash stands for itself before anything but these.
                    if self.quote == Some('"') && !matches!(letter, '"' | '\\' | '$' | '`' | '\n') {
                        self.push('\\');
                    }
                    if letter != '\n' {
                        self.push(letter);
                    }
                }
                (Some(quote), _) if letter == quote => self.quote = None,
                (Some('\''), _) => self.push(letter),
                (_, '\\') => {
                    self.escaped = true;
                    self.bare = false;
                }
                (Some(_), _) => self.push(letter),
                (None, '\'' | '"') => {
                    self.quote = Some(letter);
                    self.word.get_or_insert_default();
                    self.bare = false;
                }
                (None, _) if letter.is_whitespace() => self.end_word()?,
                (None, _) => {
                    if self.word.is_none() {
                        self.bare = true;
                    }
                    self.push(letter);
                }
            }
        }
        Ok(())
    }

    fn push(&mut self, letter: char) {
        self.word.get_or_insert_default().push(letter);
    }

    fn hole(&mut self, value: &str) {
        if std::mem::take(&mut self.escaped) {
            self.push('\\');
        }
        self.bare = false;
        self.word.get_or_insert_default().push_str(value);
    }

    fn end_word(&mut self) -> Result<(), Failure> {
        let Some(word) = self.word.take() else { return Ok(()) };
        if self.bare && OPERATORS.contains(&word.as_str()) {
            let message =
                format!("`{word}` means something to a shell only, and `shell` starts programs without one");
            return Err(Failure::new(FailureKind::InvalidRequest, message).with_help(format!(
                "play the part on `sh()`, or write \"{word}\" in quotes if the program is to see it"
            )));
        }
        self.words.push(word);
        Ok(())
    }

    fn finish(mut self) -> Result<Arguments, Failure> {
        let refuse = |message: String| Err(Failure::new(FailureKind::InvalidRequest, message));
        if let Some(quote) = self.quote {
            return refuse(format!("a quote {quote} in the command is never closed"));
        }
        if self.escaped {
            return refuse("the command ends in a backslash".into());
        }
        self.end_word()?;
        if self.words.first().is_none_or(String::is_empty) {
            return refuse("the part's text names no program to start".into());
        }
        Ok(self.words)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::Value;
    use proptest::prelude::{prop_assert_eq, proptest};

    fn split(pieces: &[Piece]) -> Result<Vec<String>, Failure> {
        command(pieces, &mut Holes { files: None, count: 0 })
    }

    fn words(text: &str) -> Vec<String> {
        split(&[Piece::Words(text.into())]).unwrap()
    }

    #[test]
    fn quotes_and_backslashes_group() {
        assert_eq!(words("git  log\n\t-1"), ["git", "log", "-1"]);
        assert_eq!(words(r#"a 'b c' "d e" f\ g "" ''"#), ["a", "b c", "d e", "f g", "", ""]);
        assert_eq!(words(r#"a"b"'c' "x\"y\n" 'p\q'"#), ["abc", "x\"y\\n", "p\\q"]);
        assert_eq!(words("a \\\n b"), ["a", "b"]);
        assert_eq!(words("echo $HOME *.txt ~ '|' \">\""), ["echo", "$HOME", "*.txt", "~", "|", ">"]);
    }

    #[test]
    fn what_needs_a_shell_is_said() {
        for line in ["ls | wc", "a && b", "a > b", "a ; b"] {
            let failure = split(&[Piece::Words(line.into())]).unwrap_err();
            assert!(failure.help.unwrap().contains("sh()"), "{line}");
        }
        for line in ["", "  ", "\"\"", "a 'b", "a \"b", "a \\"] {
            assert_eq!(split(&[Piece::Words(line.into())]).unwrap_err().kind, FailureKind::InvalidRequest);
        }
    }

    proptest! {
        #[test]
        fn a_hole_is_one_word_whatever_it_holds(value in "[^\0]{0,20}") {
            let pieces = [
                Piece::Words("run --x=".into()), Piece::Hole(Value::text(&value)), Piece::Words(" ".into()),
                Piece::Hole(Value::text(&value)), Piece::Words("'".into()), Piece::Hole(Value::text(&value)),
                Piece::Words("' end".into()),
            ];
            let wanted = vec!["run".to_owned(), format!("--x={value}"), format!("{value}{value}"), "end".to_owned()];
            prop_assert_eq!(split(&pieces).unwrap(), wanted);
        }
    }
}
