//! The texts of a program, laid end to end in one space of byte offsets.

use std::sync::Arc;

use miette::{MietteError, MietteSpanContents, SourceCode, SourceSpan, SpanContents};

use super::Span;

/// Which file of a [`SourceMap`].
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct FileId(pub u32);

/// One source text and the place where it begins in the shared offset space.
#[derive(Debug, Clone)]
pub struct SourceFile {
    /// The name shown to people: a path as the user wrote it, or `<repl>`.
    pub name: Arc<str>,
    /// The whole text.
    pub text: Arc<str>,
    /// The number of its first line, from 1: more where it is a piece of a longer input.
    pub first_line: usize,
    /// Offset of the first byte in the shared space.
    pub start: u32,
}

/// A piece of an input that is read bit by bit: an entry at a prompt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    /// The name shown to people.
    pub name: Arc<str>,
    /// The text.
    pub text: Arc<str>,
    /// The number that its first line has in the whole input, from 1.
    pub first_line: usize,
}

impl SourceFile {
    /// The span of the whole file.
    #[must_use]
    pub fn span(&self) -> Span {
        Span::new(self.start, self.start + len32(&self.text))
    }

    /// Line and column of a shared offset, both counted from 1, lines from its first one; columns in characters.
    #[must_use]
    pub fn line_column(&self, offset: u32) -> (usize, usize) {
        let local = (offset.saturating_sub(self.start) as usize).min(self.text.len());
        let before = self.text.get(..local).unwrap_or(&self.text);
        let line = before.bytes().filter(|byte| *byte == b'\n').count() + self.first_line;
        let column = before.rsplit('\n').next().unwrap_or("").chars().count() + 1;
        (line, column)
    }
}

/// All texts of a program.
#[derive(Debug, Clone, Default)]
pub struct SourceMap {
    files: Vec<SourceFile>,
}

impl SourceMap {
    /// Adds a text and says which file it is. A gap of one byte keeps neighbouring files apart.
    pub fn add(&mut self, name: impl Into<Arc<str>>, text: impl Into<Arc<str>>) -> FileId {
        let start = self.files.last().map_or(0, |file| file.span().end + 1);
        let id = FileId(len_u32(self.files.len()));
        self.files.push(SourceFile { name: name.into(), text: text.into(), first_line: 1, start });
        id
    }

    /// Adds a piece of an input.
    pub fn add_piece(&mut self, piece: &Piece) -> FileId {
        let id = self.add(Arc::clone(&piece.name), Arc::clone(&piece.text));
        if let Some(file) = self.files.last_mut() {
            file.first_line = piece.first_line;
        }
        id
    }

    /// The file with this id.
    #[must_use]
    pub fn file(&self, id: FileId) -> &SourceFile {
        &self.files[id.0 as usize]
    }

    /// All files, in the order they were added.
    #[must_use]
    pub fn files(&self) -> &[SourceFile] {
        &self.files
    }

    /// The file that holds this offset, if any does.
    #[must_use]
    pub fn file_at(&self, offset: u32) -> Option<&SourceFile> {
        let after = self.files.partition_point(|file| file.start <= offset);
        self.files.get(after.checked_sub(1)?)
    }

    /// The text a span covers; empty where it covers none.
    #[must_use]
    pub fn text(&self, span: Span) -> &str {
        let Some(file) = self.file_at(span.start) else { return "" };
        let start = (span.start - file.start) as usize;
        file.text.get(start..start + span.len()).unwrap_or("")
    }

    /// `name:line:column` of the beginning of a span.
    #[must_use]
    pub fn place(&self, span: Span) -> String {
        match self.file_at(span.start) {
            Some(file) => {
                let (line, column) = file.line_column(span.start);
                format!("{}:{line}:{column}", file.name)
            }
            None => String::from("<unknown>"),
        }
    }
}

fn len32(text: &str) -> u32 {
    len_u32(text.len())
}

/// Sources are refused above 256 MiB long before this saturates.
fn len_u32(len: usize) -> u32 {
    u32::try_from(len).unwrap_or(u32::MAX)
}

impl SourceCode for SourceMap {
    fn read_span<'a>(
        &'a self,
        span: &SourceSpan,
        context_lines_before: usize,
        context_lines_after: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        let offset = u32::try_from(span.offset()).map_err(|_| MietteError::OutOfBounds)?;
        let file = self.file_at(offset).ok_or(MietteError::OutOfBounds)?;
        let local = SourceSpan::from(((offset - file.start) as usize, span.len()));
        let contents = file.text.read_span(&local, context_lines_before, context_lines_after)?;
        let found = contents.span();
        let shared = SourceSpan::from((found.offset() + file.start as usize, found.len()));
        Ok(Box::new(MietteSpanContents::new_named(
            file.name.to_string(),
            contents.data(),
            shared,
            contents.line() + file.first_line - 1,
            contents.column(),
            contents.line_count(),
        )))
    }
}
