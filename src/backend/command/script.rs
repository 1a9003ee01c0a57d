//! A script for `sh`: the author's words are the script, holes are its arguments. Where a hole stands the
//! script says `"${1}"`, quoted for where that is, so that no value is ever read as script.

use crate::instrument::{Failure, FailureKind, Piece};

use super::{Arguments, Holes};

/// `sh -c SCRIPT sh HOLE…`
pub(super) fn command(pieces: &[Piece], holes: &mut Holes) -> Result<Arguments, Failure> {
    let mut script = Script::default();
    let mut arguments = Vec::new();
    for piece in pieces {
        match piece {
            Piece::Words(words) => script.literal(words),
            Piece::Hole(value) => {
                arguments.push(holes.word(value)?);
                script.hole(arguments.len())?;
            }
        }
    }
    if script.text.trim().is_empty() {
        return Err(Failure::new(FailureKind::InvalidRequest, "the part's text is no script: it is empty"));
    }
    if script.text.contains('\0') {
        return Err(Failure::new(FailureKind::InvalidRequest, "the script holds a NUL character"));
    }
    let mut words = vec!["sh".to_owned(), "-c".to_owned(), script.text, "sh".to_owned()];
    words.extend(arguments);
    Ok(words)
}

/// Where in a script we are.
#[derive(Clone, Copy, PartialEq)]
enum Place {
    /// Among words; in `$( )` or backquotes again.
    Plain {
        backquoted: bool,
    },
    Double,
    Single,
    /// In `$(( ))`, where even a value is read as an expression.
    Sum,
}

#[derive(Default)]
struct Script {
    text: String,
    places: Vec<Place>,
    escaped: bool,
    /// The last letter, if it was not escaped.
    last: Option<char>,
    /// Open brackets in the current plain place, so that their `)` don't end a `$(`.
    brackets: Vec<usize>,
    has_here_document: bool,
}

impl Script {
    fn place(&self) -> Place {
        self.places.last().copied().unwrap_or(Place::Plain { backquoted: false })
    }

    fn literal(&mut self, text: &str) {
        for letter in text.chars() {
            self.text.push(letter);
            if std::mem::take(&mut self.escaped) {
                self.last = None;
                continue;
            }
            let previous = self.last.replace(letter);
            match (self.place(), letter) {
                (Place::Single, '\'') => self.leave(),
                (Place::Single, _) => {}
                (_, '\\') => self.escaped = true,
                (Place::Double, '"') => self.leave(),
                (Place::Plain { .. } | Place::Sum, '"') => self.enter(Place::Double),
                (Place::Plain { .. }, '\'') => self.enter(Place::Single),
                (Place::Plain { backquoted: true }, '`') => self.leave(),
                (_, '`') => self.enter(Place::Plain { backquoted: true }),
                (_, '(') if previous == Some('$') => {
                    self.enter(Place::Plain { backquoted: false });
                    self.last = Some('\u{1}'); // stands for `$(`
                }
                (Place::Plain { .. }, '(') if previous == Some('\u{1}') => {
                    self.leave();
                    self.enter(Place::Sum);
                }
                (Place::Plain { .. } | Place::Sum, '(') => {
                    if let Some(open) = self.brackets.last_mut() {
                        *open += 1;
                    }
                }
                (Place::Plain { backquoted: false } | Place::Sum, ')') => match self.brackets.last_mut() {
                    Some(open) if *open > 0 => *open -= 1,
                    Some(_) => self.leave(),
                    None => {}
                },
                (Place::Plain { .. }, '<') if previous == Some('<') => self.has_here_document = true,
                _ => {}
            }
        }
    }

    fn enter(&mut self, place: Place) {
        self.places.push(place);
        self.brackets.push(0);
    }

    fn leave(&mut self) {
        self.places.pop();
        self.brackets.pop();
    }

    fn hole(&mut self, number: usize) -> Result<(), Failure> {
        let refuse = |message: &str, help: &str| {
            Err(Failure::new(FailureKind::InvalidRequest, message).with_help(help.to_owned()))
        };
        if self.escaped {
            return refuse(
                "a backslash stands right before a hole of the script",
                "take it away: a hole needs none",
            );
        }
        if self.last == Some('$') && self.place() != Place::Single {
            return refuse(
                "a `$` stands right before a hole of the script",
                "for a variable of the shell itself write $NAME, or $\\{NAME} with its bracket escaped",
            );
        }
        if self.has_here_document {
            return refuse(
                "a hole can't stand in or below a here-document (`<<`)",
                "use `stdin` for what the command reads",
            );
        }
        let said = match self.place() {
            Place::Plain { .. } => format!("\"${{{number}}}\""),
            Place::Double => format!("${{{number}}}"),
            Place::Single => format!("'\"${{{number}}}\"'"),
            Place::Sum => {
                return refuse(
                    "a hole can't stand in `$(( ))`, where a value is read as script",
                    "compute it in the score",
                );
            }
        };
        self.text.push_str(&said);
        self.last = None;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::Value;

    fn script(parts: &[&str]) -> Result<String, Failure> {
        let mut pieces = Vec::new();
        for (at, part) in parts.iter().enumerate() {
            if at > 0 {
                pieces.push(Piece::Hole(Value::text("v")));
            }
            pieces.push(Piece::Words((*part).into()));
        }
        command(&pieces, &mut Holes { files: None, count: 0 }).map(|mut words| words.remove(2))
    }

    #[test]
    fn holes_are_quoted_for_where_they_stand() {
        assert_eq!(script(&["wc -l ", " | sort ", ""]).unwrap(), r#"wc -l "${1}" | sort "${2}""#);
        assert_eq!(script(&["echo \"a ", " b\""]).unwrap(), r#"echo "a ${1} b""#);
        assert_eq!(script(&["echo 'a ", " b' ", ""]).unwrap(), r#"echo 'a '"${1}"' b' "${2}""#);
        assert_eq!(script(&["echo \"$(cat ", ")", "\""]).unwrap(), r#"echo "$(cat "${1}")${2}""#);
        assert_eq!(script(&["x=`cat ", "`; (echo ", ")"]).unwrap(), r#"x=`cat "${1}"`; (echo "${2}")"#);
        assert_eq!(script(&["echo \"it's ", "\""]).unwrap(), r#"echo "it's ${1}""#);
        assert_eq!(script(&["echo \\\"", ""]).unwrap(), r#"echo \""${1}""#);
        assert_eq!(
            script(&["f() { (a); }; echo $( (b) ", ")", ""]).unwrap(),
            r#"f() { (a); }; echo $( (b) "${1}")"${2}""#
        );
    }

    #[test]
    fn places_where_a_value_would_be_script_are_refused() {
        for parts in [
            &["echo $((", " + 1))"][..],
            &["echo $", ""],
            &["echo \\", ""],
            &["cat <<END\n", "\nEND"],
            &["", ""][..1],
            &["echo \"$", "\""],
        ] {
            assert_eq!(script(parts).unwrap_err().kind, FailureKind::InvalidRequest, "{parts:?}");
        }
        assert!(script(&["echo $((1 + (2))) ", ""]).is_ok());
        assert!(script(&["cat <", ""]).is_ok());
    }
}
