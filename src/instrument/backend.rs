//! The trait that every backend implements.

use std::future::Future;
use std::path::Path;
use std::pin::Pin;
use std::sync::Arc;

use crate::types::{Signature, Type};
use crate::value::{Instrument, Judge, Value};

use super::{Abilities, Cabinet, Class, Failure, Price, Profile, Reply, Request, Watch};

/// What a call gives in the end.
pub type PlayFuture<'a> = Pin<Box<dyn Future<Output = Result<Reply, Failure>> + Send + 'a>>;

/// What a look at a service gives in the end.
pub type ProbeFuture<'a> = Pin<Box<dyn Future<Output = Result<Probed, Failure>> + Send + 'a>>;

/// What was found by asking a service whether it would serve.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Probed {
    /// What was found, in a few words.
    pub found: String,
    /// Where something is in doubt: what would mend it.
    pub mend: Option<String>,
}

impl Probed {
    /// All is well.
    #[must_use]
    pub const fn good(found: String) -> Self {
        Self { found, mend: None }
    }
}

/// What a part looks like before its values are known, as far as a backend's class depends on it.
#[derive(Clone, Copy, Debug, Default)]
pub struct Opening<'a> {
    /// The author's first words (`GET /items/`); empty where a hole or nothing stands first.
    pub words: &'a str,
    /// Whether the part has a text at all.
    pub has_text: bool,
}

/// What is needed from outside the run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Needs {
    /// Environment variables that hold a key.
    pub keys: Vec<String>,
    /// Hosts that are called.
    pub hosts: Vec<String>,
    /// Programs that are started.
    pub programs: Vec<String>,
    /// What else, in a few words: `a person`, `the embedded model (270 MB, fetched once)`.
    pub others: Vec<String>,
}

/// The model that an instrument is, for what is known of models.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Served {
    /// The host that serves it.
    pub host: String,
    /// Its name there.
    pub model: String,
}

/// Plays one kind of instrument. Stateless but for what all its instruments share (connections, a
/// loaded model); settings arrive with each request.
pub trait Backend: Send + Sync {
    /// The constructor's name in the language.
    fn name(&self) -> &'static str;

    /// One line of documentation.
    fn doc(&self) -> &'static str;

    /// The constructor's parameters.
    fn signature(&self) -> Signature;

    /// What an instrument with these settings can do.
    fn abilities(&self, instrument: &Instrument) -> Abilities;

    /// What the engine must know of an instrument with these settings before it plays a part that
    /// opens like this. Pure.
    fn profile(&self, instrument: &Instrument, opening: Opening<'_>) -> Profile;

    /// The model that an instrument with these settings is, where it is one that is known by name. Pure.
    fn served(&self, _instrument: &Instrument) -> Option<Served> {
        None
    }

    /// The most tokens that an answer may have where neither the instrument nor a limit says so, if it always says
    /// one. Pure.
    fn longest(&self, _instrument: &Instrument) -> Option<u64> {
        None
    }

    /// What is wrong with these settings, seen without any network: a missing key, a bad address.
    ///
    /// # Errors
    /// The failure that a call would end with.
    fn ready(&self, _instrument: &Instrument) -> Result<(), Failure> {
        Ok(())
    }

    /// What an instrument with these settings needs from outside to play a part that opens like this,
    /// beside what the score itself names (`env`, `secret`). Pure.
    fn needs(&self, _instrument: &Instrument, _opening: Opening<'_>) -> Needs {
        Needs::default()
    }

    /// Asks over the network, quickly and for nothing, whether an instrument with these settings would be served:
    /// whether it can be reached, takes the key, has the model. `None` where there is nothing to ask.
    fn probe<'a>(&'a self, _instrument: &'a Instrument) -> Option<ProbeFuture<'a>> {
        None
    }

    /// Whether what a part says to it may have secrets in its head: in the headers of a request.
    fn takes_secrets(&self) -> bool {
        false
    }

    /// Whether everything that it sends to anyone can be shown and withheld: it asks [`Watch::withholds`] before
    /// the first byte leaves, as all do whose requests go through `backend/wire`.
    fn shows_requests(&self) -> bool {
        false
    }

    /// Whether a call that acts may be made again though it may have been done: the world takes the second for
    /// the first, or comes out the same.
    fn repeatable(&self, _request: &Request) -> bool {
        false
    }

    /// Whether it says of each call when it waits for its turn and when it is sent ([`Watch::queued`],
    /// [`Watch::sending`]): before that it has done nothing. Not for those that have others play.
    fn tells_when_sent(&self) -> bool {
        false
    }

    /// What is recorded of this call stands for it: whoever deals from a list goes on behind what it was dealt.
    fn recalled(&self, _request: &Request, _folder: &Path, _cabinet: &Cabinet) {}

    /// Plays one request. Dropping the future cancels the call.
    fn play<'a>(&'a self, request: Request, stage: &'a Stage) -> PlayFuture<'a>;
}

/// Lends a judge of the score's conditions and defaults for as long as the given function runs.
pub type Judging = Arc<dyn Fn(&mut dyn FnMut(&mut dyn Judge)) + Send + Sync>;

/// What a backend may use while it plays, given by whoever performs.
#[derive(Clone)]
pub struct Stage {
    /// Takes what is seen of this call.
    pub watch: Arc<dyn Watch>,
    /// How a person is asked; `None` where nobody can be.
    pub people: Option<Arc<dyn Ask>>,
    /// How a call asks a person something before it goes on; `None` where that can't be. The answer may be so long
    /// in coming that the call is given up and made again, to be given it when it asks the same.
    pub asks: Option<Arc<dyn Ask>>,
    /// Calls small functions of the score, as `script(asked => …)` needs.
    pub functions: Arc<dyn Fn(&Value, &[Value]) -> Result<Value, Failure> + Send + Sync>,
    /// Judges the conditions of types, as stand-ins need that make answers up.
    pub judging: Judging,
    /// Plays a request on another instrument, as combinators and `faulty(…)` need.
    pub orchestra: Arc<dyn Fn(Request, Stage) -> PlayFuture<'static> + Send + Sync>,
    /// The folder that relative paths are meant from.
    pub folder: Arc<std::path::Path>,
    /// What stand-ins remember over this run: one for each run.
    pub cabinet: Arc<Cabinet>,
}

/// A question to a person.
#[derive(Clone, Debug)]
pub struct Question {
    /// Readable path of the call.
    pub path: Arc<str>,
    /// Whose answer is wanted: the role given to `human("…")`, or empty.
    pub role: String,
    /// What is asked, rendered for reading.
    pub text: String,
    /// The type of the answer.
    pub answer: Type,
    /// What is to be chosen from, if anything.
    pub choices: Option<Arc<[Value]>>,
    /// What the answer starts from.
    pub prefill: Option<Value>,
    /// What was wrong with the answer before, if it is asked again.
    pub complaint: Option<String>,
}

/// Asks people.
pub trait Ask: Send + Sync {
    /// Asks one question; questions asked at the same time are put one after another.
    fn ask(&self, question: Question) -> Pin<Box<dyn Future<Output = Result<Value, Failure>> + Send + '_>>;
}

impl Class {
    /// The profile of an ordinary instrument of this class.
    #[must_use]
    pub const fn profile(self) -> Profile {
        Profile { class: self, ordered: false, person: false, stand_in: false, price: Price::Free }
    }
}
