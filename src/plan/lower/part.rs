//! Parts: what is said, and clauses, over the part's own slots.

use std::sync::Arc;

use super::body::{Builder, Key};
use super::text::opening;
use super::types::conform;
use super::{Lower, Lowered};
use crate::base::Name;
use crate::instrument::{Class, Role};
use crate::plan::{Ensure, Expr, Line, LowerError, Part, PartId};
use crate::syntax::ast::{self, ClassWord, ClauseKind, Prompt};
use crate::types::Type;

impl Lower<'_> {
    /// A part's name, parameters and type: what calls of it need to know.
    pub(super) fn part_header(&mut self, item: &ast::Item, part: &ast::PartItem) -> Lowered<()> {
        let params = self.params(&part.params)?;
        let returns = part.returns.as_ref().map_or(Type::Nothing, |returns| self.type_of(returns.ty.id));
        self.plan.parts.push(Part {
            name: part.name.name.clone(),
            doc: Arc::from(item.doc.as_str()),
            span: item.span,
            params,
            returns,
            player: None,
            lines: Box::default(),
            opening: Name::from(""),
            from: None,
            ensures: Box::default(),
            retry: None,
            within: Box::default(),
            quorum: None,
            class: None,
            fresh: false,
            prefill: None,
            stdin: None,
        });
        Ok(())
    }

    /// What a part says and demands.
    pub(super) fn part(&mut self, id: PartId, part: &ast::PartItem) -> Lowered<()> {
        let mut builder = Builder::closed();
        for param in &part.params {
            builder.introduce(Key::Name(param.id));
        }
        builder.introduce(Key::It);
        self.stack.push(builder);
        let lines = self.lines(&part.prompt)?;
        let at = id.0 as usize;
        self.plan.parts[at].lines = lines;
        self.plan.parts[at].opening = last_text(&part.prompt).map_or(Name::from(""), opening);
        for clause in &part.clauses {
            self.clause(at, clause)?;
        }
        self.stack.pop();
        Ok(())
    }

    fn clause(&mut self, at: usize, clause: &ast::Clause) -> Lowered<()> {
        match &clause.kind {
            ClauseKind::By(player) => {
                let value = self.expression(player)?;
                let value = conform(value, &self.type_of(player.id), &Type::Instrument);
                self.plan.parts[at].player = Some(value);
            }
            ClauseKind::From(list) => self.plan.parts[at].from = Some(self.expression(list)?),
            ClauseKind::Ensure { condition, message } => {
                let ensure = Ensure { condition: self.expression(condition)?, message: self.text(message)? };
                let mut ensures = std::mem::take(&mut self.plan.parts[at].ensures).into_vec();
                ensures.push(ensure);
                self.plan.parts[at].ensures = ensures.into_boxed_slice();
            }
            ClauseKind::Retry(tries) => self.plan.parts[at].retry = Some(self.expression(tries)?),
            ClauseKind::Within(limits) => {
                let limits =
                    limits.iter().map(|limit| self.expression(limit)).collect::<Lowered<Box<[Expr]>>>()?;
                self.plan.parts[at].within = limits;
            }
            ClauseKind::Class(word) => {
                self.plan.parts[at].class = Some(match word {
                    ClassWord::Thinks => Class::Thinks,
                    ClassWord::Reads => Class::Reads,
                    ClassWord::Acts => Class::Acts,
                });
            }
            ClauseKind::Fresh => self.plan.parts[at].fresh = true,
            ClauseKind::Prefill(value) => self.plan.parts[at].prefill = Some(self.expression(value)?),
            ClauseKind::Stdin(value) => self.plan.parts[at].stdin = Some(self.expression(value)?),
            // Each call of the part has it around itself.
            ClauseKind::Otherwise(_) => {}
            ClauseKind::Quorum(quorum) => self.plan.parts[at].quorum = Some(self.expression(quorum)?),
            ClauseKind::Using(_) | ClauseKind::Turns(_) => {
                return Err(LowerError::NotPlannable { what: "this clause", span: clause.span });
            }
        }
        Ok(())
    }

    fn lines(&mut self, prompt: &Prompt) -> Lowered<Box<[Line]>> {
        match prompt {
            Prompt::None => Ok(Box::default()),
            Prompt::Text(text) => {
                Ok(Box::new([Line { role: Role::User, pieces: self.prompt_pieces(text)? }]))
            }
            Prompt::Roles(lines) => lines
                .iter()
                .map(|(role, _, text)| {
                    let role = match role {
                        ast::Role::System => Role::System,
                        ast::Role::User => Role::User,
                        ast::Role::Assistant => Role::Assistant,
                    };
                    Ok(Line { role, pieces: self.prompt_pieces(text)? })
                })
                .collect(),
        }
    }
}

fn last_text(prompt: &Prompt) -> Option<&ast::Text> {
    match prompt {
        Prompt::None => None,
        Prompt::Text(text) => Some(text),
        Prompt::Roles(lines) => lines.last().map(|(_, _, text)| text),
    }
}
