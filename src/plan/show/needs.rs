//! What is needed from outside: keys, hosts, programs, people.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde::Serialize;

use super::casting::{Look, opening};
use super::order::tool;
use crate::plan::{Expr, ExprKind, Part, Plan};
use crate::value::{Callee, Instrument, Value};

/// What a movement needs from outside. Sorted, without doubles.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Needed {
    /// Environment variables: what the score names by `env`.
    pub env: BTreeSet<String>,
    /// Keys: what the score names by `secret`, and what its instruments look for.
    pub secrets: BTreeSet<String>,
    /// Hosts that are called, where they are known beforehand.
    pub hosts: BTreeSet<String>,
    /// Programs that are started.
    pub programs: BTreeSet<String>,
    /// Tools of MCP servers, and what each does to the world: `disk.write (acts)`.
    pub tools: BTreeSet<String>,
    /// Powers of builtins: `reads files`, `writes files`.
    pub powers: BTreeSet<String>,
    /// What else.
    pub others: BTreeSet<String>,
}

impl Needed {
    /// What an expression names, small functions included.
    pub(super) fn expression(&mut self, plan: &Plan, expr: &Expr) {
        expr.walk(&mut |expr| match &expr.kind {
            ExprKind::Env(name, default) => {
                let default = if default.is_some() { " (has a default)" } else { "" };
                self.env.insert(format!("{name}{default}"));
            }
            ExprKind::Secret(name) => {
                self.secrets.insert(name.to_string());
            }
            ExprKind::Function(Callee::Pure(id), _) => {
                if let Some(function) = plan.functions.get(*id as usize) {
                    self.expression(plan, &function.value);
                }
            }
            _ => {}
        });
    }

    /// What an instrument needs to play a part.
    pub(super) fn player(&mut self, look: &Look<'_>, player: &Arc<Instrument>, part: &Part) {
        for (name, value) in &player.settings {
            match value {
                Value::Text(text) => {
                    let from_environment = || text.strip_prefix('$').filter(|_| name.ends_with("url"));
                    let from_environment = || from_environment().map(|name| format!("the one in {name}"));
                    self.hosts.extend(host(text).or_else(from_environment));
                }
                Value::Secret(secret) => {
                    self.secrets.insert(secret.name.clone());
                }
                _ => {}
            }
        }
        let Some(backend) = look.backend(player) else { return };
        if let Some(tool) = tool(player) {
            let class = part.class.unwrap_or_else(|| backend.profile(player, opening(part)).class);
            self.tools.insert(format!("{tool} ({})", class.word()));
        }
        let needs = backend.needs(player, opening(part));
        self.secrets.extend(needs.keys);
        self.hosts.extend(needs.hosts);
        self.programs.extend(needs.programs);
        if look.profile(player, part).is_some_and(|profile| profile.person) {
            self.others.insert(format!("a person as `{}`", player.name));
        } else {
            self.others.extend(needs.others);
        }
    }

    /// Whether nothing is needed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        [&self.env, &self.secrets, &self.hosts, &self.programs, &self.tools, &self.powers, &self.others]
            .iter()
            .all(|needed| needed.is_empty())
    }
}

/// The host of an address.
fn host(address: &str) -> Option<String> {
    let rest = address.strip_prefix("https://").or_else(|| address.strip_prefix("http://"))?;
    let host = rest.split(['/', '?', '#']).next()?;
    let host = host.rsplit('@').next()?;
    (!host.is_empty()).then(|| host.to_owned())
}

#[cfg(test)]
mod tests {
    use super::host;

    #[test]
    fn hosts_come_without_users_and_paths() {
        assert_eq!(host("https://me@api.example.com:8080/v1?x"), Some("api.example.com:8080".to_owned()));
        assert_eq!(host("a text"), None);
    }
}
