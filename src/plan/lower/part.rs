//! Parts: what is said, and clauses, over the part's own slots.

use std::sync::Arc;

use super::body::{Builder, Key};
use super::text::opening;
use super::types::conform;
use super::{Lower, Lowered};
use crate::base::Name;
use crate::instrument::{Class, Role};
use crate::plan::{Ensure, Expr, ExprKind, Line, LowerError, Mark, Part, PartId, Tool};
use crate::syntax::ast::{self, ClassWord, ClauseKind, Prompt};
use crate::types::Type;

impl Lower<'_> {
    /// A part's name, parameters and type: what calls of it need to know.
    pub(super) fn part_header(&mut self, item: &ast::Item, part: &ast::PartItem) -> Lowered<()> {
        let params = self.params(&part.params)?;
        let returns = part.returns.as_ref().map_or(Type::Nothing, |returns| self.type_of(returns.ty.id));
        let marked = part.params.iter().filter_map(|param| {
            let mark = match param.role? {
                ast::ParamRole::Content => Mark::Content,
                ast::ParamRole::Control => Mark::Control,
            };
            Some((param.name.name.clone(), mark))
        });
        let marked = marked.collect();
        self.plan.parts.push(Part {
            name: part.name.name.clone(),
            doc: Arc::from(item.doc.as_str()),
            span: item.span,
            params,
            returns,
            player: None,
            tools: Box::default(),
            turns: None,
            lines: Box::default(),
            opening: Name::from(""),
            from: None,
            ensures: Box::default(),
            retry: None,
            within: Box::default(),
            quorum: None,
            marked,
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
            ClauseKind::Using(tools) => self.plan.parts[at].tools = self.tools(at, tools)?,
            ClauseKind::Turns(turns) => self.plan.parts[at].turns = Some(self.expression(turns)?),
        }
        Ok(())
    }

    /// `using a, b`
    fn tools(&mut self, part: usize, tools: &[ast::Expr]) -> Lowered<Box<[Tool]>> {
        let mut all = Vec::with_capacity(tools.len());
        for tool in tools {
            if let Some(brought) = self.brought(tool)? {
                all.extend(brought);
                continue;
            }
            let callee = self.expression(tool)?;
            let (name, parameter) = match &tool.kind {
                ast::ExprKind::Name(name) => (name.clone(), Some(name)),
                ast::ExprKind::Field { field, .. } => (field.name.clone(), None),
                _ => return Err(LowerError::NotPlannable { what: "a tool without a name", span: tool.span }),
            };
            // Of what is passed, only what its type says is known to whoever wrote the part.
            let passed = matches!(callee.kind, ExprKind::Slot(_));
            let arity = match self.type_of(tool.id).shape() {
                Type::Part(ty) if passed => Some(u32::try_from(ty.params.len()).unwrap_or(u32::MAX)),
                _ => None,
            };
            let params = &self.plan.parts[part].params;
            let documented = parameter.filter(|_| passed).and_then(|name| {
                params.iter().find(|param| param.name == *name).map(|param| Arc::clone(&param.doc))
            });
            all.push(Tool { name, doc: documented.unwrap_or_default(), callee, arity });
        }
        Ok(all.into_boxed_slice())
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
