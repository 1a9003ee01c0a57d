//! Answers that must meet a JSON Schema: which tokens may come next, which must, and bringing an answer to its end in time.

use std::sync::Arc;

use llguidance::api::TopLevelGrammar;
use llguidance::earley::SlicedBiasComputer;
use llguidance::{Matcher, ParserFactory};
use serde_json::Value;
use toktrie::{InferenceCapabilities, SimpleVob, TokEnv, TokRxInfo, TokTrie, TokenId, TokenizerEnv};

use super::error::LocalError;
use super::schema::{Prepared, prepare, without_patterns};
use super::tokens::Tokens;

/// The vocabulary, in the form that grammars need. Built once for a model (a tenth of a second).
pub(super) struct Grammars {
    factory: ParserFactory,
    closers: Arc<Closers>,
}

/// Texts that bring JSON to an end where no string is open, the best first. A space comes before tokens that join one to a longer value.
const CLOSERS: [&[u8]; 12] =
    [b"]", b"}", b"null", b" null", b"[]", b" []", b"{}", b" {}", b"\"\"", b" \"\"", b",", b" "];

/// Tokens that bring JSON to an end.
#[derive(Debug)]
struct Closers {
    /// Ends an open string.
    quote: Option<u32>,
    /// Where no string is open, the best first.
    outside: Vec<u32>,
}

/// A schema on its way through one answer.
pub(super) struct Constraint {
    matcher: Matcher,
    closers: Arc<Closers>,
    place: JsonPlace,
    /// Sizes, and what the grammar could not hold.
    pub prepared: Prepared,
}

struct Environment {
    trie: TokTrie,
    tokens: Arc<Tokens>,
}

impl TokenizerEnv for Environment {
    fn tok_trie(&self) -> &TokTrie {
        &self.trie
    }

    fn tokenize_bytes(&self, bytes: &[u8]) -> Vec<TokenId> {
        self.trie.tokenize_with_greedy_fallback(bytes, |text| {
            self.tokens.encode(text).unwrap_or_else(|_| self.trie.greedy_tokenize(text.as_bytes()))
        })
    }
}

impl Grammars {
    /// Indexes a vocabulary.
    ///
    /// # Errors
    /// `Inference` where llguidance refuses it.
    pub(super) fn new(tokens: Arc<Tokens>) -> Result<Self, LocalError> {
        let words = tokens.trie_bytes();
        let size = u32::try_from(words.len()).map_err(LocalError::inference)?;
        let trie = TokTrie::from(&TokRxInfo::new(size, tokens.turn_end()), words);
        let find = |text: &[u8]| trie.token_id(text);
        let outside = [tokens.turn_end()].into_iter().chain(CLOSERS.into_iter().filter_map(find)).collect();
        let closers = Arc::new(Closers { quote: find(b"\""), outside });
        let environment: TokEnv = Arc::new(Environment { trie, tokens });
        let abilities = InferenceCapabilities { ff_tokens: true, ..InferenceCapabilities::default() };
        let mut factory = ParserFactory::new(&environment, abilities, &SlicedBiasComputer::json_slices())
            .map_err(LocalError::inference)?;
        factory.quiet();
        Ok(Self { factory, closers })
    }

    /// Starts an answer under a schema. Where the grammar compiler refuses the schema with its `pattern`s, it is used without them,
    /// and they are listed as unchecked.
    ///
    /// # Errors
    /// `Schema` where it refuses it even so.
    pub(super) fn start(&self, schema: &Value) -> Result<Constraint, LocalError> {
        let prepared = prepare(schema);
        match self.compile(&prepared) {
            Ok(matcher) => Ok(self.constraint(matcher, prepared)),
            Err(reason) => {
                let prepared = prepare(&without_patterns(schema)).with_unchecked("pattern");
                let matcher = self.compile(&prepared).map_err(|_| LocalError::Schema { reason })?;
                Ok(self.constraint(matcher, prepared))
            }
        }
    }

    fn constraint(&self, matcher: Matcher, prepared: Prepared) -> Constraint {
        Constraint { matcher, closers: Arc::clone(&self.closers), place: JsonPlace::default(), prepared }
    }

    fn compile(&self, prepared: &Prepared) -> Result<Matcher, String> {
        let grammar = TopLevelGrammar::from_json_schema(prepared.schema.clone());
        let parser = self.factory.create_parser(grammar).map_err(|e| format!("{e:#}"))?;
        let matcher = Matcher::new(Ok(parser));
        matcher.get_error().map_or(Ok(matcher), Err)
    }
}

impl Constraint {
    /// Tokens that must come next, in order; they count as taken.
    pub(super) fn forced(&mut self) -> Result<Vec<u32>, LocalError> {
        let forced = self.matcher.consume_ff_tokens();
        self.matcher.get_error().map_or(Ok(forced), |reason| Err(LocalError::Inference { reason }))
    }

    /// Whether the answer is complete and nothing may follow.
    pub(super) fn is_done(&self) -> bool {
        self.matcher.is_stopped()
    }

    /// Tokens that may come next. When `closing`, only the one that ends a value, where there is one.
    pub(super) fn allowed(&mut self, closing: bool) -> Result<Allowed, LocalError> {
        let mask = self.matcher.compute_mask_or_eos().map_err(LocalError::inference)?;
        if closing {
            let quote = self.closers.quote.filter(|_| !self.place.escaped);
            let closers = if self.place.in_string { quote.as_slice() } else { &self.closers.outside };
            if let Some(id) = closers.iter().copied().find(|id| mask.is_allowed(*id)) {
                return Ok(Allowed::Only(id));
            }
        }
        Ok(Allowed::Mask(mask))
    }

    /// Takes a token that was allowed.
    pub(super) fn take(&mut self, id: u32) -> Result<(), LocalError> {
        self.matcher.consume_token(id).map_err(LocalError::inference)
    }

    /// Follows the text that was written.
    pub(super) fn follow(&mut self, bytes: &[u8]) {
        self.place.follow(bytes);
    }
}

/// Which tokens may come next.
pub(super) enum Allowed {
    /// This one.
    Only(u32),
    /// These.
    Mask(SimpleVob),
}

impl Allowed {
    /// Whether a token may come next.
    pub(super) fn admits(&self, id: u32) -> bool {
        match self {
            Self::Only(only) => *only == id,
            Self::Mask(mask) => (id as usize) < mask.len() && mask.is_allowed(id),
        }
    }
}

/// Whether a text of JSON ends within a string.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
struct JsonPlace {
    in_string: bool,
    escaped: bool,
}

impl JsonPlace {
    fn follow(&mut self, bytes: &[u8]) {
        for byte in bytes {
            match (self.in_string, self.escaped, byte) {
                (true, true, _) => self.escaped = false,
                (true, false, b'\\') => self.escaped = true,
                (_, false, b'"') => self.in_string = !self.in_string,
                _ => {}
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_place_in_json_is_followed() {
        let place = |text: &str| {
            let mut place = JsonPlace::default();
            place.follow(text.as_bytes());
            (place.in_string, place.escaped)
        };
        assert_eq!(place(r#"{"a": ["#), (false, false));
        assert_eq!(place(r#"{"a": "x } ]"#), (true, false));
        assert_eq!(place(r#"{"a": "x\"#), (true, true));
        assert_eq!(place(r#"{"a": "x\""#), (true, false));
        assert_eq!(place(r#"{"a": "x\\""#), (false, false));
    }
}
