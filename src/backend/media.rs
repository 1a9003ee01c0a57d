//! Media from bytes: what they are, by their first bytes and by the name of their file.

use std::sync::Arc;

use crate::value::{Media, MediaKind};

/// First bytes, where they stand, and what they mean.
const MAGIC: &[(usize, &[u8], &str)] = &[
    (0, b"\x89PNG\r\n\x1a\n", "image/png"),
    (0, b"\xff\xd8\xff", "image/jpeg"),
    (0, b"GIF87a", "image/gif"),
    (0, b"GIF89a", "image/gif"),
    (8, b"WEBP", "image/webp"),
    (8, b"WAVE", "audio/wav"),
    (8, b"AVI ", "video/x-msvideo"),
    (0, b"BM", "image/bmp"),
    (0, b"II*\0", "image/tiff"),
    (0, b"MM\0*", "image/tiff"),
    (4, b"ftypavif", "image/avif"),
    (4, b"ftypheic", "image/heic"),
    (4, b"ftypM4A", "audio/mp4"),
    (4, b"ftyp", "video/mp4"),
    (0, b"ID3", "audio/mpeg"),
    (0, b"\xff\xfb", "audio/mpeg"),
    (0, b"\xff\xf3", "audio/mpeg"),
    (0, b"\xff\xf2", "audio/mpeg"),
    (0, b"\xff\xf1", "audio/aac"),
    (0, b"\xff\xf9", "audio/aac"),
    (0, b"OggS", "audio/ogg"),
    (0, b"fLaC", "audio/flac"),
    (0, b"\x1aE\xdf\xa3", "video/webm"),
    (0, b"%PDF-", "application/pdf"),
    (0, b"PK\x03\x04", "application/zip"),
    (0, b"<svg", "image/svg+xml"),
];

const EXTENSIONS: &[(&str, &str)] = &[
    ("png", "image/png"),
    ("jpg", "image/jpeg"),
    ("jpeg", "image/jpeg"),
    ("gif", "image/gif"),
    ("webp", "image/webp"),
    ("bmp", "image/bmp"),
    ("tif", "image/tiff"),
    ("tiff", "image/tiff"),
    ("svg", "image/svg+xml"),
    ("avif", "image/avif"),
    ("heic", "image/heic"),
    ("mp3", "audio/mpeg"),
    ("wav", "audio/wav"),
    ("ogg", "audio/ogg"),
    ("flac", "audio/flac"),
    ("aac", "audio/aac"),
    ("m4a", "audio/mp4"),
    ("mp4", "video/mp4"),
    ("mov", "video/quicktime"),
    ("webm", "video/webm"),
    ("avi", "video/x-msvideo"),
    ("pdf", "application/pdf"),
    ("zip", "application/zip"),
    ("json", "application/json"),
    ("txt", "text/plain"),
    ("md", "text/markdown"),
    ("csv", "text/csv"),
    ("html", "text/html"),
    ("htm", "text/html"),
    ("xml", "application/xml"),
];

/// The media type of some bytes: by what they begin with, else by the file's name.
pub(super) fn mime(bytes: &[u8], name: Option<&str>) -> &'static str {
    let magic = MAGIC.iter().find(|(at, magic, _)| bytes.get(*at..at + magic.len()) == Some(*magic));
    // Riff files of another kind must not pass for what they aren't; `BM` alone proves little.
    let by_name = || {
        let extension = name?.rsplit_once('.')?.1.to_ascii_lowercase();
        EXTENSIONS.iter().find(|(known, _)| *known == extension).map(|(_, mime)| *mime)
    };
    match magic {
        Some((_, magic, mime)) if magic.len() > 2 => mime,
        Some((_, _, mime)) => by_name().unwrap_or(mime),
        None => by_name().unwrap_or("application/octet-stream"),
    }
}

/// The usual extension of a media type, without its dot; `bin` where none is known.
#[must_use]
pub fn extension(mime: &str) -> &'static str {
    let mime = mime.split(';').next().unwrap_or_default().trim();
    EXTENSIONS.iter().find(|(_, known)| *known == mime).map_or("bin", |(extension, _)| extension)
}

/// What kind of medium a media type is.
pub(super) fn kind(mime: &str) -> MediaKind {
    match mime.split('/').next() {
        Some("image") => MediaKind::Image,
        Some("audio") => MediaKind::Audio,
        Some("video") => MediaKind::Video,
        _ => MediaKind::File,
    }
}

/// A medium of these bytes.
pub(super) fn medium(kind: MediaKind, mime: &str, name: Option<&str>, bytes: Vec<u8>) -> Arc<Media> {
    Arc::new(Media { kind, mime: Arc::from(mime), name: name.map(Arc::from), bytes: Arc::from(bytes) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_say_more_than_names() {
        assert_eq!(mime(b"\x89PNG\r\n\x1a\nrest", Some("photo.jpg")), "image/png");
        assert_eq!(mime(b"RIFF....WAVEfmt ", None), "audio/wav");
        assert_eq!(mime(b"\0\0\0\x18ftypmp42", None), "video/mp4");
        assert_eq!(mime(b"BMW is a car", Some("cars.txt")), "text/plain");
        assert_eq!(mime(b"hello", Some("a.MD")), "text/markdown");
        assert_eq!(mime(b"<svg xmlns", None), "image/svg+xml");
        assert_eq!(mime(b"", None), "application/octet-stream");
        assert_eq!(extension("image/jpeg"), "jpg");
        assert_eq!(extension("text/html; charset=utf-8"), "html");
    }
}
