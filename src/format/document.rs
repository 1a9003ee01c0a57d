//! Documents: what is to be laid out, and where lines may break. A group stands on one line where it fits, else
//! all of its own breaks are line breaks (after P. Wadler, "A prettier printer", 1998).

/// How wide lines should be.
pub(super) const WIDTH: usize = 100;

/// Something to be laid out.
#[derive(Debug, Clone)]
pub(super) enum Doc {
    /// Nothing.
    Nil,
    /// Characters without a line break.
    Text(String),
    /// A blank, or a line break in a group that is broken.
    Line,
    /// Nothing, or a line break in a group that is broken.
    Soft,
    /// A comma and a blank, or a line break in a group that is broken.
    Separator,
    /// Nothing; the group is broken.
    Forced,
    /// A line break.
    Hard,
    /// An empty line: a line break after one.
    Blank,
    /// Characters only where the group is broken.
    Broken(&'static str),
    /// Ends a line: nothing may follow on it. Its width doesn't count.
    Ending(String),
    /// The lines of a long text: the first goes on where it stands, the others begin with the indentation, unless
    /// they are raw.
    Lines(Vec<(String, Raw)>),
    /// One after another.
    All(Vec<Doc>),
    /// Two columns further in.
    Nest(Box<Doc>),
    /// Never broken.
    Flat(Box<Doc>),
    /// On one line or broken.
    Group {
        /// What.
        inner: Box<Doc>,
        /// Whether it is broken however short it is.
        broken: bool,
    },
}

/// Whether a line is written as it is, without indentation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Raw {
    Yes,
    No,
}

impl Doc {
    /// Characters.
    pub(super) fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    /// Two columns further in.
    pub(super) fn nest(self) -> Self {
        Self::Nest(Box::new(self))
    }

    /// On one line where it fits and nothing in it ends one.
    pub(super) fn group(self) -> Self {
        self.group_if(false)
    }

    /// The same, broken if that is said.
    pub(super) fn group_if(self, broken: bool) -> Self {
        let broken = broken || self.ends_line();
        Self::Group { inner: Box::new(self), broken }
    }

    /// Whether something in it ends a line.
    pub(super) fn ends_line(&self) -> bool {
        match self {
            Self::Hard | Self::Blank | Self::Ending(_) | Self::Forced => true,
            Self::Lines(lines) => lines.len() > 1,
            Self::All(all) => all.iter().any(Self::ends_line),
            Self::Nest(inner) | Self::Flat(inner) => inner.ends_line(),
            Self::Group { inner, broken } => *broken || inner.ends_line(),
            Self::Nil | Self::Text(_) | Self::Line | Self::Soft | Self::Separator | Self::Broken(_) => false,
        }
    }
}

/// One after another.
pub(super) fn all(docs: impl IntoIterator<Item = Doc>) -> Doc {
    Doc::All(docs.into_iter().collect())
}

/// One after another with something between them.
pub(super) fn join(docs: impl IntoIterator<Item = Doc>, between: &Doc) -> Doc {
    let mut joined = Vec::new();
    for (at, doc) in docs.into_iter().enumerate() {
        if at > 0 {
            joined.push(between.clone());
        }
        joined.push(doc);
    }
    Doc::All(joined)
}

/// How wide a text is, in columns.
pub(super) fn width(text: &str) -> usize {
    unicode_width::UnicodeWidthStr::width(text)
}

/// Lays a document out; lines end without blanks, the last with a line break.
pub(super) fn lay_out(doc: &Doc) -> String {
    let mut out = Out { text: String::new(), column: 0, indent: 0 };
    let mut pending = vec![(0_usize, true, doc)];
    while let Some((indent, broken, doc)) = pending.pop() {
        match doc {
            Doc::Nil | Doc::Forced => {}
            Doc::Text(text) => out.put(text),
            Doc::Separator if broken => out.end_line(indent),
            Doc::Separator => out.put(", "),
            Doc::Line if broken => out.end_line(indent),
            Doc::Line => out.put(" "),
            Doc::Soft if broken => out.end_line(indent),
            Doc::Soft => {}
            Doc::Hard => out.end_line(indent),
            Doc::Blank => {
                out.end_line(indent);
                out.end_line(indent);
            }
            Doc::Broken(text) => {
                if broken {
                    out.put(text);
                }
            }
            Doc::Ending(text) => out.put(text),
            Doc::Lines(lines) => out.lines(lines, indent),
            Doc::All(all) => pending.extend(all.iter().rev().map(|doc| (indent, broken, doc))),
            Doc::Nest(inner) => pending.push((indent + 2, broken, inner)),
            Doc::Flat(inner) => pending.push((indent, false, inner)),
            Doc::Group { inner, broken: own } => {
                let broken = *own || broken && !fits(inner, WIDTH.saturating_sub(out.at()), &pending);
                pending.push((indent, broken, inner));
            }
        }
    }
    let end = out.text.trim_end().len();
    out.text.truncate(end);
    out.text.push('\n');
    out.text
}

struct Out {
    text: String,
    column: usize,
    /// Blanks that are due before the first character of this line.
    indent: usize,
}

impl Out {
    fn at(&self) -> usize {
        if self.column == 0 { self.indent } else { self.column }
    }

    fn put(&mut self, text: &str) {
        if self.column == 0 {
            if text == " " {
                return;
            }
            self.text.extend(std::iter::repeat_n(' ', self.indent));
            self.column = self.indent;
        }
        self.text.push_str(text);
        self.column += width(text);
    }

    fn end_line(&mut self, indent: usize) {
        // What was written last is no text of the score: texts are whole.
        if self.text.ends_with(' ') {
            let end = self.text.trim_end_matches(' ').len();
            self.text.truncate(end);
        }
        self.text.push('\n');
        self.column = 0;
        self.indent = indent;
    }

    fn lines(&mut self, lines: &[(String, Raw)], indent: usize) {
        for (at, (line, raw)) in lines.iter().enumerate() {
            if at > 0 {
                self.text.push('\n');
                self.column = 0;
                if *raw == Raw::No && !line.is_empty() {
                    self.text.extend(std::iter::repeat_n(' ', indent));
                    self.column = indent;
                }
                self.text.push_str(line);
                // A line of a text is there though it is empty.
                self.column = (self.column + width(line)).max(1);
            } else {
                self.put(line);
            }
        }
    }
}

/// Whether something fits on the rest of the line, with what follows it up to the next break.
fn fits(doc: &Doc, room: usize, after: &[(usize, bool, &Doc)]) -> bool {
    let mut room = room;
    let mut pending = vec![(false, doc)];
    let mut after = after.iter().rev();
    loop {
        let Some((broken, doc)) = pending.pop() else {
            match after.next() {
                Some((_, broken, doc)) => {
                    pending.push((*broken, doc));
                    continue;
                }
                None => return true,
            }
        };
        let taken = match doc {
            Doc::Nil | Doc::Ending(_) | Doc::Forced => 0,
            Doc::Separator if broken => return true,
            Doc::Separator => 2,
            Doc::Text(text) => width(text),
            Doc::Line | Doc::Soft if broken => return true,
            Doc::Line => 1,
            Doc::Soft => 0,
            Doc::Hard | Doc::Blank => return true,
            Doc::Broken(text) => {
                if broken {
                    width(text)
                } else {
                    0
                }
            }
            Doc::Lines(lines) => {
                let first = lines.first().map_or(0, |(line, _)| width(line));
                if lines.len() > 1 {
                    return first <= room;
                }
                first
            }
            Doc::All(all) => {
                pending.extend(all.iter().rev().map(|doc| (broken, doc)));
                0
            }
            Doc::Nest(inner) => {
                pending.push((broken, inner));
                0
            }
            Doc::Flat(inner) => {
                pending.push((false, inner));
                0
            }
            // What follows may be broken where it is not said that it isn't.
            Doc::Group { inner, broken: own } => {
                pending.push((*own || broken, inner));
                0
            }
        };
        match room.checked_sub(taken) {
            Some(left) => room = left,
            None => return false,
        }
    }
}
