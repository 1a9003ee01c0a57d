//! Words as people and models write them: spelling taken away, and what a sentence says its subject is.

/// A name or word in lower case, without accents, blanks and punctuation: `Très-Calme` is
/// `trescalme`.
pub fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for c in text.chars().flat_map(char::to_lowercase) {
        match c {
            'à'..='å' | 'ā' | 'ă' | 'ą' | 'ǎ' => plain.push('a'),
            'è'..='ë' | 'ē' | 'ĕ' | 'ė' | 'ę' | 'ě' => plain.push('e'),
            'ì'..='ï' | 'ī' | 'ĭ' | 'į' | 'ı' => plain.push('i'),
            'ò'..='ö' | 'ø' | 'ō' | 'ŏ' | 'ő' => plain.push('o'),
            'ù'..='ü' | 'ū' | 'ŭ' | 'ů' | 'ű' | 'ų' => plain.push('u'),
            'ý' | 'ÿ' => plain.push('y'),
            'ç' | 'ć' | 'ĉ' | 'č' => plain.push('c'),
            'ñ' | 'ń' | 'ň' => plain.push('n'),
            'ś' | 'š' | 'ş' | 'ș' => plain.push('s'),
            'ź' | 'ż' | 'ž' => plain.push('z'),
            'ł' | 'ľ' | 'ĺ' => plain.push('l'),
            'ť' | 'ţ' | 'ț' => plain.push('t'),
            'ď' | 'đ' => plain.push('d'),
            'ř' | 'ŕ' => plain.push('r'),
            'ğ' => plain.push('g'),
            'ß' => plain.push_str("ss"),
            'æ' => plain.push_str("ae"),
            'œ' => plain.push_str("oe"),
            c if c.is_alphanumeric() => plain.push(c),
            _ => {}
        }
    }
    plain
}

/// A text without the marks around it: blanks, emphasis, quotes, the full stop of a sentence.
pub fn bare(text: &str) -> &str {
    let mut text = text.trim();
    loop {
        let before = text.len();
        for (open, close) in [
            ("**", "**"),
            ("__", "__"),
            ("`", "`"),
            ("\"", "\""),
            ("'", "'"),
            ("“", "”"),
            ("*", "*"),
            ("_", "_"),
            ("\\(", "\\)"),
        ] {
            let inner = text.strip_prefix(open).and_then(|text| text.strip_suffix(close));
            if let Some(inner) = inner.filter(|inner| !inner.is_empty() && !inner.contains(open)) {
                text = inner.trim();
            }
        }
        text = text.trim_end_matches(['.', '!', ',', ';']).trim_end();
        if text.len() == before {
            return text;
        }
    }
}

/// Words before `is` or a colon that make it no plain statement.
const HEDGES: [&str; 34] = [
    "not", "no", "never", "neither", "nor", "none", "hardly", "whether", "if", "unless", "unclear", "maybe",
    "perhaps", "might", "may", "could", "cannot", "can't", "would", "should", "than", "or", "either",
    "isn't", "don't", "doesn't", "wasn't", "aren't", "what", "which", "how", "why", "unlikely", "possibly",
];

const LABELS: [&str; 12] = [
    "answer",
    "final answer",
    "the answer",
    "the final answer",
    "my answer",
    "result",
    "final result",
    "output",
    "response",
    "solution",
    "verdict",
    "conclusion",
];

/// The parts of a text that may be the whole of what it says, the likeliest first: all of it; the
/// one `\boxed{…}`; what a last line labels `Answer:`; what a short sentence says its subject is.
pub fn cores(text: &str) -> Vec<&str> {
    let whole = bare(text);
    let mut cores = vec![whole];
    let mut add = |core: &'_ str| {
        let at = core.as_ptr() as usize - text.as_ptr() as usize;
        let core = bare(&text[at..at + core.len()]);
        if !core.is_empty() && !cores.contains(&core) {
            cores.push(core);
        }
    };
    if let Some(boxed) = only_boxed(text) {
        add(boxed);
    }
    if let Some(labelled) = labelled(text) {
        add(labelled);
    } else {
        predicates(whole).for_each(add);
    }
    cores
}

fn only_boxed(text: &str) -> Option<&str> {
    let (_, after) = text.split_once("\\boxed{")?;
    let (inner, rest) = after.split_once('}')?;
    (!rest.contains("\\boxed{")).then_some(inner)
}

/// What the only line labelled as the answer says, if it is the last.
fn labelled(text: &str) -> Option<&str> {
    let mut lines = text.lines().rev().filter(|line| !line.trim().is_empty());
    let said = label_of(lines.next()?)?;
    lines.all(|line| label_of(line).is_none()).then_some(said)
}

fn label_of(line: &str) -> Option<&str> {
    let (label, said) = line.split_once([':', '='])?;
    let label = label.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
    LABELS.contains(&label.as_str()).then(|| said.trim_start_matches(['*', '_', ' ']))
}

const VERBS: [&str; 10] =
    [" is ", " are ", " was ", " equals ", " would be ", " ist ", " est ", " es ", ": ", " = "];

/// What a sentence of one line says its subject is: `The mood is calm` says `calm`.
fn predicates(text: &str) -> impl Iterator<Item = &str> {
    let line = !text.contains(['\n', '?']) && text.len() <= 200;
    VERBS.into_iter().filter_map(move |verb| {
        let (subject, said) = text.split_once(verb).filter(|_| line)?;
        let words: Vec<String> = subject.split_whitespace().map(str::to_lowercase).collect();
        let clean = |word: &String| {
            !HEDGES.contains(&word.replace('’', "'").as_str())
                && !word.contains(['.', ',', ';', '(', ')', '"'])
        };
        ((1..=6).contains(&words.len()) && words.iter().all(clean)).then_some(said)
    })
}

/// The first word or phrase of an answer that explains itself: `Calm. The customer thanks us.`
/// What follows must be an explanation of three words or more.
pub fn verdict(text: &str) -> Option<&str> {
    let text = text.trim().trim_start_matches(['*', '_', '"', '`']);
    let at = text
        .find(['.', ',', ';', ':', '—', '–', '(', '\n', '!'])
        .into_iter()
        .chain(text.find(" - "))
        .min()?;
    let (said, explanation) = text.split_at(at);
    let words: Vec<&str> =
        explanation.split_whitespace().filter(|word| word.chars().any(char::is_alphanumeric)).collect();
    let turns = ["but", "however", "although", "actually", "unless", "or", "maybe", "perhaps"];
    let turned = words.iter().any(|word| turns.contains(&plain(word).as_str()));
    // `No. 5 is the best` numbers, it does not deny.
    let numbered = explanation.starts_with('.') && words.first()?.starts_with(|c: char| c.is_ascii_digit());
    (words.len() >= 3 && !turned && !numbered).then(|| bare(said.trim_end_matches(['*', '_', '"', '`'])))
}
