//! Diagnostics with the source around them.

use miette::{Diagnostic, GraphicalReportHandler, GraphicalTheme};

use super::{Sourced, excerpt::Excerpt};
use crate::base::SourceMap;

/// What a terminal can show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Look {
    /// Colours.
    pub colour: bool,
    /// Lines drawn with other than ASCII characters.
    pub unicode: bool,
    /// Columns.
    pub width: usize,
}

impl Look {
    /// Without colours, 100 columns wide: for files and tests.
    pub const PLAIN: Self = Self { colour: false, unicode: true, width: 100 };
}

pub(super) fn show(diagnostic: &dyn Diagnostic, sources: &SourceMap, look: Look, out: &mut String) {
    let theme = match (look.unicode, look.colour) {
        (true, true) => GraphicalTheme::unicode(),
        (true, false) => GraphicalTheme::unicode_nocolor(),
        (false, true) => {
            GraphicalTheme { characters: miette::ThemeCharacters::ascii(), ..GraphicalTheme::unicode() }
        }
        (false, false) => GraphicalTheme::none(),
    };
    let handler = GraphicalReportHandler::new_themed(theme)
        .with_width(look.width.clamp(40, 120))
        .with_context_lines(1)
        .tab_width(2);
    let before = out.len();
    let sourced = Sourced { diagnostic, sources: Excerpt(sources) };
    if handler.render_report(out, &sourced).is_err() {
        // The printer refuses only spans outside every source: still say what is wrong.
        out.truncate(before);
        super::short::show(diagnostic, sources, out);
    }
    if !out.ends_with('\n') {
        out.push('\n');
    }
}
