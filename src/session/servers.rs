//! The MCP servers of a score: started and asked what they offer.

use std::path::Path;

use super::planned::given;
use super::{Parsed, Planned, Problems};
use crate::backend::{self, Offer};
use crate::instrument::{Failure, FailureKind};
use crate::load::{Lock, LockedServer, LockedTool, ServerKey, UseError, makes_servers};
use crate::syntax::ast::ItemKind;
use crate::value::Value;

/// The MCP servers of a score.
pub struct Servers {
    planned: Planned,
    /// For each instrument how its server is known.
    keys: Vec<ServerKey>,
    lock: Lock,
}

/// A server that was asked.
pub struct Asked {
    /// The instruments that it is the server of.
    pub instruments: Vec<String>,
    /// What was known of it.
    pub before: Option<LockedServer>,
    /// What it offers.
    pub offer: Result<Offer, Failure>,
    key: ServerKey,
}

impl Parsed {
    /// The MCP servers of a score, whether their tools are known or not.
    ///
    /// # Errors
    /// If it can't be read so far.
    pub fn servers(mut self) -> Result<Servers, Problems> {
        if !self.broken.is_empty() {
            return Err(Problems::new(self.program.sources, self.broken));
        }
        // What is wrong with the lock itself is mended by making it anew.
        self.wrong.retain(|error| !matches!(error, UseError::BadLock { .. }));
        let lock = std::mem::take(&mut self.lock);
        let served = std::mem::take(&mut self.program.served);
        self.program.modules.truncate(served.iter().filter_map(|one| one.tools).min().unwrap_or(usize::MAX));
        for (at, module) in self.program.modules.iter_mut().enumerate() {
            let makers: Vec<bool> =
                module.file.items.iter().map(|item| makes_servers(item, &module.file.items)).collect();
            let mut place = 0;
            module.file.items.retain(|item| {
                let here = served.iter().any(|one| (one.module, one.item) == (at, place)) || makers[place];
                place += 1;
                here && matches!(item.kind, ItemKind::Instrument(_))
            });
            module.uses.clear();
        }
        let keys = served.into_iter().map(|one| one.key).collect();
        let planned = self.check()?.plan()?;
        Ok(Servers { planned, keys, lock })
    }
}

impl Servers {
    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// What was known of them.
    #[must_use]
    pub const fn lock(&self) -> &Lock {
        &self.lock
    }

    /// Starts each server of a score that stands in this folder, all at the same time, and asks it what it
    /// offers.
    #[must_use]
    pub fn ask(&self, folder: &Path) -> Vec<Asked> {
        let given = given(self.planned.plan());
        let declared = self.planned.plan().instruments.iter().filter(|one| one.params.is_empty());
        let declared = declared.zip(&self.keys);
        let mut asked: Vec<(Asked, Option<Value>)> = Vec::new();
        for (declared, key) in declared {
            if let Some((known, _)) = asked.iter_mut().find(|(known, _)| known.key == *key) {
                known.instruments.push(declared.name.to_string());
                continue;
            }
            let (made, offer) = match self.planned.constant(&declared.value, &given) {
                Ok(made) => (Some(made), unasked()),
                Err(failed) => (None, Err(failed.failure)),
            };
            let instruments = vec![declared.name.to_string()];
            asked.push((
                Asked { instruments, before: self.lock.server(key).cloned(), offer, key: key.clone() },
                made,
            ));
        }
        let Ok(runtime) = tokio::runtime::Builder::new_current_thread().enable_all().build() else {
            return asked.into_iter().map(|(asked, _)| asked).collect();
        };
        runtime.block_on(async {
            let all = asked.into_iter().map(|(mut asked, made)| async move {
                if let Some(Value::Instrument(instrument)) = made {
                    asked.offer = backend::offer(&instrument, folder).await;
                }
                asked
            });
            futures_util::future::join_all(all).await
        })
    }
}

fn unasked() -> Result<Offer, Failure> {
    Err(Failure::new(FailureKind::Unavailable, "it could not be asked"))
}

impl Asked {
    /// What has changed of its tools, in words: a line for each that is new, gone or another one.
    #[must_use]
    pub fn changes(&self) -> Vec<String> {
        let Ok(offer) = &self.offer else { return Vec::new() };
        let before = self.before.as_ref().map_or(&[][..], |server| &server.tools);
        let named = |tools: &'_ [LockedTool], name: &str| tools.iter().position(|tool| tool.name == name);
        let mut lines = Vec::new();
        for tool in &offer.tools {
            match named(before, &tool.name).map(|at| before[at].changes_to(tool)) {
                None => lines.push(format!("new      {}", tool.name)),
                Some(changes) if changes.is_empty() => {}
                Some(changes) => lines.push(format!("changed  {}: {}", tool.name, changes.join("; "))),
            }
        }
        let gone = before.iter().filter(|tool| named(&offer.tools, &tool.name).is_none());
        lines.extend(gone.map(|tool| format!("gone     {}", tool.name)));
        lines
    }

    /// What is to be noted of it in `score.lock`.
    #[must_use]
    pub fn locked(&self) -> Option<LockedServer> {
        let offer = self.offer.as_ref().ok()?;
        let span = crate::base::Span::default();
        let (name, version, tools) = (offer.name.clone(), offer.version.clone(), offer.tools.clone());
        Some(LockedServer { key: self.key.clone(), name, version, tools, span })
    }
}
