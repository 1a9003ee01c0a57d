//! Guesses at what an unknown name was meant to be: near spellings, and words of other languages.

use crate::base::{Help, Span, did_you_mean};

/// What people coming from other languages write, and what it is called here.
const FOREIGN: &[(&str, &str)] = &[
    ("none", "`nothing` stands for no value."),
    ("print", "To show a line, write `say \"…\"`."),
    ("println", "To show a line, write `say \"…\"`."),
    ("puts", "To show a line, write `say \"…\"`."),
    ("echo_line", "To show a line, write `say \"…\"`."),
    ("log", "To show a line, write `say \"…\"`."),
    ("length", "The length of a text, list or map is `len(x)`."),
    ("size", "The length of a text, list or map is `len(x)`."),
    ("count", "The length of a text, list or map is `len(x)`."),
    ("str", "To make a text of a value, put it in a hole: `\"{x}\"`."),
    ("to_string", "To make a text of a value, put it in a hole: `\"{x}\"`."),
    ("format", "A text has holes: `\"{x}\"`."),
    ("float", "To make a number of a text, write `number(x)`."),
    ("console", "To show a line, write `say \"…\"`."),
    ("range", "A range is written `0..4`, in `for` and in sizes: both ends belong to it."),
    ("parallel", "Thinking runs together by itself; `together { … }` lets acts run together too."),
    ("while", "A loop without a list is `repeat up to N { … }`."),
    ("sleep", "To wait, write `wait 2s`."),
    ("assert", "To stop where something doesn't hold, write `require c else \"…\"`."),
    ("throw", "To stop with an error, write `fail \"…\"`."),
    ("raise", "To stop with an error, write `fail \"…\"`."),
    ("switch", "To choose by value, write `match x { … }`."),
    ("break", "To leave a `repeat`, write `stop`."),
    ("continue", "Leave out elements with `for x in xs if c { … }`."),
    (
        "fetch",
        "Declare the server as an instrument, `instrument api = http(\"https://…\")`, and a part played by it.",
    ),
    ("assert_eq", "To check in a test, write `expect a == b`."),
    ("assert_equal", "To check in a test, write `expect a == b`."),
    ("expect", "To check in a test, write `expect a == b`, without parentheses."),
    ("input", "A person is an instrument too: `instrument me = human()`, and a part played by it."),
    ("Some", "A value that is there is just the value; one that is not is `nothing`."),
    ("Ok", "What a movement gives is just the value; what goes wrong says `fail \"…\"`."),
    ("Err", "What goes wrong says `fail \"…\"`."),
    ("isinstance", "Whether a value is of a type asks `x is Idea`."),
    ("typeof", "Whether a value is of a type asks `x is text`."),
    ("os", "A variable of the environment is `env(\"NAME\")`, a key `secret(\"NAME\")`."),
    ("process", "A variable of the environment is `env(\"NAME\")`, a key `secret(\"NAME\")`."),
    ("asyncio", "What can run at once does, without being told to."),
    ("Promise", "What can run at once does, without being told to."),
    ("JSON", "JSON of a value is `json(x)`; a text is read into a type with `text as Idea`."),
    ("open", "The text of a file is `read(\"notes.md\")`."),
    ("pass", "An empty block is `{}`."),
    ("undefined", "`nothing` stands for no value."),
    ("ChatOpenAI", CONSTRUCTOR),
    ("OpenAI", CONSTRUCTOR),
    ("AzureChatOpenAI", CONSTRUCTOR),
    ("ChatAnthropic", CONSTRUCTOR),
    ("Anthropic", CONSTRUCTOR),
    ("Claude", CONSTRUCTOR),
    ("ChatOllama", CONSTRUCTOR),
    ("Ollama", CONSTRUCTOR),
    ("ChatGoogleGenerativeAI", CONSTRUCTOR),
    ("Gemini", CONSTRUCTOR),
    ("ask", "A person is an instrument too: `instrument me = human()`, and a part played by it."),
];

const CONSTRUCTOR: &str = "A model is made by the constructor of its service: `openai(\"…\")`, `anthropic(\"…\")`, `gemini(\"…\")`, `ollama(\"…\")`.";

/// Words of the language that something stands behind.
const WORDS: &[&str] = &[
    "within",
    "retry",
    "otherwise",
    "require",
    "return",
    "repeat",
    "together",
    "limit",
    "match",
    "vouch",
    "ensure",
];

/// Names of types elsewhere, and what they are called here.
const FOREIGN_TYPES: &[(&str, &str)] = &[
    ("String", "text"),
    ("Text", "text"),
    ("Number", "number"),
    ("Int", "int"),
    ("Integer", "int"),
    ("Bool", "bool"),
    ("Boolean", "bool"),
    ("Map", "map[text]"),
    ("List", "[text]"),
    ("Array", "[text]"),
    ("Date", "date"),
    ("sound", "audio"),
    ("bytes", "file"),
];

/// What to say of a name that people bring from elsewhere.
#[must_use]
pub fn foreign_name(name: &str) -> Option<&'static str> {
    FOREIGN.iter().find(|(known, _)| *known == name).map(|(_, help)| *help)
}

/// What stands in the brackets that open at a place, and where they close.
fn inside(rest: &str, open: usize) -> Option<(&str, usize)> {
    let mut depth = 0_usize;
    for (at, byte) in rest.bytes().enumerate().skip(open) {
        match byte {
            b'(' | b'[' | b'{' => depth += 1,
            b')' | b']' | b'}' => {
                depth = depth.checked_sub(1)?;
                if depth == 0 {
                    return Some((rest[open + 1..at].trim(), at + 1));
                }
            }
            _ => {}
        }
    }
    None
}

/// What stands instead of a foreign name that means something with what follows it, and how much of the line that is.
fn foreign_form(name: &str, rest: &str) -> Option<(usize, String)> {
    let constructor = match name {
        "ChatOpenAI" | "OpenAI" | "AzureChatOpenAI" => "openai",
        "ChatAnthropic" | "Anthropic" | "Claude" => "anthropic",
        "ChatOllama" | "Ollama" => "ollama",
        "ChatGoogleGenerativeAI" | "Gemini" => "gemini",
        _ => "",
    };
    if !constructor.is_empty() {
        return Some((name.len(), constructor.to_owned()));
    }
    let bracket = |before: &str| {
        let open = before.len();
        (rest.starts_with(before) && rest[open..].starts_with(['(', '[']))
            .then(|| inside(rest, open))
            .flatten()
    };
    match name {
        "break" => Some((name.len(), String::from("stop"))),
        "pass" => Some((name.len(), String::new())),
        "undefined" | "none" => Some((name.len(), String::from("nothing"))),
        "Some" | "Ok" => bracket(name).map(|(value, end)| (end, value.to_owned())),
        "isinstance" => {
            let (both, end) = bracket(name)?;
            let (value, ty) = both.split_once(',')?;
            Some((end, format!("{} is {}", value.trim(), ty.trim())))
        }
        "typeof" => {
            let (value, after) = rest.strip_prefix("typeof ")?.split_once("==")?;
            let quoted = after.trim_start_matches('=').trim_start();
            let ty = quoted.strip_prefix('"')?.split('"').next()?;
            let length = rest.len() - quoted.len() + ty.len() + 2;
            let ty = match ty {
                "string" => "text",
                "boolean" => "bool",
                other => other,
            };
            Some((length, format!("{} is {ty}", value.trim())))
        }
        "os" => {
            let (key, end) = bracket("os.environ")
                .or_else(|| bracket("os.getenv"))
                .or_else(|| bracket("os.environ.get"))?;
            Some((end, format!("env({key})")))
        }
        "process" => {
            let key = rest.strip_prefix("process.env.")?;
            let length = key.bytes().take_while(|byte| byte.is_ascii_alphanumeric() || *byte == b'_').count();
            Some(("process.env.".len() + length, format!("env(\"{}\")", &key[..length])))
        }
        "asyncio" => match bracket("asyncio.gather") {
            Some((all, end)) => Some((end, format!("[{all}]"))),
            None => bracket("asyncio.sleep").map(|(time, end)| (end, waiting(time))),
        },
        "Promise" => {
            let (all, end) = bracket("Promise.all").or_else(|| bracket("Promise.allSettled"))?;
            Some((end, all.to_owned()))
        }
        "time" => bracket("time.sleep").map(|(time, end)| (end, waiting(time))),
        "sleep" => bracket("sleep").map(|(time, end)| (end, waiting(time))),
        "JSON" => match bracket("JSON.stringify") {
            Some((value, end)) => Some((end, format!("json({value})"))),
            None => bracket("JSON.parse").map(|(text, end)| (end, format!("({text} as json)"))),
        },
        "open" => {
            let (path, end) = bracket("open")?;
            let path = path.split(',').next().unwrap_or(path);
            let read = [".read()", ".read_text()"].into_iter().find(|read| rest[end..].starts_with(read));
            Some((end + read.map_or(0, str::len), format!("read({path})")))
        }
        _ => None,
    }
}

/// `wait 2s` for a number of seconds.
fn waiting(time: &str) -> String {
    let seconds = time.bytes().all(|byte| byte.is_ascii_digit()) && !time.is_empty();
    if seconds { format!("wait {time}s") } else { format!("wait {time}") }
}

/// What a call of a foreign name is here, and how much of the line that stands instead of.
fn foreign_call(name: &str, rest: &str) -> Option<(usize, String)> {
    if let Some(found) = foreign_form(name, rest) {
        return Some(found);
    }
    let open = rest.find('(')?;
    let called = &rest[..open];
    let close = open + rest[open..].find(')')?;
    let inside = rest[open + 1..close].trim();
    match name {
        "print" | "println" | "puts" | "log" | "echo_line" if called == name => {
            Some((name.len(), String::from("say ")))
        }
        "console" if matches!(called, "console.log" | "console.info" | "console.error") => {
            Some((open, String::from("say ")))
        }
        "length" | "size" | "count" if called == name => Some((name.len(), String::from("len"))),
        "float" if called == name => Some((name.len(), String::from("number"))),
        "str" | "to_string" | "String" if called == name && !inside.contains(['(', '"']) => {
            Some((close + 1, format!("\"{{{inside}}}\"")))
        }
        "throw" | "raise" if called == name => Some((name.len(), String::from("fail "))),
        "range" if called == name => {
            let (least, most) = inside.split_once(',').unwrap_or(("0", inside));
            let last = match most.trim().parse::<i64>() {
                Ok(most) => most.saturating_sub(1).to_string(),
                Err(_) if most.contains('(') => return None,
                Err(_) => format!("{} - 1", most.trim()),
            };
            Some((close + 1, format!("{}..{last}", least.trim())))
        }
        _ => None,
    }
}

/// What a type's name is meant for that stands where a value does: `time.sleep(2)`.
pub(super) fn module_help(name: &str, rest: &str, span: Span) -> Option<Help> {
    let (length, here) = foreign_form(name, rest)?;
    let end = span.start.saturating_add(u32::try_from(length).unwrap_or(0));
    Some(Help::new("To wait, write `wait 2s`.").replacing(Span::new(span.start, end), here))
}

/// The help for an unknown name, given what stands from it to the end of its line, and all that is visible.
pub(super) fn name_help<'a>(
    name: &str,
    (before, rest): (&str, &str),
    span: Span,
    visible: impl IntoIterator<Item = &'a str>,
) -> Option<Help> {
    if let Some(help) = foreign_name(name) {
        let longer = |length: usize| {
            Span::new(span.start, span.start.saturating_add(u32::try_from(length).unwrap_or(u32::MAX)))
        };
        // What a key is looked up by is no text that could be shown.
        let key = ["key:", "bearer:"].iter().any(|label| before.trim_end().ends_with(label));
        return Some(match foreign_call(name, rest) {
            Some((length, here)) if key && here.starts_with("env(") => {
                Help::new(help).replacing(longer(length), here.replacen("env", "secret", 1))
            }
            Some((length, here)) => Help::new(help).replacing(longer(length), here),
            None => help.into(),
        });
    }
    // A name with something behind it on its line may be a word of the language that was misspelt.
    let words: &[&str] = if rest[name.len().min(rest.len())..].starts_with(' ') { WORDS } else { &[] };
    did_you_mean(name, visible)
        .or_else(|| did_you_mean(name, words.iter().copied()))
        .map(|meant| Help::meant(meant, span))
}

/// The help for an unknown type, given all that is visible.
pub(super) fn type_help<'a>(
    name: &str,
    span: Span,
    visible: impl IntoIterator<Item = &'a str>,
) -> Option<Help> {
    if let Some((_, here)) = FOREIGN_TYPES.iter().find(|(known, _)| *known == name) {
        return Some(Help::new(format!("It is called `{here}` here.")).replacing(span, *here));
    }
    did_you_mean(name, visible).map(|meant| Help::meant(meant, span))
}

/// The help for a word that is no type and none that is near: types of a score begin with a capital.
pub(super) fn word_help(name: &str, span: Span) -> Option<Help> {
    name.starts_with(|first: char| first.is_ascii_lowercase()).then(|| {
        Help::new(format!("A word to choose stands in quotes: `\"{name}\"`."))
            .replacing(span, format!("\"{name}\""))
    })
}
