//! Images, sounds, films and other files.

use std::sync::Arc;

/// What a medium is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum MediaKind {
    /// `image`
    Image,
    /// `audio`
    Audio,
    /// `video`
    Video,
    /// `file`
    File,
}

impl MediaKind {
    /// The word of the language for it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Image => "image",
            Self::Audio => "audio",
            Self::Video => "video",
            Self::File => "file",
        }
    }
}

/// A medium with its bytes.
#[derive(Clone, PartialEq)]
pub struct Media {
    /// What it is.
    pub kind: MediaKind,
    /// Its media type, such as `image/png`.
    pub mime: Arc<str>,
    /// A file name without folders, where one is known.
    pub name: Option<Arc<str>>,
    /// Its content.
    pub bytes: Arc<[u8]>,
}

/// Never prints the bytes.
impl std::fmt::Debug for Media {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "<{} {} {} bytes>", self.kind.word(), self.mime, self.bytes.len())
    }
}
