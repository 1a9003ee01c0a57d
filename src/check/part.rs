//! Parts: their answer, their clauses, what they say, and calls of them.

use super::advice::show;
use super::checker::{Checker, Place};
use super::fits::unshowable;
use super::player::class_word;
use super::suffix::Suffixes;
use super::{CallError, ItemError, ValueError};
use crate::instrument::Class;
use crate::resolve::ItemId;
use crate::syntax::ast::{self, ClauseKind, Expr, Prompt};
use crate::types::Type;

impl<'a> Checker<'a> {
    /// `part name(params) -> Type clauses text`
    pub(super) fn check_part(&mut self, id: ItemId, item: &'a ast::PartItem) {
        // What each answer is; with `quorum` a call gives what all of them come to.
        let returns = item.returns.as_ref().and_then(|returns| self.types.get(returns.ty.id).cloned());
        let returns = returns.unwrap_or(Type::Nothing);
        self.begin(id, Some(Place::Clause));
        self.param_defaults(&item.params);
        if let Some(written) = &item.returns
            && let Some(what) = unshowable(&returns)
        {
            let help = "An answer is made of texts, numbers, lists, records, pictures and sounds.";
            self.report(ItemError::Unanswerable { what: what.to_owned(), help, span: written.ty.span });
        }
        self.doubled_limits(item);
        for clause in &item.clauses {
            self.clause(item, clause, &returns);
        }
        let by = by(item);
        let player = by.and_then(|by| self.player(by));
        self.prompt(&item.prompt, player.as_deref());
        if matches!(item.prompt, Prompt::None) {
            self.sent_as_arguments(&item.params);
        }
        self.classes.insert(id, Self::part_class(item, player.as_deref()));
        if let Some(player) = &player {
            self.able(item, player, by);
        }
        self.played(item, player.as_deref());
    }

    /// A part without a text sends its arguments, but for those that only say who plays.
    fn sent_as_arguments(&mut self, params: &'a [ast::Param]) {
        for param in params {
            let Some(ty) = self.types.get(param.id).filter(|ty| ty.is_sent()) else { continue };
            let span = param.typed.ty.span;
            match unshowable(ty) {
                Some("a secret") => self.report(ValueError::Secret { how: "sent", span }),
                Some(what) => {
                    let help =
                        "A part without a text sends its arguments. Pass what it holds, field by field.";
                    self.report(ValueError::Unprintable { found: what.to_owned(), help: help.into(), span });
                }
                None => {}
            }
        }
    }

    /// What is said.
    fn prompt(&mut self, prompt: &'a Prompt, player: Option<&super::player::Player>) {
        let texts: Vec<&'a ast::Text> = match prompt {
            Prompt::None => Vec::new(),
            Prompt::Text(text) => vec![text],
            Prompt::Roles(roles) => roles.iter().map(|(_, _, text)| text).collect(),
        };
        let help =
            "What is said only computes. Call it in the movement, and pass what it gives as a parameter.";
        let takes_secrets = player.is_some_and(|player| self.takes_secrets(player));
        self.computing("what a part says", help, |checker| {
            for text in texts {
                checker.prompt_text(text, takes_secrets);
            }
        });
    }

    /// A call of a part: who plays it, and what is said of that at the call.
    pub(super) fn part_call(
        &mut self,
        expr: &'a Expr,
        id: ItemId,
        suffixes: Option<&Suffixes<'a>>,
    ) -> Option<Class> {
        let item = self.part_item(id)?;
        let at_call = suffixes.and_then(|suffixes| suffixes.by);
        let Some(by) = at_call.or_else(|| by(item)) else {
            let name = &item.name.name;
            let source = self.source(expr.span).map_or_else(|| format!("{name}(…)"), str::to_owned);
            let player = self.any_instrument();
            let help = format!("Say who plays it: `{source} by {player}`, or `by {player}` in the part.");
            self.report(CallError::NoPlayer {
                part: name.to_string(),
                help: help.into(),
                span: expr.span,
                declared: item.name.span,
            });
            return class_word(item);
        };
        let player = self.player(by);
        if let Some(player) = &player
            && at_call.is_some()
        {
            self.able(item, player, Some(by));
            self.is_told_secrets(item, player, by);
        }
        // The stronger of what the part does as written and what who plays it here does.
        let written = self.classes.get(&id).copied().flatten();
        let seated = Self::profile(item, player.as_deref()).map(|profile| profile.class);
        let class = match (at_call, written, seated) {
            (None, written, _) => written,
            (Some(_), Some(Class::Acts), _) => Some(Class::Acts),
            (Some(_), written, seated) => {
                seated.map(|seated| written.map_or(seated, |written| written.max(seated)))
            }
        };
        let person =
            Self::profile(item, player.as_deref()).is_some_and(|profile| profile.person || profile.stand_in);
        if let Some(retry) = suffixes.and_then(|suffixes| suffixes.retry)
            && class == Some(Class::Acts)
            && !person
            && super::literal::only_int(self.types.get(retry.id).unwrap_or(&Type::Unknown)) != Some(0)
        {
            let help = "Leave `retry` out; where it fails, `otherwise` says what then.";
            self.acts_again(&item.name.name, "`retry`", retry.span, help);
        }
        class
    }

    fn any_instrument(&self) -> String {
        let first = self.all_items().find_map(|(_, item)| match &item.kind {
            ast::ItemKind::Instrument(item) if item.params.is_none() => Some(item.name.name.to_string()),
            _ => None,
        });
        first.unwrap_or_else(|| String::from("local()"))
    }

    /// Clauses that only some players can do anything with.
    fn played(&mut self, item: &'a ast::PartItem, player: Option<&super::player::Player>) {
        let profile = Self::profile(item, player);
        let person = profile.as_ref().is_some_and(|profile| profile.person || profile.stand_in);
        let acts = Self::part_class(item, player) == Some(Class::Acts) && !person;
        for clause in &item.clauses {
            match &clause.kind {
                ClauseKind::Ensure { .. } if acts => {
                    let help = "Check what it gives back in the movement, with `require`.";
                    self.acts_again(&item.name.name, "trying again where `ensure` fails", clause.span, help);
                }
                ClauseKind::Retry(retry) if acts => {
                    let none = self.types.get(retry.id).and_then(super::literal::only_int) == Some(0);
                    if !none {
                        let help = "Leave `retry` out; where it fails, `otherwise` says what then.";
                        self.acts_again(&item.name.name, "`retry`", clause.span, help);
                    }
                }
                ClauseKind::Fresh if Self::part_class(item, player) >= Some(Class::Reads) => {
                    self.report(ItemError::NeedlessFresh { span: clause.span });
                }
                ClauseKind::Prefill(_) if profile.is_some() && !person => {
                    let help = "Only a person starts from something; to a model, say it in the text.";
                    self.useless(clause, "prefill", player, help);
                }
                ClauseKind::Stdin(_)
                    if profile.as_ref().is_some_and(|profile| !profile.stand_in) && !is_command(player) =>
                {
                    let help = "Only a command reads from its standard input; to others, say it in the text.";
                    self.useless(clause, "stdin", player, help);
                }
                _ => {}
            }
        }
    }

    fn useless(
        &mut self,
        clause: &ast::Clause,
        word: &'static str,
        player: Option<&super::player::Player>,
        help: &'static str,
    ) {
        let instrument = player.map(|player| player.instrument.name.to_string()).unwrap_or_default();
        self.report(ItemError::UselessClause { clause: word, instrument, help, span: clause.span });
    }

    /// `from EXPR`: the answer is one of these, or some of these.
    pub(super) fn chosen_from(&mut self, from: &'a Expr, returns: &Type) {
        let found = self.expr(from, Some(&Type::list(returns.clone())));
        if matches!(found.shape(), Type::Unknown | Type::Never) || *returns == Type::Unknown {
            return;
        }
        if returns.is_media() && super::fits::fits(&found, &Type::Text) {
            return; // the file that a command makes
        }
        let help = match found.shape() {
            Type::List(element, _) => {
                let one = super::fits::fits(element, returns);
                let some =
                    matches!(returns.shape(), Type::List(inner, _) if super::fits::fits(element, inner));
                if one || some {
                    if let Some(what) = unshowable(element) {
                        let help =
                            "What is chosen from is shown to the player: texts, numbers, records, pictures.";
                        self.report(ItemError::Unanswerable { what: what.to_owned(), help, span: from.span });
                    }
                    return;
                }
                format!(
                    "One of these is {}: write `-> {element}`, or `-> [{element}]` for several.",
                    show(element)
                )
            }
            _ => format!("`from` takes a list of what can be chosen, here `[{returns}]`."),
        };
        let (answer, found) = (show(returns), show(&found));
        self.report(ItemError::From { answer, found, help, span: from.span });
    }
}

/// Who plays a part, as it says.
pub(super) fn by(item: &ast::PartItem) -> Option<&Expr> {
    item.clauses.iter().find_map(|clause| match &clause.kind {
        ClauseKind::By(expr) => Some(expr),
        _ => None,
    })
}

fn is_command(player: Option<&super::player::Player>) -> bool {
    player.is_some_and(|player| matches!(&*player.instrument.constructor, "shell" | "sh" | "faulty"))
}
