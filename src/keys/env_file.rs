//! Files of `NAME=value` lines, read strictly: nothing in a value is replaced, since keys hold `$` and `\` of their
//! own, and a line that is not understood is said to be so.
//!
//! ```text
//! # a comment
//! NAME=value            # taken as it stands, up to a blank and `#`, without blanks at its ends
//! export NAME='as it stands'
//! NAME="with \" \\ \n"
//! ```

use super::{Names, is_name};

/// The names and values; and what is wrong, by line.
pub(super) fn read(text: &str) -> (Names, Vec<(usize, String)>) {
    let mut names = Names::new();
    let mut wrong = Vec::new();
    for (at, line) in text.trim_start_matches('\u{feff}').lines().enumerate() {
        match read_line(line.trim()) {
            Ok(None) => {}
            Ok(Some((name, value))) => {
                if names.insert(name.to_owned(), value).is_some() {
                    wrong.push((at + 1, format!("`{name}` is there a second time, and this one counts")));
                }
            }
            Err(why) => wrong.push((at + 1, format!("it is left out: {why}"))),
        }
    }
    (names, wrong)
}

fn read_line(line: &str) -> Result<Option<(&str, String)>, String> {
    if line.is_empty() || line.starts_with('#') {
        return Ok(None);
    }
    let line = line.strip_prefix("export ").unwrap_or(line).trim_start();
    // The line itself is not shown: it may be a key.
    let (name, value) = line.split_once('=').ok_or("it is not `NAME=value`")?;
    let (name, value) = (name.trim_end(), value.trim_start());
    if !is_name(name) {
        return Err("what stands before `=` is no name of a variable".into());
    }
    let value = match value.chars().next() {
        Some('\'') => {
            let inner = &value[1..];
            let end = inner.find('\'').ok_or("its quote is not closed")?;
            ended(&inner[end + 1..])?;
            inner[..end].to_owned()
        }
        Some('"') => quoted(&value[1..])?,
        _ => {
            let end = [" #", "\t#"].iter().filter_map(|mark| value.find(mark)).min().unwrap_or(value.len());
            value[..end].trim_end().to_owned()
        }
    };
    Ok(Some((name, value)))
}

fn quoted(text: &str) -> Result<String, String> {
    let mut value = String::new();
    let mut chars = text.chars();
    while let Some(next) = chars.next() {
        match next {
            '"' => return ended(chars.as_str()).map(|()| value),
            '\\' => match chars.next() {
                Some('n') => value.push('\n'),
                Some('r') => value.push('\r'),
                Some('t') => value.push('\t'),
                Some(kept @ ('"' | '\\' | '$')) => value.push(kept),
                _ => return Err("after `\\` in quotes stands one of `n r t \" \\ $`".into()),
            },
            other => value.push(other),
        }
    }
    Err("its quote is not closed".into())
}

fn ended(rest: &str) -> Result<(), String> {
    let rest = rest.trim_start();
    if rest.is_empty() || rest.starts_with('#') {
        Ok(())
    } else {
        Err("something stands after its quote".into())
    }
}

/// A line that [`read`] reads as this name and value.
pub(super) fn line(name: &str, value: &str) -> String {
    let mut line = format!("{name}=\"");
    for c in value.chars() {
        match c {
            '\n' => line.push_str("\\n"),
            '\r' => line.push_str("\\r"),
            '"' | '\\' => line.extend(['\\', c]),
            other => line.push(other),
        }
    }
    line.push_str("\"\n");
    line
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::{any, prop_assert, prop_assert_eq, proptest};

    #[test]
    fn lines_are_read_as_they_stand() {
        let text = "\u{feff}# keys\n\nA=1\n export B = two words # why\nC='$x \\n #'\nD=\"a\\\"b\\n$c\"\nE=\nF=x#y\r\nG=a=b==\n";
        let (names, wrong) = read(text);
        assert_eq!(wrong, []);
        let all: Vec<(&str, &str)> = names.iter().map(|(name, value)| (&**name, &**value)).collect();
        let wanted = [
            ("A", "1"),
            ("B", "two words"),
            ("C", "$x \\n #"),
            ("D", "a\"b\n$c"),
            ("E", ""),
            ("F", "x#y"),
            ("G", "a=b=="),
        ];
        assert_eq!(all, wanted);
    }

    #[test]
    fn what_is_wrong_is_said_without_the_line() {
        let (names, wrong) =
            read("sk-secret\n1A=secret\nB='secret\nC=\"secret\nD=\"secret\\q\"\nE='a' secret\nA=1\nA=2\n");
        assert_eq!(names.get("A").map(String::as_str), Some("2"));
        assert_eq!(wrong.iter().map(|(line, _)| *line).collect::<Vec<_>>(), [1, 2, 3, 4, 5, 6, 8]);
        assert!(wrong.iter().all(|(_, why)| !why.contains("secret")), "{wrong:?}");
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(value in any::<String>()) {
            let (names, wrong) = read(&line("NAME", &value));
            prop_assert!(wrong.is_empty());
            prop_assert_eq!(names.get("NAME"), Some(&value));
        }

        #[test]
        fn nothing_makes_it_panic(text in any::<String>()) {
            let _ = read(&text);
        }
    }
}
