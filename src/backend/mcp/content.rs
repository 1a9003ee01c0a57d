//! What a tool gave, as the answer of the wanted type: structured content where there is some, else text,
//! media where these are wanted.

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use rmcp::model::{CallToolResult, ContentBlock, ResourceContents};

use super::Played;
use crate::backend::media::{kind, medium, mime};
use crate::instrument::{Class, Committed, Failure, FailureKind, Reply, Request};
use crate::types::Type;
use crate::value::{Media, MediaKind, Value, from_json};

/// The answer.
pub(super) fn reply(request: &Request, tool: &str, answered: CallToolResult) -> Played {
    if answered.is_error == Some(true) {
        return Err(refused(request, tool, &answered));
    }
    let wanted = request.answer.shape();
    let blocks = &answered.content;
    match (wanted, answered.structured_content) {
        (Type::Nothing, _) => Ok(Reply::value(Value::Nothing)),
        (wanted, _) if wanted.is_media() => one(request, tool, wanted, blocks),
        (Type::List(element, _), _) if element.is_media() => {
            let media = media(blocks).filter(|medium| is_wanted(element, medium)).map(Value::Media);
            Ok(Reply::value(Value::list(media.collect::<Vec<_>>())))
        }
        (Type::Text, Some(structured)) if !blocks.iter().any(is_text) => {
            Ok(Reply::value(Value::text(&structured.to_string())))
        }
        (Type::Text, _) => text(request, tool, blocks).map(|text| Reply::value(Value::text(&text))),
        (_, Some(structured)) => Ok(Reply::value(from_json(structured))),
        (Type::Json, None) => {
            let text = text(request, tool, blocks)?;
            let value = serde_json::from_str(&text).map_or_else(|_| Value::text(&text), from_json);
            Ok(Reply::value(value))
        }
        (_, None) => text(request, tool, blocks).map(Reply::text),
    }
}

/// A tool that says that it failed.
fn refused(request: &Request, tool: &str, answered: &CallToolResult) -> Failure {
    let said: Vec<String> = answered.content.iter().filter_map(words).collect();
    let said = said.join("\n");
    // Servers check arguments themselves, and say so with the number of that error.
    let refused = said.contains("-32602") || said.contains("-32601");
    let kind = if refused { FailureKind::InvalidRequest } else { FailureKind::ExitFailed };
    let committed = if refused || request.class != Class::Acts { Committed::No } else { Committed::Unknown };
    let why = if said.trim().is_empty() { "it does not say why" } else { said.trim() };
    Failure::new(kind, format!("the tool `{tool}` failed: {why}")).with_committed(committed)
}

fn is_text(block: &ContentBlock) -> bool {
    words(block).is_some()
}

/// What a block says in words.
fn words(block: &ContentBlock) -> Option<String> {
    match block {
        ContentBlock::Text(text) => Some(text.text.clone()),
        ContentBlock::Resource(resource) => match &resource.resource {
            ResourceContents::TextResourceContents { text, .. } => Some(text.clone()),
            _ => None,
        },
        ContentBlock::ResourceLink(link) => Some(format!("{} ({})", link.name, link.uri)),
        _ => None,
    }
}

/// All blocks as text; media stand in it by kind and size.
fn text(request: &Request, tool: &str, blocks: &[ContentBlock]) -> Result<String, Failure> {
    if !blocks.is_empty() && !blocks.iter().any(is_text) {
        let given: Vec<String> = media(blocks).map(|medium| medium.mime.to_string()).collect();
        let message = format!("the tool `{tool}` gave {} and no text", listed(&given));
        return Err(done(request, message).with_help(format!(
            "declare a part that gives it: `part {}() -> image by …`, or `file`",
            tool.replace(|letter: char| !letter.is_ascii_alphanumeric(), "_")
        )));
    }
    let said = blocks.iter().map(|block| {
        words(block).unwrap_or_else(|| {
            let media: Vec<String> =
                media(std::slice::from_ref(block)).map(|medium| shown(&medium)).collect();
            media.join("\n")
        })
    });
    Ok(said.collect::<Vec<_>>().join("\n"))
}

fn shown(medium: &Media) -> String {
    format!("[{}, {} bytes]", medium.mime, medium.bytes.len())
}

fn listed(given: &[String]) -> String {
    if given.is_empty() { "nothing that can be read".to_owned() } else { given.join(", ") }
}

/// The first medium of the wanted kind.
fn one(request: &Request, tool: &str, wanted: &Type, blocks: &[ContentBlock]) -> Played {
    if let Some(medium) = media(blocks).find(|medium| is_wanted(wanted, medium)) {
        return Ok(Reply::value(Value::Media(medium)));
    }
    let mut given: Vec<String> = media(blocks).map(|medium| medium.mime.to_string()).collect();
    given.extend(blocks.iter().any(is_text).then(|| "text".to_owned()));
    Err(done(request, format!("the tool `{tool}` gave {} where {wanted} is wanted", listed(&given))))
}

fn is_wanted(wanted: &Type, medium: &Media) -> bool {
    match wanted.shape() {
        Type::Image => medium.kind == MediaKind::Image,
        Type::Audio => medium.kind == MediaKind::Audio,
        Type::Video => medium.kind == MediaKind::Video,
        _ => true,
    }
}

/// The media among the blocks; what is no base64 is none.
fn media(blocks: &[ContentBlock]) -> impl Iterator<Item = Arc<Media>> + '_ {
    blocks.iter().filter_map(|block| {
        let (data, said) = match block {
            ContentBlock::Image(image) => (&image.data, Some(image.mime_type.as_str())),
            ContentBlock::Audio(audio) => (&audio.data, Some(audio.mime_type.as_str())),
            ContentBlock::Resource(resource) => match &resource.resource {
                ResourceContents::BlobResourceContents { blob, mime_type, .. } => {
                    (blob, mime_type.as_deref())
                }
                _ => return None,
            },
            _ => return None,
        };
        let bytes = STANDARD.decode(data.trim()).ok()?;
        let seen = mime(&bytes, None);
        let mime = said.filter(|_| seen == "application/octet-stream").unwrap_or(seen);
        Some(medium(kind(mime), mime, None, bytes))
    })
}

/// The tool has done its work, but what it gave won't do.
fn done(request: &Request, message: String) -> Failure {
    let committed = if request.class == Class::Acts { Committed::Yes } else { Committed::No };
    Failure::new(FailureKind::BadShape, message).with_committed(committed)
}
