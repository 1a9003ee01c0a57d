//! Texts as names of files and addresses.

/// Characters that a slug has at most.
const LONGEST: usize = 80;

/// Latin small letters that are no plain letter with an accent: what is written for them.
const LETTERS: &[(&str, &str)] = &[
    ("àáâãäåāăąǎǻạảấầẩẫậắằẳẵặ", "a"),
    ("æǽ", "ae"),
    ("çćĉċč", "c"),
    ("ðďđ", "d"),
    ("èéêëēĕėęěẹẻẽếềểễệ", "e"),
    ("ĝğġģ", "g"),
    ("ĥħ", "h"),
    ("ìíîïĩīĭįıỉị", "i"),
    ("ĵ", "j"),
    ("ķĸ", "k"),
    ("ĺļľŀł", "l"),
    ("ñńņňŉŋ", "n"),
    ("òóôõöøōŏőơọỏốồổỗộớờởỡợǿ", "o"),
    ("œ", "oe"),
    ("ŕŗř", "r"),
    ("śŝşšșſ", "s"),
    ("ß", "ss"),
    ("ţťŧț", "t"),
    ("þ", "th"),
    ("ùúûüũūŭůűųưụủứừửữự", "u"),
    ("ŵ", "w"),
    ("ýÿŷỳỵỷỹ", "y"),
    ("źżž", "z"),
];

/// Small letters and digits with one `-` between what was apart. Letters of other scripts stay. Marks
/// that stand on a letter and apostrophes part nothing.
pub(super) fn slug(text: &str) -> String {
    let mut slug = String::new();
    let mut len = 0;
    let mut apart = false;
    for letter in text.chars().flat_map(char::to_lowercase) {
        if joins(letter) {
            continue;
        }
        let mut buffer = [0; 4];
        let written: &str = match plain(letter) {
            Some(plain) => plain,
            None if letter.is_alphanumeric() => letter.encode_utf8(&mut buffer),
            None => {
                apart = true;
                continue;
            }
        };
        let dash = apart && len > 0;
        let more = written.chars().count() + usize::from(dash);
        if len + more > LONGEST {
            break;
        }
        if dash {
            slug.push('-');
        }
        slug.push_str(written);
        len += more;
        apart = false;
    }
    if slug.is_empty() { "untitled".to_owned() } else { slug }
}

/// Marks of their own on the letter before, as in texts that keep accents apart; apostrophes.
fn joins(letter: char) -> bool {
    matches!(letter, '\u{300}'..='\u{36f}' | '\'' | '’' | '\u{ad}' | '\u{200c}' | '\u{200d}')
}

fn plain(letter: char) -> Option<&'static str> {
    if letter.is_ascii() {
        return None;
    }
    LETTERS.iter().find(|(letters, _)| letters.contains(letter)).map(|(_, plain)| *plain)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::slug;

    #[test]
    fn names_read_well() {
        for (text, wanted) in [
            ("Hello, World!", "hello-world"),
            ("  --  ", "untitled"),
            ("", "untitled"),
            ("Größe & Maß", "grosse-mass"),
            ("Cafe\u{301} Crème", "cafe-creme"),
            ("Don't panic", "dont-panic"),
            ("東京 2026", "東京-2026"),
            ("../../etc/passwd", "etc-passwd"),
            ("İstanbul", "istanbul"),
        ] {
            assert_eq!(slug(text), wanted, "{text}");
        }
        assert_eq!(slug(&"ab ".repeat(100)).len(), 80);
    }

    proptest! {
        #[test]
        fn slugs_are_safe_and_stay_as_they_are(text in any::<String>()) {
            let once = slug(&text);
            prop_assert!(once.chars().all(|letter| letter == '-' || letter.is_alphanumeric()));
            prop_assert!(!once.starts_with('-') && !once.ends_with('-') && !once.contains("--"));
            prop_assert!((1..=80).contains(&once.chars().count()));
            prop_assert_eq!(slug(&once), once);
        }
    }
}
