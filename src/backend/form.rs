//! Forms with files, `multipart/form-data`, as services take them that want files.
//!
//! After RFC 7578; names of files are escaped as browsers do it
//! (<https://html.spec.whatwg.org/multipage/form-control-infrastructure.html#multipart-form-data>).

use crate::value::Media;

use super::media::extension;

/// A form that is being filled in.
#[derive(Default)]
pub(super) struct Form<'a> {
    fields: Vec<(&'a str, Content<'a>)>,
}

enum Content<'a> {
    Text(String),
    File(&'a Media),
}

impl<'a> Form<'a> {
    pub(super) fn text(&mut self, name: &'a str, value: impl Into<String>) {
        self.fields.push((name, Content::Text(value.into())));
    }

    pub(super) fn file(&mut self, name: &'a str, media: &'a Media) {
        self.fields.push((name, Content::File(media)));
    }

    /// The body, and the media type that tells how it is to be read.
    pub(super) fn written(&self) -> (Vec<u8>, String) {
        let boundary = self.boundary();
        let mut body = Vec::new();
        for (name, content) in &self.fields {
            let head = match content {
                Content::Text(_) => String::new(),
                Content::File(media) => {
                    format!("; filename=\"{}\"\r\nContent-Type: {}", escaped(&file_name(media)), media.mime)
                }
            };
            let head = format!(
                "--{boundary}\r\nContent-Disposition: form-data; name=\"{}\"{head}\r\n\r\n",
                escaped(name)
            );
            body.extend_from_slice(head.as_bytes());
            body.extend_from_slice(content.bytes());
            body.extend_from_slice(b"\r\n");
        }
        body.extend_from_slice(format!("--{boundary}--\r\n").as_bytes());
        (body, format!("multipart/form-data; boundary={boundary}"))
    }

    /// A line that stands in none of the fields. The same form is written the same each time.
    fn boundary(&self) -> String {
        let stands = |boundary: &str| {
            let boundary = boundary.as_bytes();
            self.fields
                .iter()
                .any(|(_, content)| content.bytes().windows(boundary.len()).any(|window| window == boundary))
        };
        let mut number = 0u64;
        loop {
            let boundary = format!("score-form-{number:016x}");
            if !stands(&boundary) {
                return boundary;
            }
            number += 1;
        }
    }
}

impl Content<'_> {
    fn bytes(&self) -> &[u8] {
        match self {
            Self::Text(text) => text.as_bytes(),
            Self::File(media) => &media.bytes,
        }
    }
}

/// The name of a file; services look at its extension.
fn file_name(media: &Media) -> String {
    match media.name.as_deref().filter(|name| name.contains('.')) {
        Some(name) => name.to_owned(),
        None => format!("{}.{}", media.kind.word(), extension(&media.mime)),
    }
}

fn escaped(name: &str) -> String {
    name.replace('"', "%22").replace('\r', "%0D").replace('\n', "%0A")
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::value::MediaKind;

    #[test]
    fn a_form_is_written_as_services_read_it() {
        let file = |name: Option<&str>, bytes: &[u8]| Media {
            kind: MediaKind::Audio,
            mime: "audio/wav".into(),
            name: name.map(Arc::from),
            bytes: Arc::from(bytes),
        };
        let (named, unnamed) =
            (file(Some("a\"b\r\n.wav"), b"\x00\xff"), file(None, b"score-form-0000000000000000"));
        let mut form = Form::default();
        form.text("model", "m é");
        form.file("file", &named);
        form.file("more[]", &unnamed);
        let (body, mime) = form.written();
        assert_eq!(mime, "multipart/form-data; boundary=score-form-0000000000000001");
        let wanted = [
            b"--B\r\nContent-Disposition: form-data; name=\"model\"\r\n\r\nm \xc3\xa9\r\n".as_slice(),
            b"--B\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a%22b%0D%0A.wav\"\r\nContent-Type: audio/wav\r\n\r\n\x00\xff\r\n",
            b"--B\r\nContent-Disposition: form-data; name=\"more[]\"; filename=\"audio.wav\"\r\nContent-Type: audio/wav\r\n\r\nscore-form-0000000000000000\r\n",
            b"--B--\r\n",
        ];
        let wanted = wanted.concat();
        let shown = String::from_utf8_lossy(&body).replace("score-form-0000000000000001", "B");
        assert_eq!(shown, String::from_utf8_lossy(&wanted));
    }
}
