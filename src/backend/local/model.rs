//! The model itself: loading it, and writing one answer.
//!
//! Everything here blocks and computes on the calling thread and its rayon pool; `worker` gives it a thread of its own.

use std::fs::File;
use std::io::BufReader;
use std::path::Path;
use std::sync::Arc;
use std::thread;

use candle_core::quantized::gguf_file::Content;
use candle_core::{Device, Tensor};
use candle_transformers::models::quantized_llama::{MAX_SEQ_LEN, ModelWeights};
use serde_json::Value;

use super::constrain::{Constraint, Grammars};
use super::error::LocalError;
use super::job::{LocalAnswer, LocalMessage, LocalStop};
use super::sample::{Sampler, Taste};
use super::tokens::{Characters, Tokens, text};
use super::weights::{Ready, verify};

/// Tokens of the prompt that are read in one go: cancelling is noticed between them, and attention needs memory by their square.
const CHUNK: usize = 256;
/// Room that a prompt must leave for the answer, in tokens.
const LEAST_ROOM: usize = 64;
/// Tokens of a free text whose length is not said.
const TEXT_TOKENS: usize = 512;
/// The last share of those, in which such a text ends with its sentence or line: a small model seldom ends by itself.
const TEXT_CLOSING: usize = 128;
/// Tokens by which an answer under a schema is brought to its end earlier than must be.
const SLACK: usize = 16;

/// A model in memory.
pub(super) struct Model {
    /// Never computes, so it has an empty cache; each answer works on a clone, which shares the weights.
    weights: ModelWeights,
    tokens: Arc<Tokens>,
    grammars: Option<Grammars>,
    /// Most tokens of prompt and answer together.
    context: usize,
}

/// What one answer is made from.
#[derive(Debug)]
pub(super) struct Request<'a> {
    pub messages: &'a [LocalMessage],
    pub schema: Option<&'a Value>,
    pub max_tokens: Option<usize>,
    pub taste: Taste,
}

/// Where the pieces of an answer go.
pub(super) trait Listener {
    /// A piece of text, whole characters.
    fn text(&mut self, piece: &str);
    /// Whether to stop.
    fn is_cancelled(&self) -> bool;
}

impl Model {
    /// Loads a GGUF file of llama's architecture. A sealed file is verified meanwhile, on a thread of its own.
    ///
    /// # Errors
    /// `UnsupportedModel` where it is of another kind, `Damaged` where it is not as it was written, `File` where it can't be read.
    pub(super) fn load(ready: &Ready) -> Result<Self, LocalError> {
        let path = &ready.path;
        let unsupported = |reason: String| LocalError::UnsupportedModel { path: path.clone(), reason };
        thread::scope(|scope| {
            let verified = scope.spawn(|| if ready.sealed { verify(path) } else { Ok(()) });
            let loaded = load_parts(path, &unsupported);
            // Damage explains whatever went wrong with the loading, so it is told first.
            verified.join().unwrap_or(Ok(()))?;
            loaded
        })
    }

    /// Writes an answer.
    ///
    /// # Errors
    /// `PromptTooLong`, `Schema`, `Cancelled`, `Inference`.
    pub(super) fn answer(
        &mut self,
        request: &Request<'_>,
        listener: &mut dyn Listener,
    ) -> Result<LocalAnswer, LocalError> {
        let prompt = self.tokens.encode_chat(request.messages)?;
        let limit = self.context.saturating_sub(LEAST_ROOM);
        if prompt.len() > limit {
            return Err(LocalError::PromptTooLong { prompt_tokens: prompt.len(), limit });
        }
        let constraint = request.schema.map(|schema| self.constraint(schema)).transpose()?;
        let plan = Plan::new(request.max_tokens, constraint.as_ref(), self.context - prompt.len());
        let mut writing = Writing {
            weights: self.weights.clone(),
            tokens: &self.tokens,
            constraint,
            sampler: Sampler::new(request.taste),
            read: 0,
            written: Vec::new(),
            characters: Characters::default(),
            text: String::new(),
            listener,
        };
        let stop = writing.write(&prompt, plan)?;
        Ok(writing.finish(prompt.len(), stop))
    }

    fn constraint(&mut self, schema: &Value) -> Result<Constraint, LocalError> {
        let grammars = match self.grammars.take() {
            Some(grammars) => grammars,
            None => Grammars::new(Arc::clone(&self.tokens))?,
        };
        self.grammars.insert(grammars).start(schema)
    }
}

fn load_parts(path: &Path, unsupported: &dyn Fn(String) -> LocalError) -> Result<Model, LocalError> {
    let mut file = BufReader::with_capacity(1 << 16, File::open(path).map_err(LocalError::file(path))?);
    let content = Content::read(&mut file).map_err(|e| unsupported(e.to_string()))?;
    match text(&content, "general.architecture") {
        Some("llama") => {}
        other => {
            return Err(unsupported(format!(
                "its architecture is {:?}; only \"llama\" is known here",
                other.unwrap_or("unsaid")
            )));
        }
    }
    let told = content.metadata.get("llama.context_length").and_then(|v| v.to_u32().ok());
    let context = told.map_or(MAX_SEQ_LEN, |told| MAX_SEQ_LEN.min(told as usize));
    let tokens = Arc::new(Tokens::read(&content, path)?);
    let weights =
        ModelWeights::from_gguf(content, &mut file, &Device::Cpu).map_err(|e| unsupported(e.to_string()))?;
    Ok(Model { weights, tokens, grammars: None, context })
}

/// How long an answer may get.
#[derive(Debug, Clone, Copy)]
struct Plan {
    /// Most tokens.
    most: usize,
    /// With so many tokens left, an answer is brought to its end.
    closing: usize,
}

impl Plan {
    fn new(asked: Option<usize>, constraint: Option<&Constraint>, room: usize) -> Self {
        let Some(constraint) = constraint else {
            let closing = if asked.is_some() { 0 } else { TEXT_CLOSING };
            return Self { most: asked.unwrap_or(TEXT_TOKENS).min(room), closing };
        };
        let whole = |tokens: u64| usize::try_from(tokens).unwrap_or(usize::MAX);
        let size = constraint.prepared.size;
        let closing = whole(size.least).saturating_add(SLACK);
        let ample = whole(size.ample).saturating_add(closing);
        Self { most: asked.unwrap_or(ample).min(room), closing }
    }
}

/// One answer on its way.
struct Writing<'a> {
    weights: ModelWeights,
    tokens: &'a Tokens,
    constraint: Option<Constraint>,
    sampler: Sampler,
    /// Tokens that the weights have seen.
    read: usize,
    written: Vec<u32>,
    characters: Characters,
    text: String,
    listener: &'a mut dyn Listener,
}

impl Writing<'_> {
    fn write(&mut self, prompt: &[u32], plan: Plan) -> Result<LocalStop, LocalError> {
        let mut unread = prompt.to_vec();
        loop {
            // What the grammar forces is read together with what was chosen before it.
            unread.extend(self.forced()?);
            if self.constraint.as_ref().is_some_and(Constraint::is_done) {
                return Ok(LocalStop::End);
            }
            if self.written.len() >= plan.most {
                return Ok(LocalStop::Length);
            }
            let mut logits = self.read(&unread)?;
            let closing = plan.most - self.written.len() <= plan.closing;
            let Some(id) = self.choose(&mut logits, closing)? else { return Ok(LocalStop::End) };
            unread.clear();
            unread.push(id);
        }
    }

    /// Takes the tokens that the grammar forces.
    fn forced(&mut self) -> Result<Vec<u32>, LocalError> {
        let Some(constraint) = &mut self.constraint else { return Ok(Vec::new()) };
        let mut forced = constraint.forced()?;
        forced.retain(|id| !self.tokens.is_stop(*id));
        for id in &forced {
            self.tell(*id);
        }
        Ok(forced)
    }

    /// Chooses a token and takes it; `None` at the end of the answer.
    fn choose(&mut self, logits: &mut [f32], closing: bool) -> Result<Option<u32>, LocalError> {
        let allowed = self.constraint.as_mut().map(|constraint| constraint.allowed(closing)).transpose()?;
        let admits = |id: u32| allowed.as_ref().is_none_or(|allowed| allowed.admits(id));
        let id = self.sampler.pick(logits, &self.written, |id| self.tokens.is_word(id), admits);
        let id = id.ok_or_else(|| LocalError::inference("no token may come next"))?;
        let may_end = closing && self.constraint.is_none();
        if self.tokens.is_stop(id) || may_end && ends_sentence(&self.text, self.tokens.text_bytes(id)) {
            return Ok(None);
        }
        if let Some(constraint) = &mut self.constraint {
            constraint.take(id)?;
        }
        self.tell(id);
        Ok(Some(id))
    }

    /// Notes a token and gives out the text that it completes.
    fn tell(&mut self, id: u32) {
        self.written.push(id);
        let bytes = self.tokens.text_bytes(id);
        if let Some(constraint) = &mut self.constraint {
            constraint.follow(bytes);
        }
        let piece = self.characters.push(bytes);
        self.give(&piece);
    }

    fn give(&mut self, piece: &str) {
        if !piece.is_empty() {
            self.listener.text(piece);
            self.text.push_str(piece);
        }
    }

    /// Lets the weights see tokens; gives the logits after the last.
    fn read(&mut self, ids: &[u32]) -> Result<Vec<f32>, LocalError> {
        let mut logits = None;
        for chunk in ids.chunks(CHUNK) {
            if self.listener.is_cancelled() {
                return Err(LocalError::Cancelled);
            }
            let input = Tensor::new(chunk, &Device::Cpu)
                .and_then(|t| t.unsqueeze(0))
                .map_err(LocalError::inference)?;
            logits = Some(self.weights.forward(&input, self.read).map_err(LocalError::inference)?);
            self.read += chunk.len();
        }
        let logits = logits.ok_or_else(|| LocalError::inference("nothing to read"))?;
        logits.flatten_all().and_then(|t| t.to_vec1()).map_err(LocalError::inference)
    }

    fn finish(mut self, prompt_tokens: usize, stop: LocalStop) -> LocalAnswer {
        let rest = std::mem::take(&mut self.characters).finish();
        self.give(&rest);
        LocalAnswer {
            text: self.text,
            prompt_tokens,
            completion_tokens: self.written.len(),
            stop,
            unchecked: self.constraint.map(|constraint| constraint.prepared.unchecked).unwrap_or_default(),
        }
    }
}

/// Whether a text has come to the end of a sentence or a line where this follows.
fn ends_sentence(text: &str, next: &[u8]) -> bool {
    let said = text.trim_end_matches(['"', '\'', ')', '*', '”', '’']);
    match next.first() {
        Some(b'\n') => !said.trim().is_empty(),
        Some(b' ') => said.ends_with(['.', '!', '?', '…']),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_and_lines_have_ends() {
        for (text, next) in
            [("It sails.", " It"), ("\"It sails!\"", " he"), ("- one", "\n"), ("Why?", "\n\n")]
        {
            assert!(ends_sentence(text, next.as_bytes()), "{text}");
        }
        for (text, next) in [("It costs 3.", "50"), ("It sails", " on"), ("", "\n"), ("It sails.", "\"")] {
            assert!(!ends_sentence(text, next.as_bytes()), "{text}");
        }
    }
}
