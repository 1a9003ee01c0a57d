//! The catalogue of codes: what each means, why it is so, and what it looks like wrong and right. One file a
//! phase; `score explain` and `docs/errors.md` are made of it.

/// What a code is and what to do about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    /// `score::<phase>::<name>`.
    pub code: &'static str,
    /// What is wrong, as a sentence.
    pub title: &'static str,
    /// Why it is so and what to do, in paragraphs.
    pub why: &'static str,
    /// The examples as they stand in the catalogue, fences and all.
    blocks: &'static str,
}

/// A file of an example.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Example {
    /// What it shows.
    pub shows: Shows,
    /// `score`, or `toml` for a `score.toml`.
    pub language: &'static str,
    /// Its text.
    pub text: &'static str,
}

/// What an example shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shows {
    /// What gives the code.
    Wrong,
    /// What is meant instead.
    Right,
    /// A module that both bring in: its name, without `./`.
    Beside(&'static str),
}

/// What stands above the entries in `docs/errors.md`.
const HEAD: &str = include_str!("catalogue/head.md");

/// The phases in the order in which they come, each sorted by code.
const PHASES: [&str; 7] = [
    include_str!("catalogue/load.md"),
    include_str!("catalogue/parse.md"),
    include_str!("catalogue/resolve.md"),
    include_str!("catalogue/check.md"),
    include_str!("catalogue/plan.md"),
    include_str!("catalogue/run.md"),
    include_str!("catalogue/journal.md"),
];

/// All entries, in order.
pub fn entries() -> impl Iterator<Item = Entry> {
    PHASES.into_iter().flat_map(|phase| phase.split("\n## ")).filter_map(entry)
}

/// The entry of a code, given in full, without `score::`, or by its last word.
#[must_use]
pub fn find(code: &str) -> Option<Entry> {
    let short = code.strip_prefix("score::").unwrap_or(code);
    entries()
        .find(|entry| entry.name() == short)
        .or_else(|| entries().find(|entry| entry.code.rsplit("::").next() == Some(short)))
}

/// The page of all codes: `docs/errors.md`.
#[must_use]
pub fn page() -> String {
    PHASES.into_iter().fold(HEAD.to_owned(), |page, phase| {
        let gap = if page.ends_with("\n\n") { "" } else { "\n" };
        format!("{page}{gap}{phase}")
    })
}

impl Entry {
    /// The code without `score::`.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.code.strip_prefix("score::").unwrap_or(self.code)
    }

    /// `load`, `parse`, `resolve`, `check`, `plan`, `run` or `journal`.
    #[must_use]
    pub fn phase(&self) -> &'static str {
        self.name().split("::").next().unwrap_or_default()
    }

    /// Its examples, in the order in which they stand.
    pub fn examples(&self) -> impl Iterator<Item = Example> {
        self.blocks.split("```\n").filter_map(|block| {
            let (info, text) = block.trim_start().strip_prefix("```").unwrap_or_default().split_once('\n')?;
            let (language, rest) = info.split_once(' ').unwrap_or((info, ""));
            let shows = match rest.split_once(' ') {
                Some(("beside", name)) => Shows::Beside(name),
                None if rest == "wrong" => Shows::Wrong,
                _ => Shows::Right,
            };
            Some(Example { shows, language, text })
        })
    }
}

/// Reads a section: its heading, a title, paragraphs, examples.
fn entry(section: &'static str) -> Option<Entry> {
    let section = section.strip_prefix("## ").unwrap_or(section);
    let (code, text) = section.split_once('\n')?;
    let at = text.find("\n```").map_or(text.len(), |at| at + 1);
    let (said, blocks) = text.split_at(at);
    let (title, why) = said.trim().split_once("\n\n").unwrap_or((said.trim(), ""));
    Some(Entry { code: code.trim(), title, why: why.trim(), blocks })
}
