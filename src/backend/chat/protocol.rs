//! What a protocol must tell of an answer. Pure: bytes in, what they mean out.

use std::sync::Arc;

use crate::backend::wire::Again;
use crate::instrument::{FailureKind, Memo, ToolCall, Usage};
use crate::value::Media;

/// One provider's protocol.
pub(in crate::backend) trait Protocol: Sync {
    /// What a whole answer is called: `a chat completion`.
    fn noun(&self) -> &'static str;

    /// What the address of its services looks like, for who gave another one.
    fn address(&self) -> &'static str;

    /// The environment variable that its key is in.
    fn key_name(&self) -> &'static str;

    /// How the pieces of a stream stand apart.
    fn framing(&self) -> Framing;

    /// An answer that came in one piece.
    fn whole(&self, body: &[u8]) -> Result<Told, Unread>;

    /// An answer that is about to come bit by bit; `None` where none does.
    fn story(&self) -> Option<Box<dyn Story>>;

    /// What the body of an answer with an error status says; `None` where it says nothing that can be read.
    fn fault(&self, body: &[u8]) -> Option<Fault>;

    /// What the body of a refusal says of trying again.
    fn again(&self) -> fn(&[u8]) -> Again {
        |_| Again::Unsaid
    }
}

/// An answer as it comes.
pub(in crate::backend) trait Story: Send {
    /// Takes the next piece of the stream.
    fn take(&mut self, data: &[u8]) -> Result<(), Unread>;

    /// What has been said so far.
    fn text(&self) -> &str;

    /// Whether it has been said that this is all.
    fn marker(&self) -> Marker;

    /// What it comes to.
    fn told(self: Box<Self>) -> Told;
}

/// How the pieces of a stream stand apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::backend) enum Framing {
    /// Server-sent events.
    Events,
    /// A piece of JSON on each line.
    Lines,
}

/// Whether a stream said that it is complete.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::backend) enum Marker {
    /// It didn't.
    Missing,
    /// It said why it ends; more may follow, and the body must end as bodies do.
    Reason,
    /// It said that it is complete; counts may follow.
    Complete,
    /// It is over.
    Over,
}

/// A complete answer.
#[derive(Clone, Debug, Default, PartialEq)]
pub(in crate::backend) struct Told {
    pub(in crate::backend) text: String,
    /// What it said instead of an answer.
    pub(in crate::backend) refusal: Option<String>,
    pub(in crate::backend) calls: Vec<ToolCall>,
    /// The pictures or the sound that it made.
    pub(in crate::backend) made: Vec<Arc<Media>>,
    pub(in crate::backend) end: End,
    pub(in crate::backend) usage: Usage,
    pub(in crate::backend) memo: Option<Memo>,
}

/// Why an answer ended.
#[derive(Clone, Debug, Default, PartialEq)]
pub(in crate::backend) enum End {
    /// It is complete.
    #[default]
    Answered,
    /// Tools are to be called.
    Called,
    /// It was cut off by its longest length.
    Length,
    /// The model's window is full.
    Window,
    /// It was stopped for what it says, and what the service says of that.
    Filtered(String),
    /// It came to nothing, and what the service says of that.
    Failed(Fault),
}

/// What a service says went wrong.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::backend) struct Fault {
    /// What kind that is, where the words say more than the status.
    pub(in crate::backend) kind: Option<FailureKind>,
    /// Its own words; perhaps none.
    pub(in crate::backend) said: String,
    pub(in crate::backend) help: Option<&'static str>,
}

/// Why bytes are no answer.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::backend) enum Unread {
    /// They are none of this protocol.
    Other,
    /// They say what went wrong.
    Fault(Fault),
}
