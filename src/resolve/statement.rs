//! Names in statements and blocks.

use super::resolver::Resolver;
use crate::syntax::ast::{self, StatementKind};

/// What a `seat` names beside items.
const SEATS: [&str; 2] = ["files", "clock"];

impl<'a> Resolver<'a> {
    /// A block with a scope of its own.
    pub(super) fn block(&mut self, block: &'a ast::Block) {
        let mark = self.scopes.open();
        self.block_in_scope(block);
        self.scopes.close(mark);
    }

    /// A block whose names live on in the scope around it (`together`, `limit`), or whose scope is
    /// already open.
    pub(super) fn block_in_scope(&mut self, block: &'a ast::Block) {
        self.blocks.push(block);
        for statement in &block.statements {
            self.statement(statement);
        }
        self.blocks.pop();
    }

    fn statement(&mut self, statement: &'a ast::Statement) {
        match &statement.kind {
            StatementKind::Let { name, ty, value } => {
                if let Some(ty) = ty {
                    self.ty(ty);
                }
                self.expr(value);
                self.define_once(statement.id, name);
                self.watch_let(statement.id, name);
            }
            StatementKind::Require { condition, message } => {
                self.expr(condition);
                self.text(message);
            }
            StatementKind::Say(expr)
            | StatementKind::Wait(expr)
            | StatementKind::Expr(expr)
            | StatementKind::Expect(expr) => self.expr(expr),
            StatementKind::Seat { space, name, value } => {
                let reserved = space.is_none() && SEATS.contains(&&*name.name);
                if !reserved {
                    self.name(statement.id, &name.name, name.span);
                }
                self.expr(value);
            }
        }
    }
}
