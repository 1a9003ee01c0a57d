//! Texts and their holes.

use super::ValueError;
use super::advice::show;
use super::checker::Checker;
use super::fits::{find, unshowable};
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

    /// A text that is sent to an instrument: media may stand in it. Gives what stands in its holes.
    pub(super) fn prompt_text(&mut self, text: &'a ast::Text) -> Vec<(&'a Expr, Type)> {
        let mut found = Vec::new();
        for hole in holes(text) {
            let ty = self.expr(hole, None);
            self.printable(hole, &ty);
            found.push((hole, ty));
        }
        found
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

fn holes(text: &ast::Text) -> impl Iterator<Item = &Expr> {
    text.pieces.iter().filter_map(|piece| match piece {
        TextPiece::Hole { value, .. } => Some(&**value),
        TextPiece::Literal { .. } => None,
    })
}
