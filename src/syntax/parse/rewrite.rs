//! How a form of another language is written here, as edits of the source. What can't be told surely has none.

use super::heads::word_at;
use super::item::snake_case;

/// A stretch of the source, and what is to stand there.
pub(super) type LocalEdit = (usize, usize, String);

fn edit(from: usize, to: usize, instead: impl Into<String>) -> LocalEdit {
    (from, to, instead.into())
}

/// What stands instead of a foreign word in a movement, by itself: empty where it is only left out.
const INSTEAD: &[(&str, &str)] = &[
    ("elif", "else if"),
    ("elsif", "else if"),
    ("elseif", "else if"),
    ("break", "stop"),
    ("const", "let"),
    ("var", "let"),
    ("val", "let"),
    ("mut", ""),
    ("async", ""),
    ("await", ""),
    ("parallel", "together"),
    ("new", ""),
    ("print", "say"),
    ("mock", "seat"),
    ("stub", "seat"),
];

/// The edits that make Score of a foreign word and what belongs to it.
pub(super) fn of_word(source: &str, at: usize, word: &str) -> Vec<LocalEdit> {
    let end = at + word.len();
    let found = match word {
        "while" | "until" => bounded(source, at, word),
        "unless" => unless(source, at),
        "switch" | "when" => choice(source, at, word),
        "case" => source[..at].rfind("match ").and_then(|from| choice(source, from, "match")),
        "loop" => Some(vec![edit(at, end, "repeat up to 100")])
            .filter(|_| source[end..].trim_start().starts_with('{')),
        "try" => tried(source, at),
        "throw" | "raise" => failing(source, at, word),
        "assert" => assertion(source, at),
        "lambda" => lambda(source, at),
        "then" => then(source, at),
        _ => None,
    };
    if let Some(found) = found {
        return found;
    }
    match INSTEAD.iter().find(|(there, _)| *there == word) {
        Some((_, "")) => vec![edit(at, end + blanks(source, end), "")],
        Some((_, here)) => vec![edit(at, end, *here)],
        None => Vec::new(),
    }
}

/// How many blanks stand at a place.
fn blanks(source: &str, at: usize) -> usize {
    source[at..].bytes().take_while(|byte| matches!(byte, b' ' | b'\t')).count()
}

/// Where the line ends that a place is on.
pub(super) fn line_end(source: &str, at: usize) -> usize {
    source[at..].find('\n').map_or(source.len(), |length| at + length)
}

/// The blanks that the line of a place begins with.
fn indent(source: &str, at: usize) -> &str {
    let line = source[..at].rfind('\n').map_or(0, |before| before + 1);
    &source[line..line + blanks(source, line)]
}

/// The bracket that closes the one at `open`, texts left out of account.
pub(super) fn closing(source: &str, open: usize) -> Option<usize> {
    let mut depth = 0_usize;
    let mut quoted = false;
    let mut escaped = false;
    for (at, byte) in source.bytes().enumerate().skip(open) {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            _ if quoted => {}
            b'(' | b'[' | b'{' => depth += 1,
            b')' | b']' | b'}' => {
                depth = depth.checked_sub(1)?;
                if depth == 0 {
                    return Some(at);
                }
            }
            _ => {}
        }
    }
    None
}

/// The bracket that is open at a place, texts left out of account.
pub(super) fn opening(source: &str, at: usize) -> Option<usize> {
    let mut open = Vec::new();
    let mut quoted = false;
    let mut escaped = false;
    for (here, byte) in source.bytes().enumerate().take(at) {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            _ if quoted => {}
            b'(' | b'[' | b'{' => open.push(here),
            b')' | b']' | b'}' => drop(open.pop()),
            _ => {}
        }
    }
    open.pop()
}

/// The brace that opens a block, after a condition that begins at `from` and stands on one line.
fn block_after(source: &str, from: usize) -> Option<usize> {
    source[from..line_end(source, from)].rfind('{').map(|length| from + length)
}

/// A condition without the parentheses around the whole of it.
fn bare(condition: &str) -> &str {
    let condition = condition.trim();
    match condition.strip_prefix('(').and_then(|inner| inner.strip_suffix(')')) {
        Some(inner) if closing(condition, 0) == Some(condition.len() - 1) => inner.trim(),
        _ => condition,
    }
}

/// `while c {`
fn bounded(source: &str, at: usize, word: &str) -> Option<Vec<LocalEdit>> {
    let from = at + word.len();
    let open = block_after(source, from)?;
    let condition = bare(&source[from..open]);
    let stop = match (word, condition) {
        (_, "true") => String::new(),
        ("until", _) => format!(" stop if {condition}"),
        _ => format!(" stop if not ({condition})"),
    };
    let stop = match stop.as_str() {
        "" => stop,
        _ if source[open + 1..line_end(source, open)].trim().is_empty() => {
            format!("\n{}  {}", indent(source, at), stop.trim_start())
        }
        _ => stop,
    };
    Some(vec![edit(at, open + 1, format!("repeat up to 100 {{{stop}"))])
}

/// `unless c {`
fn unless(source: &str, at: usize) -> Option<Vec<LocalEdit>> {
    let from = at + "unless".len();
    let open = from + source[from..line_end(source, from)].find('{')?;
    Some(vec![edit(at, open, format!("if not ({}) ", bare(&source[from..open])))])
}

/// `switch (e) { case "a": … default: … }`
fn choice(source: &str, at: usize, word: &str) -> Option<Vec<LocalEdit>> {
    let from = at + word.len();
    let open = block_after(source, from)?;
    let close = closing(source, open)?;
    let body = &source[open + 1..close];
    let mut arms = Vec::new();
    let mut rest = body.trim_start();
    while !rest.is_empty() {
        let (pattern, after) = if let Some(after) = rest.strip_prefix("default") {
            ("_", after.trim_start().strip_prefix(':')?)
        } else {
            rest.strip_prefix("case ")?.split_once(':')?
        };
        let end = ["\n", ";", " "]
            .iter()
            .flat_map(|before| ["case ", "default"].map(|next| format!("{before}{next}")))
            .filter_map(|next| after.find(&next))
            .min()
            .map_or(after.len(), |at| at + 1);
        arms.push((pattern.trim(), arm(&after[..end])?));
        rest = after[end..].trim_start();
    }
    let margin = indent(source, at);
    let arms: Vec<String> =
        arms.into_iter().map(|(pattern, value)| format!("{margin}  {pattern} => {value}")).collect();
    let subject = bare(&source[from..open]);
    Some(vec![edit(at, close + 1, format!("match {subject} {{\n{}\n{margin}}}", arms.join(",\n")))])
}

/// What an arm gives: one statement, without its `break`.
fn arm(text: &str) -> Option<&str> {
    let text = text.trim().trim_end_matches(';').trim();
    let text = text.strip_suffix("break").unwrap_or(text).trim().trim_end_matches(';').trim();
    (!text.is_empty() && !text.contains(['\n', ';'])).then_some(text)
}

/// `try { a } catch (e) { b }`
fn tried(source: &str, at: usize) -> Option<Vec<LocalEdit>> {
    let open = at + "try".len() + blanks(source, at + "try".len());
    let close = closing(source, open).filter(|_| source[open..].starts_with('{'))?;
    let inside = source[open + 1..close].trim().trim_end_matches(';');
    let after = close + 1 + (source[close + 1..].len() - source[close + 1..].trim_start().len());
    let caught = matches!(word_at(source.as_bytes(), after), "catch" | "except");
    if !caught || inside.contains(['\n', ';']) || inside.is_empty() {
        return None;
    }
    let fallback = after + source[after..].find('{')?;
    Some(vec![edit(at, fallback, format!("{inside} otherwise "))])
}

/// `throw new Error("…")`, `raise "…"`
fn failing(source: &str, at: usize, word: &str) -> Option<Vec<LocalEdit>> {
    let from = at + word.len() + blanks(source, at + word.len());
    let named = from + if source[from..].starts_with("new ") { 4 } else { 0 };
    let open = named + word_at(source.as_bytes(), named).len();
    if open == named {
        return Some(vec![edit(at, at + word.len(), "fail")]);
    }
    let close = closing(source, open).filter(|_| source[open..].starts_with('('))?;
    Some(vec![edit(at, close + 1, format!("fail {}", source[open + 1..close].trim()))])
}

/// `assert c, "…"`
fn assertion(source: &str, at: usize) -> Option<Vec<LocalEdit>> {
    let comma = at + source[at..line_end(source, at)].find(", \"")?;
    Some(vec![edit(at, at + "assert".len(), "require"), edit(comma, comma + 1, " else")])
}

/// `lambda x: e`
fn lambda(source: &str, at: usize) -> Option<Vec<LocalEdit>> {
    let from = at + "lambda".len() + blanks(source, at + "lambda".len());
    let colon = from + source[from..line_end(source, from)].find(':')?;
    let names = source[from..colon].trim();
    let names = if names.contains(',') { format!("({names})") } else { names.to_owned() };
    Some(vec![edit(at, colon + 1, format!("{names} =>"))])
}

/// `if c then a else b`
fn then(source: &str, at: usize) -> Option<Vec<LocalEdit>> {
    let end = at + source[at..line_end(source, at)].trim_end_matches(['}', ' ', ')', ';']).len();
    let other = at + source[at..end].find(" else ")?;
    Some(vec![edit(at, at + 4, "{"), edit(other, other + 6, " } else { "), edit(end, end, " }")])
}

/// `c ? a : b`, the `?` being at `at`.
pub(super) fn ternary(source: &str, at: usize) -> Vec<LocalEdit> {
    let line = source[..at].rfind('\n').map_or(0, |before| before + 1);
    let end = expression_end(source, at);
    let Some(colon) = source[at..end].find(" : ").map(|length| at + length) else { return Vec::new() };
    let begins = ["return ", "= ", "say ", "(", "{ ", ", "];
    let from = begins
        .iter()
        .filter_map(|before| source[line..at].rfind(before).map(|found| line + found + before.len()))
        .filter(|from| !source[..*from].ends_with("== ") && !source[..*from].ends_with("!= "))
        .max()
        .unwrap_or(line + blanks(source, line));
    let question = source[..at].trim_end().len();
    vec![
        edit(from, from, "if "),
        edit(question, at + 1 + blanks(source, at + 1), " { "),
        edit(colon, colon + 3, " } else { "),
        edit(end, end, " }"),
    ]
}

/// Where the expression that a place is in ends, on its line at the latest.
pub(super) fn expression_end(source: &str, at: usize) -> usize {
    let line = line_end(source, at);
    let mut depth = 0_usize;
    let mut quoted = false;
    for (here, byte) in source.bytes().enumerate().take(line).skip(at) {
        match byte {
            b'"' => quoted = !quoted,
            _ if quoted => {}
            b'(' | b'[' | b'{' => depth += 1,
            b')' | b']' | b'}' | b',' | b';' if depth == 0 => return source[..here].trim_end().len(),
            b')' | b']' | b'}' => depth -= 1,
            _ => {}
        }
    }
    source[..line].trim_end().len()
}

/// `for (let i = 0; i < n; i++) {`, `for (const x of xs) {`: the place of `for` in the line, and the edit.
pub(super) fn for_head(source: &str, at: usize) -> Option<LocalEdit> {
    let line = source[..at].rfind('\n').map_or(0, |before| before + 1);
    let head = &source[line..line_end(source, at)];
    let start = line + head.find("for (").filter(|start| line + start < at)?;
    let open = start + 4;
    let close = closing(source, open)?;
    let inside = source[open + 1..close].trim();
    let inside =
        ["let ", "const ", "var "].iter().find_map(|word| inside.strip_prefix(word)).unwrap_or(inside);
    for word in [" of ", " in "] {
        if let Some((name, list)) = inside.split_once(word) {
            return Some(edit(open, close + 1, format!("{} in {}", name.trim(), list.trim())));
        }
    }
    let [first, test, _] = inside.split(';').collect::<Vec<_>>()[..] else { return None };
    let (name, least) = first.split_once('=')?;
    let (most, inclusive) = match test.split_once("<=") {
        Some((_, most)) => (most.trim(), true),
        None => (test.split_once('<')?.1.trim(), false),
    };
    let last = match most.parse::<i64>() {
        _ if inclusive => most.to_owned(),
        Ok(most) => most.saturating_sub(1).to_string(),
        Err(_) => format!("{most} - 1"),
    };
    Some(edit(open, close + 1, format!("{} in {}..{last}", name.trim(), least.trim())))
}

/// A block by indentation, the `:` being at `at`.
pub(super) fn indented_block(source: &str, at: usize) -> Vec<LocalEdit> {
    let margin = indent(source, at);
    let mut end = line_end(source, at);
    let mut next = end;
    while next < source.len() {
        let begin = next + 1;
        next = line_end(source, begin);
        let line = &source[begin..next];
        if !line.trim().is_empty() && blanks(source, begin) <= margin.len() {
            break;
        }
        if !line.trim().is_empty() {
            end = begin + line.trim_end().len();
        }
    }
    vec![edit(at, at + 1, " {"), edit(end, end, format!("\n{margin}}}"))]
}

/// The edits that make Score of an item that begins with a foreign word.
pub(super) fn of_item(chunk: &str, word: &str) -> Vec<LocalEdit> {
    let end = word.len();
    match word {
        "function" | "def" if chunk.contains("prompt #\"") => prompted(chunk).into_iter().collect(),
        "function" | "def" | "fn" | "func" | "fun" | "workflow" => vec![edit(0, end, "movement")],
        "async" | "pub" | "export" => {
            let from = end + blanks(chunk, end);
            let next = word_at(chunk.as_bytes(), from);
            let known =
                matches!(next, "function" | "def" | "fn" | "struct" | "class" | "interface" | "async");
            let mut edits = if known && next != "async" { of_item(&chunk[from..], next) } else { Vec::new() };
            for (start, stop, _) in &mut edits {
                (*start, *stop) = (*start + from, *stop + from);
            }
            edits.insert(0, edit(0, end, ""));
            edits
        }
        "class" | "struct" | "interface" | "record" => vec![edit(0, end, "type")],
        "enum" => listed(chunk).into_iter().collect(),
        "import" | "from" => imported(chunk).into_iter().collect(),
        "client" => client(chunk).into_iter().collect(),
        _ => Vec::new(),
    }
}

/// `enum Mood { Calm, Angry }`
fn listed(chunk: &str) -> Option<LocalEdit> {
    let open = chunk.find('{')?;
    let close = closing(chunk, open)?;
    let members: Vec<&str> =
        chunk[open + 1..close].split([',', '\n']).map(str::trim).filter(|name| !name.is_empty()).collect();
    let plain = |name: &&str| name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    if members.is_empty() || !members.iter().all(plain) {
        return None;
    }
    let members: Vec<String> = members.into_iter().map(|name| format!("\"{name}\"")).collect();
    let name = chunk["enum".len()..open].trim();
    Some(edit(0, close + 1, format!("type {name} = {}", members.join(" | "))))
}

/// `import { a } from "./x"`, `from x import a, b`, `import x`
fn imported(chunk: &str) -> Option<LocalEdit> {
    let end = line_end(chunk, 0);
    let line = chunk[..end].trim_end().trim_end_matches(';');
    let module = |path: &str| {
        let path = path.trim().trim_matches(['"', '\'']);
        let path = path.strip_suffix(".score").unwrap_or(path);
        if path.contains('/') { path.to_owned() } else { format!("./{}", path.replace('.', "/")) }
    };
    let said = if let Some(rest) = line.strip_prefix("from ") {
        let (path, names) = rest.split_once(" import ")?;
        format!("use {} {{ {} }}", module(path.trim_start_matches('.')), names.trim())
    } else {
        let rest = line.strip_prefix("import ")?;
        match rest.split_once(" from ") {
            Some((names, path)) => {
                let names = names.trim().trim_start_matches('{').trim_end_matches('}').trim();
                format!("use {} {{ {names} }}", module(path))
            }
            None => format!("use {}", module(rest)),
        }
    };
    Some(edit(0, end, said))
}

/// The text after a word in a block of settings: `provider openai`, `model "gpt-5"`.
fn setting<'a>(chunk: &'a str, word: &str) -> Option<&'a str> {
    chunk.lines().find_map(|line| line.trim().strip_prefix(word)?.strip_prefix(' ')).map(str::trim)
}

/// `client<llm> Fast { provider openai options { model "gpt-5" } }`
fn client(chunk: &str) -> Option<LocalEdit> {
    let open = chunk.find('{')?;
    let close = closing(chunk, open)?;
    let name = chunk[..open].split(['>', ' ']).rfind(|word| !word.is_empty())?;
    let model = setting(&chunk[open..close], "model")?.trim_matches('"');
    Some(edit(0, close + 1, format!("instrument {} = openai(\"{model}\")", snake_case(name))))
}

/// `function F(a: string) -> string { client Fast prompt #"…"# }`
fn prompted(chunk: &str) -> Option<LocalEdit> {
    let open = chunk.find('{')?;
    let head = chunk[..open].split_once(' ')?.1.trim();
    let (name, params) = head.split_once('(')?;
    let from = chunk.find("prompt #\"")? + "prompt #\"".len();
    let to = from + chunk[from..].find("\"#")?;
    let close = to + chunk[to..].find('}')?;
    let text = chunk[from..to].replace("{{ ", "{").replace(" }}", "}").replace("{{", "{").replace("}}", "}");
    let player = setting(&chunk[open..from], "client").map_or(String::new(), |client| {
        let client = client.trim_matches('"');
        let client = if client.contains('/') {
            format!("openai(\"{}\")", client.rsplit('/').next().unwrap_or(client))
        } else {
            snake_case(client)
        };
        format!("\n  by {client}")
    });
    Some(edit(0, close + 1, format!("part {}({params}{player}\n  \"\"\"{text}\"\"\"", snake_case(name))))
}
