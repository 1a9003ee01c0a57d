//! Tools of MCP instruments, as `score.lock` knows them.

use std::sync::Arc;

use super::arguments::show_signature;
use super::checker::{Checker, ItemFacts};
use super::fits::fits;
use super::player::Player;
use super::record::listed;
use super::{Callee, CheckError, ItemError, ToolError};
use crate::base::{Help, Name, Span, did_you_mean};
use crate::load::{Pin, Served};
use crate::resolve::{ItemId, ItemPlace, Meaning};
use crate::syntax::ast::{self, Expr, ExprKind, ItemKind, Prompt};
use crate::types::{Signature, Type};

/// Instruments that are made of others are followed so far.
const MOST_NESTED: usize = 16;

impl<'a> Checker<'a> {
    /// The tool of a server that an item is, if it is one: its instrument and what is pinned of it.
    pub(super) fn tool_of(&self, item: ItemId) -> Option<(ItemId, &'a Pin)> {
        let place = self.resolved.items.get(item.0 as usize)?;
        let served = self.program.server_of(place.module)?;
        let instrument = ItemPlace { module: served.module, item: served.item };
        let at = self.resolved.items.iter().position(|place| *place == instrument)?;
        Some((ItemId(u32::try_from(at).ok()?), served.pins.get(place.item)?))
    }

    /// Whether an item is a tool, whose instrument is used then.
    pub(super) fn uses_tool(&mut self, item: ItemId) -> bool {
        let instrument = self.tool_of(item).map(|(instrument, _)| instrument);
        self.used.extend(instrument);
        instrument.is_some()
    }

    /// The MCP instrument that an item is, if it is one.
    fn served(&self, item: ItemId) -> Option<&'a Served> {
        let place = self.resolved.items.get(item.0 as usize)?;
        self.program.served(place.module, place.item)
    }

    /// Who plays as `disk.search_files`.
    pub(super) fn tool_player(&self, item: ItemId) -> Option<Arc<Player>> {
        let (instrument, pin) = self.tool_of(item)?;
        let player = self.players.get(&instrument)?.as_ref()?;
        Some(Self::with(player, pin.settings()))
    }

    /// The tools that an MCP instrument brings as a whole, by name; complains where they are not known.
    pub(super) fn tools_of(&mut self, instrument: &'a Expr) -> Vec<(&'a Name, ItemId)> {
        let item = match self.meaning(instrument.id) {
            Some(Meaning::Item(item)) => self.served(item).map(|served| (item, served)),
            _ => None,
        };
        let Some((item, served)) = item else {
            let help = if self.is_made_of_servers(instrument) {
                self.naming(instrument, "tool")
            } else {
                "Name the parts or movements that the model may call. An instrument brings tools where it is declared as `mcp(…)`.".to_owned()
            };
            let what = format!("`{}`, which brings none,", self.source_or_x(instrument.span));
            self.report(ItemError::NotATool { what, help: help.into(), span: instrument.span });
            return Vec::new();
        };
        let Some(module) = served.tools else {
            self.unlocked(item, instrument.span);
            return Vec::new();
        };
        let places = (0..).map(ItemId).zip(&self.resolved.items);
        let tools = places.filter(|(_, place)| place.module == module).map(|(id, _)| id);
        served.pins.iter().map(|pin| &pin.name).zip(tools).collect()
    }

    /// `disk.serch_files`: a tool that there is not.
    pub(super) fn unknown_tool(&mut self, target: &'a Expr, tool: &ast::Ident) {
        let item = match self.meaning(target.id) {
            Some(Meaning::Item(item)) => self.served(item).map(|served| (item, served)),
            _ => None,
        };
        let Some((item, served)) = item else {
            let what = format!("`{}`", self.source_or_x(target.span));
            let help = self.naming(target, &tool.name);
            self.report(ToolError::None { what, help, span: target.span });
            return;
        };
        if served.tools.is_none() {
            self.unlocked(item, target.span);
            return;
        }
        let names: Vec<&str> = served.pins.iter().map(|pin| &*pin.name).collect();
        let help = match did_you_mean(&tool.name, names.iter().copied()) {
            Some(meant) => Help::meant(meant, tool.span),
            None if names.is_empty() => Help::from("It has none at all."),
            None => Help::from(format!(
                "It has {}. If it got new ones since, `score update {}` takes them in.",
                listed(&names),
                self.file()
            )),
        };
        let instrument = self.item_text(item);
        self.report(ToolError::Unknown { instrument, tool: tool.name.to_string(), help, span: tool.span });
    }

    /// What to write where an instrument has no tools by name.
    fn naming(&self, target: &'a Expr, tool: &str) -> String {
        if !self.is_made_of_servers(target) {
            return "Tools are named of an instrument that is declared as `instrument disk = mcp(\"…\")`."
                .to_owned();
        }
        let leaves = self.standing_in(target, MOST_NESTED);
        if let [only] = leaves.as_slice()
            && std::ptr::eq(*only, target)
        {
            let source = self.source_or_x(target.span);
            return format!("Give it a name, `instrument disk = {source}`, and write `disk.{tool}`.");
        }
        let maker = self.player(target).map_or_else(String::new, |player| player.backend.name().to_owned());
        let named = leaves.iter().map(|leaf| {
            let is_tool = self.player(leaf).is_some_and(|one| one.instrument.setting("tool").is_some());
            let source = self.source_or_x(leaf.span);
            if is_tool { source.to_string() } else { format!("{source}.{tool}") }
        });
        let named: Vec<String> = named.collect();
        format!("It is made of several. Name the tool of each in a part: `by {maker}({})`.", named.join(", "))
    }

    /// Whether there is an MCP server among those that may play.
    fn is_made_of_servers(&self, player: &'a Expr) -> bool {
        let is_server = |leaf: &&Expr| self.player(leaf).is_some_and(|one| one.backend.name() == "mcp");
        self.standing_in(player, MOST_NESTED).iter().any(is_server)
    }

    /// Those that may play, each where it is named: of `fallback(a, b)` both, of any other one itself.
    fn standing_in(&self, player: &'a Expr, depth: usize) -> Vec<&'a Expr> {
        let made = match &player.kind {
            ExprKind::Call { .. } => Some(player),
            ExprKind::Name(_) | ExprKind::Field { .. } => self.declared(player),
            _ => None,
        };
        let (Some(made), Some(depth)) = (made, depth.checked_sub(1)) else { return vec![player] };
        let ExprKind::Call { arguments, .. } = &made.kind else { return vec![player] };
        let callee = self.calls.get(made.id).map(|facts| &facts.callee);
        match callee {
            Some(Callee::Constructor("fallback" | "race" | "rotate" | "remember", _)) => {
                arguments.iter().flat_map(|argument| self.standing_in(&argument.value, depth)).collect()
            }
            _ => vec![player],
        }
    }

    /// What an instrument is declared as, if it is no tool.
    fn declared(&self, player: &Expr) -> Option<&'a Expr> {
        let Some(Meaning::Item(item)) = self.meaning(player.id) else { return None };
        match &self.written(item)?.kind {
            ItemKind::Instrument(declared) if declared.params.is_none() => Some(&declared.value),
            _ => None,
        }
    }

    /// The path of the score.
    fn file(&self) -> &'a str {
        self.program.modules.first().map_or("FILE", |module| &*module.name)
    }

    /// Complains once of a server whose tools are not known, however often they are called.
    fn unlocked(&mut self, item: ItemId, span: Span) {
        let (file, instrument) = (self.file(), self.item_text(item));
        let said = self.errors.iter().any(
            |error| matches!(error, CheckError::Tool(ToolError::Unlocked { instrument: known, .. }) if *known == instrument),
        );
        if said {
            return;
        }
        let why = if self.program.is_locked {
            "its server is not in `score.lock`"
        } else {
            "there is no `score.lock`"
        };
        let help = format!(
            "`score update {file}` starts its server, asks it for its tools, and notes them in `score.lock` beside the score."
        );
        self.report(ToolError::Unlocked { instrument, help, span, why });
    }

    /// A part that servers play: by one of the tools of each, with its parameters and without a text.
    pub(super) fn plays_tool(&mut self, part: &'a ast::PartItem, by: Option<&'a Expr>) {
        let Some(by) = by else { return };
        let before = self.errors.len();
        for leaf in self.standing_in(by, MOST_NESTED) {
            let Some(player) = self.player(leaf).filter(|player| player.backend.name() == "mcp") else {
                continue;
            };
            self.plays_one(part, &player, leaf, by);
            // The others would say the same.
            if self.errors.len() > before {
                return;
            }
        }
    }

    fn plays_one(&mut self, part: &'a ast::PartItem, player: &Player, leaf: &'a Expr, by: &'a Expr) {
        let tool = match self.meaning(leaf.id) {
            Some(Meaning::Item(item)) => self.tool_of(item).map(|(_, pin)| (item, pin)),
            _ => None,
        };
        let Some((tool, pin)) = tool else {
            self.whole_server(player, leaf, by);
            return;
        };
        let Some(ItemFacts::Part(wanted)) = Some(self.facts(tool).clone()) else { return };
        let signature = show_signature(&pin.name, &wanted);
        let text = match &part.prompt {
            Prompt::None => None,
            Prompt::Text(text) => Some(text.span),
            Prompt::Roles(roles) => roles.first().map(|(_, _, text)| text.span),
        };
        if let Some(span) = text {
            let signature = format!("It is called like this: {signature}");
            let player = Some(by.span);
            self.report(ToolError::Text { tool: pin.name.to_string(), signature, span, player });
        }
        self.tool_params(part, &pin.name, &wanted, &signature);
    }

    fn tool_params(&mut self, part: &'a ast::PartItem, tool: &Name, wanted: &Signature, signature: &str) {
        let error = |what: String, help: Help, span: Span| ToolError::Parameters {
            what,
            help,
            span,
            tool: tool.to_string(),
        };
        let help = || Help::from(format!("It is called like this: {signature}"));
        let mut mistaken = false;
        for param in &part.params {
            let name = &param.name;
            let Some(taken) = wanted.params.iter().find(|taken| taken.name == name.name) else {
                let names = wanted.params.iter().map(|param| &*param.name);
                let meant = did_you_mean(&name.name, names);
                let help = meant.map_or_else(help, |meant| {
                    Help::new(format!("Did you mean `{meant}`? It is called like this: {signature}"))
                        .replacing(name.span, meant)
                });
                self.report(error(
                    format!("the tool `{tool}` has no parameter `{}`", name.name),
                    help,
                    name.span,
                ));
                mistaken = true;
                continue;
            };
            let found = self.types.get(param.id).cloned().unwrap_or(Type::Unknown);
            if !fits(&found, &taken.ty) {
                let what = format!("`{}` of the tool `{tool}` takes {}, not {found}", name.name, taken.ty);
                self.report(error(what, help(), param.typed.ty.span));
            }
        }
        let given = |name: &Name| part.params.iter().any(|param| param.name.name == *name);
        let missing = wanted.params.iter().filter(|param| !param.optional && !given(&param.name));
        let missing: Vec<&str> = missing.map(|param| &*param.name).collect();
        if !missing.is_empty() && !mistaken {
            let what = format!("the tool `{tool}` needs {}", listed(&missing));
            self.report(error(what, help(), part.name.span));
        }
    }

    fn whole_server(&mut self, player: &Player, leaf: &'a Expr, by: &'a Expr) {
        let instrument = player.instrument.name.to_string();
        let item = match self.meaning(leaf.id) {
            Some(Meaning::Item(item)) => self.served(item).map(|served| (item, served)),
            _ => None,
        };
        let span = if by.span.contains(leaf.span) { leaf.span } else { by.span };
        let help = match item {
            Some((item, Served { tools: None, .. })) => return self.unlocked(item, span),
            Some((_, served)) => {
                let names: Vec<&str> = served.pins.iter().map(|pin| &*pin.name).collect();
                let first = names.first().copied().unwrap_or("tool");
                if std::ptr::eq(leaf, by) {
                    format!("Name the tool: `by {instrument}.{first}`. It has {}.", listed(&names))
                } else {
                    self.naming(by, first)
                }
            }
            None => self.naming(leaf, "tool"),
        };
        self.report(ToolError::Whole { instrument, help: help.into(), span });
    }
}
