//! What an instrument can do, and what doing it means for the order of things.

use super::Price;

/// What a call does to the world. Ordered: a later one is the stronger.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Class {
    /// Neither sees nor changes the world: models, pure work. Starts when its values are there.
    Thinks,
    /// Sees the world: files, web pages, GET. Waits for the acts above it.
    Reads,
    /// Changes the world: people, commands, writing requests. Waits for everything above it.
    Acts,
}

impl Class {
    /// The word of the language for it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Thinks => "thinks",
            Self::Reads => "reads",
            Self::Acts => "acts",
        }
    }
}

/// What a backend can do for a part.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
#[allow(clippy::struct_excessive_bools)] // a set of independent yes-or-no facts, shown as such
pub struct Abilities {
    /// Answers a text in words.
    pub chat: bool,
    /// Answers in the shape of a JSON Schema.
    pub json: bool,
    /// Calls tools.
    pub tools: bool,
    /// Sees images in a prompt.
    pub images_in: bool,
    /// Makes images.
    pub images_out: bool,
    /// Hears sounds in a prompt.
    pub audio_in: bool,
    /// Makes sounds.
    pub audio_out: bool,
    /// Delivers its answer bit by bit.
    pub streams: bool,
}

/// What the engine must know of an instrument before it plays.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Profile {
    /// What its calls do to the world.
    pub class: Class,
    /// Whether its calls must be made in written order (it remembers, or deals from a list).
    pub ordered: bool,
    /// Whether it is a person: may be asked again, its time is wall time.
    pub person: bool,
    /// Whether it stands in for another: never lowers the class of the part as written.
    pub stand_in: bool,
    /// What a call costs, as far as it is known before.
    pub price: Price,
}
