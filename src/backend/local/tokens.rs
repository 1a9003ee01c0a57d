//! Text to token ids and back: the tokenizer that a GGUF file carries, the chat markers, whole characters from a stream.
//!
//! Knows nothing of weights, sampling or grammars.

use std::path::Path;

use candle_core::quantized::gguf_file::{Content, Value};
use candle_core::quantized::tokenizer::TokenizerFromGguf;
use tokenizers::pre_tokenizers::byte_level::ByteLevel;
use tokenizers::pre_tokenizers::digits::Digits;
use tokenizers::pre_tokenizers::sequence::Sequence;
use tokenizers::{PreTokenizerWrapper, Tokenizer};

use super::error::LocalError;
use super::job::{LocalMessage, LocalRole};

/// Marks a control token's bytes in the grammar's trie; it never stands in UTF-8 text.
pub(super) const CONTROL_MARK: u8 = 0xFF;

/// A model's vocabulary.
#[derive(Debug)]
pub(super) struct Tokens {
    tokenizer: Tokenizer,
    /// By id: the bytes of an ordinary token; [`CONTROL_MARK`] and the name for a control token.
    bytes: Vec<Vec<u8>>,
    /// By id: whether it holds a letter.
    words: Vec<bool>,
    /// Ids that end an answer; the first is the end of a turn.
    stops: Vec<u32>,
    turn_start: u32,
    turn_end: u32,
}

impl Tokens {
    /// Reads the vocabulary out of a GGUF header; `path` is for messages.
    ///
    /// # Errors
    /// `UnsupportedModel` where the tokenizer is not byte-level BPE, splits text in a way that is not known here,
    /// or the chat format is not `ChatML`.
    pub(super) fn read(content: &Content, path: &Path) -> Result<Self, LocalError> {
        let unsupported = |reason: String| LocalError::UnsupportedModel { path: path.to_path_buf(), reason };
        let mut tokenizer = Tokenizer::from_gguf(content).map_err(|e| unsupported(e.to_string()))?;
        let split = text(content, "tokenizer.ggml.pre").unwrap_or("gpt-2");
        match split {
            "smollm" => {
                // candle takes this one for GPT-2's, with a leading space and undivided numbers.
                let steps = vec![
                    PreTokenizerWrapper::from(Digits::new(true)),
                    ByteLevel::new(false, true, true).into(),
                ];
                tokenizer.with_pre_tokenizer(Some(Sequence::new(steps)));
            }
            "gpt-2" | "default" => {
                tokenizer.with_pre_tokenizer(Some(ByteLevel::new(false, true, true)));
            }
            "qwen2" | "llama3" | "smaug-bpe" => {}
            other => {
                return Err(unsupported(format!(
                    "its tokenizer splits text by the rule {other:?}, which is not known here"
                )));
            }
        }
        // Names of control tokens within a text are text.
        tokenizer.set_encode_special_tokens(true);
        let names = content.metadata.get("tokenizer.ggml.tokens").and_then(|v| v.to_vec().ok());
        let names = names.ok_or_else(|| unsupported("it has no vocabulary".to_owned()))?;
        let kinds = content.metadata.get("tokenizer.ggml.token_type").and_then(|v| v.to_vec().ok());
        let mut bytes = Vec::with_capacity(names.len());
        for (index, name) in names.iter().enumerate() {
            let name = name.to_string().map_err(|e| unsupported(e.to_string()))?;
            let ordinary = kinds.and_then(|kinds| kinds.get(index)).is_none_or(is_ordinary);
            bytes
                .push(if ordinary { token_bytes(name) } else { None }.unwrap_or_else(|| control_bytes(name)));
        }
        let find = |name: &str| tokenizer.token_to_id(name);
        let (Some(turn_start), Some(turn_end)) = (find("<|im_start|>"), find("<|im_end|>")) else {
            return Err(unsupported(
                "its chat format is not ChatML (it has no <|im_start|> token)".to_owned(),
            ));
        };
        let mut stops = vec![turn_end];
        let eos = content.metadata.get("tokenizer.ggml.eos_token_id").and_then(|v| v.to_u32().ok());
        for id in [eos, find("<|endoftext|>"), Some(turn_start)].into_iter().flatten() {
            if !stops.contains(&id) {
                stops.push(id);
            }
        }
        let words = bytes
            .iter()
            .map(|b| !b.starts_with(&[CONTROL_MARK]) && b.iter().any(u8::is_ascii_alphabetic))
            .collect();
        Ok(Self { tokenizer, bytes, words, stops, turn_start, turn_end })
    }

    /// Ids of a text; chat markers in it are taken as text.
    pub(super) fn encode(&self, text: &str) -> Result<Vec<u32>, LocalError> {
        let encoding = self.tokenizer.encode_fast(text, false).map_err(LocalError::inference)?;
        Ok(encoding.get_ids().to_vec())
    }

    /// Ids of a conversation in `ChatML`, ending where the answer begins.
    pub(super) fn encode_chat(&self, messages: &[LocalMessage]) -> Result<Vec<u32>, LocalError> {
        let mut ids = Vec::new();
        if !messages.iter().any(|m| m.role == LocalRole::System) {
            // The model was trained with a system turn in every conversation.
            self.encode_turn(&mut ids, "system", "You are a helpful assistant.")?;
        }
        for message in messages {
            let role = match message.role {
                LocalRole::System => "system",
                LocalRole::User => "user",
                LocalRole::Assistant => "assistant",
            };
            self.encode_turn(&mut ids, role, &message.text)?;
        }
        ids.push(self.turn_start);
        ids.extend(self.encode("assistant\n")?);
        Ok(ids)
    }

    fn encode_turn(&self, ids: &mut Vec<u32>, role: &str, text: &str) -> Result<(), LocalError> {
        ids.push(self.turn_start);
        ids.extend(self.encode(role)?);
        ids.extend(self.encode("\n")?);
        ids.extend(self.encode(text)?);
        ids.push(self.turn_end);
        ids.extend(self.encode("\n")?);
        Ok(())
    }

    /// Bytes that a token adds to the text; none for a control token or an id outside the vocabulary.
    pub(super) fn text_bytes(&self, id: u32) -> &[u8] {
        match self.bytes.get(id as usize) {
            Some(bytes) if !bytes.starts_with(&[CONTROL_MARK]) => bytes,
            _ => &[],
        }
    }

    /// By id, the bytes for the grammar's trie.
    pub(super) fn trie_bytes(&self) -> &[Vec<u8>] {
        &self.bytes
    }

    /// Whether a token holds a letter.
    pub(super) fn is_word(&self, id: u32) -> bool {
        self.words.get(id as usize).copied().unwrap_or(false)
    }

    /// Whether a token ends the answer.
    pub(super) fn is_stop(&self, id: u32) -> bool {
        self.stops.contains(&id)
    }

    /// The token that ends a turn.
    pub(super) fn turn_end(&self) -> u32 {
        self.turn_end
    }
}

/// A text entry of the header.
pub(super) fn text<'a>(content: &'a Content, key: &str) -> Option<&'a str> {
    content.metadata.get(key)?.to_string().ok().map(String::as_str)
}

/// Kind 1 (normal) and 6 (byte) of llama.cpp's `llama_token_type` are text.
fn is_ordinary(kind: &Value) -> bool {
    let kind = match kind {
        Value::I32(kind) => i64::from(*kind),
        Value::U32(kind) => i64::from(*kind),
        _ => 1,
    };
    matches!(kind, 1 | 6)
}

fn control_bytes(name: &str) -> Vec<u8> {
    let mut bytes = vec![CONTROL_MARK];
    bytes.extend_from_slice(name.as_bytes());
    bytes
}

/// Bytes of a token in GPT-2's spelling; `None` where a character is outside of it.
fn token_bytes(name: &str) -> Option<Vec<u8>> {
    name.chars().map(char_to_byte).collect()
}

/// GPT-2's `bytes_to_unicode` backwards: printable bytes stand for themselves, the others, in order, from U+0100 on.
fn char_to_byte(c: char) -> Option<u8> {
    let code = u32::from(c);
    match code {
        0x21..=0x7E | 0xA1..=0xAC | 0xAE..=0xFF => u8::try_from(code).ok(),
        0x100..=0x120 => u8::try_from(code - 0x100).ok(),
        0x121..=0x142 => u8::try_from(code - 0x121 + 0x7F).ok(),
        0x143 => Some(0xAD),
        _ => None,
    }
}

/// Gives out whole characters of a text whose bytes come in pieces.
#[derive(Debug, Default)]
pub(super) struct Characters {
    pending: Vec<u8>,
}

impl Characters {
    /// Takes bytes in; gives the characters that are complete. Bytes that can't be UTF-8 become U+FFFD.
    pub(super) fn push(&mut self, bytes: &[u8]) -> String {
        self.pending.extend_from_slice(bytes);
        let whole = match std::str::from_utf8(&self.pending) {
            Ok(_) => self.pending.len(),
            Err(error) if error.error_len().is_none() => error.valid_up_to(),
            // Broken for good: everything up to a start that may still be completed is given out, the broken bytes replaced.
            Err(_) => self.pending.len() - unfinished_tail(&self.pending),
        };
        let out = String::from_utf8_lossy(&self.pending[..whole]).into_owned();
        self.pending.drain(..whole);
        out
    }

    /// What is left at the end, broken bytes replaced.
    pub(super) fn finish(self) -> String {
        String::from_utf8_lossy(&self.pending).into_owned()
    }
}

/// How many bytes at the end are the start of a character that lacks its rest.
fn unfinished_tail(bytes: &[u8]) -> usize {
    for length in 1..=bytes.len().min(3) {
        let tail = &bytes[bytes.len() - length..];
        if let Err(error) = std::str::from_utf8(tail)
            && error.valid_up_to() == 0
            && error.error_len().is_none()
        {
            return length;
        }
    }
    0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_byte_alphabet_covers_every_byte_once() {
        let mut seen: Vec<u8> = (0..0x200).filter_map(char::from_u32).filter_map(char_to_byte).collect();
        seen.sort_unstable();
        assert_eq!(seen, (0..=255).collect::<Vec<u8>>());
        assert_eq!(token_bytes("Ġhi"), Some(b" hi".to_vec()));
        assert_eq!(token_bytes("Ċ"), Some(b"\n".to_vec()));
        assert_eq!(token_bytes("日"), None);
    }

    #[test]
    fn a_character_is_held_until_it_is_whole() {
        let text = "é日🙂x";
        for size in 1..5 {
            let mut characters = Characters::default();
            let mut out = String::new();
            for piece in text.as_bytes().chunks(size) {
                out.push_str(&characters.push(piece));
                assert!(!out.contains('\u{FFFD}'));
            }
            out.push_str(&characters.finish());
            assert_eq!(out, text);
        }
    }

    #[test]
    fn broken_bytes_do_not_block_the_rest() {
        let mut characters = Characters::default();
        assert_eq!(characters.push(&[0xE6, b'a', 0xC3]), "\u{FFFD}a");
        assert_eq!(characters.push(&[0xA9]), "é");
    }
}
