//! Types of other languages, and how they are written here.

/// Types that are called something else here.
const NAMES: &[(&str, &str)] = &[
    ("string", "text"),
    ("str", "text"),
    ("char", "text"),
    ("String", "text"),
    ("integer", "int"),
    ("long", "int"),
    ("uint", "int"),
    ("float", "number"),
    ("double", "number"),
    ("decimal", "number"),
    ("boolean", "bool"),
    ("void", "nothing"),
    ("null", "nothing"),
    ("none", "nothing"),
    ("None", "nothing"),
    ("nil", "nothing"),
    ("unit", "nothing"),
    ("undefined", "nothing"),
    ("any", "json"),
    ("object", "json"),
    ("unknown", "json"),
    ("list", "[text]"),
    ("array", "[text]"),
    ("dict", "map[text]"),
    ("datetime", "time"),
    ("timestamp", "time"),
    ("timedelta", "duration"),
    ("picture", "image"),
];

/// What a type with arguments is here.
#[derive(Clone, Copy)]
enum Shape {
    List,
    Optional,
    Map,
    Bare,
    Choice,
}

const SHAPES: &[(&str, Shape)] = &[
    ("List", Shape::List),
    ("list", Shape::List),
    ("Array", Shape::List),
    ("array", Shape::List),
    ("Vec", Shape::List),
    ("Sequence", Shape::List),
    ("Iterable", Shape::List),
    ("Set", Shape::List),
    ("set", Shape::List),
    ("Optional", Shape::Optional),
    ("Option", Shape::Optional),
    ("Maybe", Shape::Optional),
    ("Dict", Shape::Map),
    ("dict", Shape::Map),
    ("Map", Shape::Map),
    ("HashMap", Shape::Map),
    ("Record", Shape::Map),
    ("map", Shape::Map),
    ("Literal", Shape::Choice),
    ("Union", Shape::Choice),
    ("Result", Shape::Bare),
    ("Promise", Shape::Bare),
    ("Awaitable", Shape::Bare),
];

/// What a type is called here, if its name is one of another language.
pub(super) fn named(name: &str) -> Option<&'static str> {
    NAMES.iter().find(|(there, _)| *there == name).map(|(_, here)| *here)
}

/// Whether a type of this name takes arguments elsewhere.
pub(super) fn takes_arguments(name: &str) -> bool {
    SHAPES.iter().any(|(there, _)| *there == name)
}

/// A type as it is written here: what is none of another language stays as it is.
pub(super) fn translated(written: &str) -> String {
    let written = written.trim();
    if let Some(inner) = written.strip_suffix("[]") {
        return format!("[{}]", translated(inner));
    }
    let Some((name, arguments)) = written.split_once(['<', '[']).filter(|(name, _)| !name.is_empty()) else {
        return named(written).unwrap_or(written).to_owned();
    };
    let arguments = arguments.strip_suffix(['>', ']']).unwrap_or(arguments);
    let Some((_, shape)) = SHAPES.iter().find(|(there, _)| *there == name.trim()) else {
        return written.to_owned();
    };
    match shape {
        Shape::List => format!("[{}]", translated(arguments)),
        Shape::Optional => format!("{}?", translated(arguments)),
        Shape::Map => {
            format!("map[{}]", translated(arguments.split_once(',').map_or(arguments, |(_, value)| value)))
        }
        Shape::Bare => translated(arguments.split_once(',').map_or(arguments, |(value, _)| value)),
        Shape::Choice => arguments.split(',').map(translated).collect::<Vec<_>>().join(" | "),
    }
}

/// A type before a `[` that means nothing after it, as in `string[]` and `Optional[str]`: where it begins and ends.
pub(super) fn bracketed(source: &str, at: usize) -> Option<(usize, usize)> {
    let before = &source[..at];
    let from =
        before.rfind(|last: char| !(last.is_ascii_alphanumeric() || last == '_')).map_or(0, |last| last + 1);
    let name = &source[from..at];
    let before = source[..from].trim_end();
    let in_type = before.ends_with([':', '>', '|', '<', '['])
        || source.starts_with("type ") && before.ends_with('=') && !before.contains('{');
    let mut end = at;
    while source[end..].starts_with("[]") {
        end += 2;
    }
    if end > at && in_type && !name.is_empty() {
        return Some((from, end));
    }
    if !takes_arguments(name) || !in_type {
        return None;
    }
    let mut depth = 0_usize;
    for (here, byte) in source.bytes().enumerate().skip(at) {
        match byte {
            b'[' => depth += 1,
            b']' if depth <= 1 => return Some((from, here + 1)),
            b']' => depth -= 1,
            b'\n' => return None,
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::translated;

    #[test]
    fn types_of_other_languages_are_translated() {
        assert_eq!(translated("Vec<String>"), "[text]");
        assert_eq!(translated("Optional[List[str]]"), "[text]?");
        assert_eq!(translated("Dict[str, float]"), "map[number]");
        assert_eq!(translated("Idea[]"), "[Idea]");
        assert_eq!(translated("Promise<void>"), "nothing");
        assert_eq!(translated("Winner<text>"), "Winner<text>");
    }
}
