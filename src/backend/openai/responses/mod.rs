//! OpenAI's Responses API.
//!
//! After <https://developers.openai.com/api/reference/resources/responses> and the types of its Python SDK (3.57).
//! Nothing is kept at OpenAI (`store: false`): what a model thought comes back encrypted and goes back to it so.

mod decode;
mod encode;

pub(super) use decode::Responses;
pub(super) use encode::body;

#[cfg(test)]
mod tests;
