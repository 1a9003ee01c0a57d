//! The edits that mend what is wrong with how a score is written, where what it says tells them.

use super::ParseError;
use crate::base::{Edit, Span};
use crate::report::Finding;

impl Finding for ParseError {
    fn edits(&self) -> Vec<Edit> {
        let edit = |span: Span, here: &str| Edit { span, replacement: here.to_owned() };
        match self {
            Self::Foreign { help, .. }
            | Self::UnknownItem { help, .. }
            | Self::Mismatched { help, .. }
            | Self::Equals { help, .. }
            | Self::Character { help, .. }
            | Self::Number { help, .. }
            | Self::Size { help, .. }
            | Self::Suffix { help, .. }
            | Self::LeaveBlock { help, .. }
            | Self::Repeated { help, .. }
            | Self::Path { help, .. } => help.edits().to_vec(),
            Self::Expected { help: Some(help), .. } => help.edits().to_vec(),
            Self::Text(error) => error.edits(),
            Self::Hidden { span, .. } | Self::Unopened { span, .. } => vec![edit(*span, "")],
            Self::SingleQuotes { instead, span } if !instead.contains('…') => vec![edit(*span, instead)],
            Self::ForeignType { instead, span, .. } | Self::NameCase { instead, span, .. } => {
                vec![edit(*span, instead)]
            }
            Self::ItemInside { close, span, .. } => {
                vec![edit(Span::at(span.start), &format!("{close}\n\n"))]
            }
            Self::Unclosed { close, end, .. } => vec![edit(*end, &format!("\n{close}"))],
            Self::MissingComma { gap, .. } => vec![edit(*gap, ",")],
            Self::ChainedComparison { instead, whole, .. } if !instead.contains('…') => {
                vec![edit(*whole, instead)]
            }
            Self::NotInside { whole, .. } | Self::AmbiguousComma { span: whole, .. } => {
                vec![edit(Span::at(whole.start), "("), edit(Span::at(whole.end), ")")]
            }
            Self::OptionalMember { union, whole, .. } => vec![edit(*whole, &format!("({union})?"))],
            Self::BareTypePattern { span, .. } => vec![edit(Span::at(span.end), " _")],
            Self::NoElse { span, .. } => vec![edit(Span::at(span.end), " else \"…\"")],
            Self::LateClause { written, text, gap, .. } if !written.contains('…') => {
                vec![edit(*text, &format!("{written}\n  ")), edit(*gap, "")]
            }
            _ => Vec::new(),
        }
    }
}
