//! The encoding of a text: what its header names, a byte order mark, what a web page or XML says of itself, else
//! UTF-8.

use encoding_rs::{Encoding, UTF_8};

/// Where a web page says how it is encoded, it does so in so many bytes.
const HEAD: usize = 1_024;

/// A body as text; where it is none, the first byte that is wrong. `declared` is its content type in small
/// letters. Web pages are taken as they come: what is wrong in them becomes `\u{fffd}`.
pub(super) fn decode(declared: &str, body: Vec<u8>) -> Result<String, usize> {
    let is_page = declared.contains("html");
    let named = label(declared, "charset=").or_else(|| Some(Encoding::for_bom(&body)?.0));
    let named = named.or_else(|| in_xml(&body)).or_else(|| if is_page { in_page(&body) } else { None });
    if let Some(encoding) = named.filter(|encoding| *encoding != UTF_8) {
        return Ok(encoding.decode(&body).0.into_owned());
    }
    let body = match body.strip_prefix(b"\xef\xbb\xbf") {
        Some(rest) => rest.to_vec(),
        None => body,
    };
    match String::from_utf8(body) {
        Ok(text) => Ok(text),
        Err(error) if is_page => Ok(String::from_utf8_lossy(error.as_bytes()).into_owned()),
        Err(error) => Err(error.utf8_error().valid_up_to()),
    }
}

/// The encoding that is named behind a word.
fn label(text: &str, word: &str) -> Option<&'static Encoding> {
    let rest = text[text.find(word)? + word.len()..].trim_start_matches(['"', '\'', ' ']);
    let end = rest.find(|letter: char| !(letter.is_ascii_alphanumeric() || "-_:.".contains(letter)));
    Encoding::for_label(rest[..end.unwrap_or(rest.len())].as_bytes())
}

/// The encoding that a page names: `<meta charset="…">`, or in the content type that it repeats.
fn in_page(body: &[u8]) -> Option<&'static Encoding> {
    let head = String::from_utf8_lossy(&body[..body.len().min(HEAD)]).to_ascii_lowercase();
    let meta = head.find("<meta")?;
    // A page that can be read so far is in no encoding of two bytes.
    label(&head[meta..], "charset=").filter(|encoding| encoding.is_ascii_compatible())
}

/// The encoding that XML names in its first line: `<?xml version="1.0" encoding="…"?>`.
fn in_xml(body: &[u8]) -> Option<&'static Encoding> {
    let line = body.strip_prefix(b"<?xml")?.split(|byte| *byte == b'>').next()?;
    let line = String::from_utf8_lossy(&line[..line.len().min(HEAD)]).to_ascii_lowercase();
    label(&line, "encoding=").filter(|encoding| encoding.is_ascii_compatible())
}

#[cfg(test)]
mod tests {
    use super::decode;

    #[test]
    fn the_encoding_is_the_one_that_is_named() {
        assert_eq!(decode("text/plain", "Flut – über".into()).unwrap(), "Flut – über");
        assert_eq!(decode("text/plain; charset=iso-8859-1", b"\xfcber".to_vec()).unwrap(), "über");
        assert_eq!(decode("text/plain; charset=\"koi8-r\"", b"\xd0\xd2\xc9".to_vec()).unwrap(), "при");
        assert_eq!(decode("text/plain", b"\xff\xfea\x00".to_vec()).unwrap(), "a");
        assert_eq!(decode("text/plain", b"\xef\xbb\xbfa".to_vec()).unwrap(), "a");
        let page = b"<html><meta charset='windows-1251'>\xef\xf0\xe8".to_vec();
        assert!(decode("text/html", page).unwrap().ends_with("при"));
        let feed = b"<?xml version='1.0' encoding='ISO-8859-1'?><rss>H\xf6he".to_vec();
        assert!(decode("application/xml", feed.clone()).unwrap().ends_with("Höhe"));
        assert_eq!(decode("application/xml; charset=utf-8", feed), Err(49));
    }

    #[test]
    fn what_is_wrong_is_told_but_in_pages_passed_over() {
        assert_eq!(decode("application/json", b"ab\xff".to_vec()), Err(2));
        assert_eq!(decode("text/html", b"ab\xff".to_vec()).unwrap(), "ab\u{fffd}");
        assert_eq!(decode("text/plain; charset=no-such", b"ab\xff".to_vec()), Err(2));
    }
}
