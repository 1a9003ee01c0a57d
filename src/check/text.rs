//! Texts and their holes.

use std::collections::HashSet;

use super::ValueError;
use super::advice::show;
use super::checker::Checker;
use super::fits::{find, unshowable};
use crate::base::NodeId;
use crate::syntax::ast::{self, Expr, TextPiece};
use crate::types::{Literal, Type};

impl<'a> Checker<'a> {
    /// A text that is not sent to an instrument.
    pub(super) fn text(&mut self, text: &'a ast::Text) -> Type {
        for hole in holes(text) {
            let found = self.expr(hole, None);
            self.printable(hole, &found);
            if let Some(media) = find(&found, |ty| ty.is_media().then(|| show(ty))) {
                let help = String::from(
                    "Pictures, sounds, films and files stand in the text of a part, which sends them.",
                );
                self.report(ValueError::Unprintable { found: media, help: help.into(), span: hole.span });
            }
        }
        text.plain().map_or(Type::Text, |plain| Type::Literal(Literal::Text(plain)))
    }

    /// A text that is sent to an instrument: media may stand in it, and secrets in the headers of a request.
    pub(super) fn prompt_text(&mut self, text: &'a ast::Text, takes_secrets: bool) {
        let headers = if takes_secrets { in_headers(text) } else { HashSet::new() };
        for hole in holes(text) {
            let ty = self.expr(hole, None);
            if *ty.shape() != Type::Secret || !headers.contains(&hole.id) {
                self.printable(hole, &ty);
            }
        }
    }

    fn printable(&mut self, hole: &Expr, found: &Type) {
        match unshowable(found) {
            Some("a secret") => self.report(ValueError::Secret { how: "put into a text", span: hole.span }),
            Some(what) => {
                let help = match found.shape() {
                    Type::Instrument => format!("Its name is `name({})`.", self.source_or_x(hole.span)),
                    _ => String::from("Put in what it holds, field by field."),
                };
                self.report(ValueError::Unprintable {
                    found: what.to_owned(),
                    help: help.into(),
                    span: hole.span,
                });
            }
            None if *found.shape() == Type::Nothing => {
                let help = String::from("It never has a value. Leave the hole out.");
                self.report(ValueError::Unprintable {
                    found: show(found),
                    help: help.into(),
                    span: hole.span,
                });
            }
            None => {}
        }
    }
}

/// The holes of a request file that stand in the value of a header.
fn in_headers(text: &ast::Text) -> HashSet<NodeId> {
    let mut found = HashSet::new();
    let mut line = String::new();
    let mut lines = 0;
    for piece in &text.pieces {
        match piece {
            TextPiece::Literal { value, .. } => {
                for letter in value.chars() {
                    match letter {
                        // A blank line ends the headers.
                        '\n' if lines > 0 && line.trim().is_empty() => return found,
                        '\n' => {
                            lines += 1;
                            line.clear();
                        }
                        letter => line.push(letter),
                    }
                }
            }
            TextPiece::Hole { value, .. } => {
                if lines > 0 && line.contains(':') {
                    found.insert(value.id);
                }
                line.push('_');
            }
        }
    }
    found
}

fn holes(text: &ast::Text) -> impl Iterator<Item = &Expr> {
    text.pieces.iter().filter_map(|piece| match piece {
        TextPiece::Hole { value, .. } => Some(&**value),
        TextPiece::Literal { .. } => None,
    })
}
