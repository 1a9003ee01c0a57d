//! What plays instruments: one file per backend, and what they share. Knows the port, never the engine.
//!
//! | file | plays |
//! |---|---|
//! | `local_instrument`, `local/` | the embedded model |
//! | `openai/` | chat models over OpenAI's wire |
//! | `anthropic/` | Claude, over the Messages API |
//! | `gemini/` | Gemini, over `generateContent` |
//! | `ollama/` | models of an Ollama server, over its own chat |
//! | `openai_image`, `gemini_image` | models that make images |
//! | `speech`, `transcribe` | texts spoken, speech written down |
//! | `http/`, `webhook` | web services |
//! | `command/` | programs: `shell`, `sh` |
//! | `mcp/` | tools of MCP servers |
//! | `human` | people, through whoever can ask them |
//! | `files/`, `clock`, `random`, `prompts` | the world's builtins (internal) |
//! | `script`, `echo`, `stand_in`, `faulty`, `replay` | stand-ins for tests and rehearsals |
//!
//! Shared: `wire/` is HTTP, `chat/` what chat models have in common, `settings` reads settings, `form` writes forms with files, `said` turns values into words and JSON.

mod anthropic;
mod chat;
mod clock;
mod combinators;
mod command;
mod echo;
mod faulty;
mod files;
mod form;
mod gemini;
mod gemini_image;
mod headers;
mod http;
mod human;
#[cfg(feature = "local")]
pub mod local;
#[cfg(feature = "local")]
mod local_instrument;
mod local_tools;
mod mcp;
mod media;
mod ollama;
mod openai;
mod openai_image;
mod prompts;
mod random;
mod replay;
mod said;
mod script;
mod settings;
mod speech;
mod stand_in;
mod transcribe;
mod webhook;
mod wire;

#[cfg(test)]
mod tests;

pub use files::load_media;
pub use human::asked_of;
pub use mcp::{Offer, offer};
pub use media::extension;
pub use prompts::note;
pub use random::by_seed;
pub use wire::{proxies, trust};

use crate::instrument::{Backend, WORLD};

/// Every backend, those that scores can name first.
static ALL: &[&dyn Backend] = &[
    #[cfg(feature = "local")]
    &local_instrument::Local,
    &openai::BACKEND,
    &anthropic::BACKEND,
    &gemini::BACKEND,
    &ollama::BACKEND,
    &openai_image::BACKEND,
    &gemini_image::BACKEND,
    &speech::BACKEND,
    &transcribe::BACKEND,
    &http::Http,
    &webhook::Webhook,
    &mcp::Mcp,
    &command::Shell,
    &command::Sh,
    &human::Human,
    &script::Script,
    &echo::Echo,
    &stand_in::StandIn,
    &faulty::Faulty,
    &replay::Replay,
    &combinators::FALLBACK,
    &combinators::RACE,
    &combinators::ROTATE,
    &combinators::REMEMBER,
    &files::Files,
    &clock::Clock,
    &random::Random,
    &prompts::Prompts,
    #[cfg(test)]
    &tests::tiny::Oracle,
];

/// Every backend.
#[must_use]
pub fn all() -> &'static [&'static dyn Backend] {
    ALL
}

/// The backend with this constructor.
#[must_use]
pub fn find(name: &str) -> Option<&'static dyn Backend> {
    ALL.iter().copied().find(|backend| backend.name() == name)
}

/// Whether a constructor is for the language's own use.
#[must_use]
pub fn is_internal(name: &str) -> bool {
    WORLD.contains(&name)
}
