//! What a plan takes from outside by name: environment variables and secrets.

use super::{Expr, ExprKind, Guard, Kind, Plan, PromptPiece};

/// Names that a plan takes from outside, sorted, each once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outside {
    /// Environment variables: `env("NAME")`.
    pub env: Vec<String>,
    /// Secrets: `secret("NAME")`.
    pub secrets: Vec<String>,
}

impl Outside {
    /// What this plan takes.
    #[must_use]
    pub fn of(plan: &Plan) -> Self {
        let mut found = Self::default();
        plan.for_each_expression(&mut |expr| match &expr.kind {
            ExprKind::Env(name, _) => found.env.push(name.to_string()),
            ExprKind::Secret(name) => found.secrets.push(name.to_string()),
            _ => {}
        });
        for names in [&mut found.env, &mut found.secrets] {
            names.sort();
            names.dedup();
        }
        found
    }
}

impl Plan {
    /// Visits every pure expression of the plan, and all below each.
    pub fn for_each_expression<'a>(&'a self, visit: &mut dyn FnMut(&'a Expr)) {
        let params = self.movements.iter().map(|movement| &movement.params);
        let params = params.chain(self.parts.iter().map(|part| &part.params));
        let params = params.chain(self.instruments.iter().map(|instrument| &instrument.params));
        for default in params.flatten().filter_map(|param| param.default.as_ref()) {
            default.walk(visit);
        }
        for instrument in &self.instruments {
            instrument.value.walk(visit);
        }
        for function in &self.functions {
            function.value.walk(visit);
        }
        for condition in &self.conditions {
            condition.test.walk(visit);
            condition.message.iter().for_each(|message| message.walk(visit));
        }
        for (_, defaults) in &self.defaults {
            defaults.iter().flatten().for_each(|default| default.walk(visit));
        }
        self.parts.iter().for_each(|part| part.for_each_expression(visit));
        for node in self.bodies.iter().flat_map(|body| &body.nodes) {
            match &node.kind {
                Kind::Pure(expr) => expr.walk(visit),
                Kind::Branch(arms) => {
                    arms.iter().filter_map(|arm| arm.test.as_ref()).for_each(|test| test.walk(visit))
                }
                Kind::Guard(Guard::Require { message, .. }) => message.walk(visit),
                Kind::Guard(Guard::Fail(_) | Guard::Return { .. } | Guard::Stop { .. } | Guard::Skip(_))
                | Kind::Call(_)
                | Kind::Movement { .. }
                | Kind::Apply { .. }
                | Kind::For(_)
                | Kind::Repeat(_)
                | Kind::Together(_)
                | Kind::Otherwise(_)
                | Kind::Limit(_)
                | Kind::Wait(_)
                | Kind::Say(_) => {}
            }
        }
    }
}

impl super::Part {
    /// Visits every pure expression of the part, and all below each; defaults of parameters aside.
    fn for_each_expression<'a>(&'a self, visit: &mut dyn FnMut(&'a Expr)) {
        let clauses = [&self.player, &self.from, &self.retry, &self.quorum, &self.prefill, &self.stdin];
        clauses.into_iter().flatten().chain(&self.within).for_each(|clause| clause.walk(visit));
        for ensure in &self.ensures {
            ensure.condition.walk(visit);
            ensure.message.walk(visit);
        }
        for piece in self.lines.iter().flat_map(|line| &line.pieces) {
            match piece {
                PromptPiece::Hole(expr) => expr.walk(visit),
                PromptPiece::Words(_) => {}
            }
        }
    }
}
