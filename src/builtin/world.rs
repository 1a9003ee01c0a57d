//! Files. Performed by the internal instrument `files`, as calls of their own; paths are meant from the
//! score's folder.

use super::argument::{A, list_of, signature, takes};
use super::{Builtin, Need, Run, SizeFlow};
use crate::instrument::Class;
use crate::types::{Param, Type};

const READS: Run = Run::World { instrument: "files", class: Class::Reads };

pub(super) static ROWS: &[Builtin] = &[
    Builtin {
        name: "read",
        doc: "The text of a file (UTF-8).",
        example: (r#"read("notes.md")"#, ""),
        signature: || signature([path()], Type::Text),
        needs: &[],
        size: SizeFlow::None,
        run: READS,
    },
    Builtin {
        name: "read_image",
        doc: "The image in a file.",
        example: (r#"read_image("photo.png")"#, ""),
        signature: || signature([path()], Type::Image),
        needs: &[],
        size: SizeFlow::None,
        run: READS,
    },
    Builtin {
        name: "read_audio",
        doc: "The sound in a file.",
        example: (r#"read_audio("talk.mp3")"#, ""),
        signature: || signature([path()], Type::Audio),
        needs: &[],
        size: SizeFlow::None,
        run: READS,
    },
    Builtin {
        name: "read_video",
        doc: "The film in a file.",
        example: (r#"read_video("clip.mp4")"#, ""),
        signature: || signature([path()], Type::Video),
        needs: &[],
        size: SizeFlow::None,
        run: READS,
    },
    Builtin {
        name: "read_file",
        doc: "A file of any kind as it is, such as a PDF.",
        example: (r#"read_file("contract.pdf")"#, ""),
        signature: || signature([path()], Type::File),
        needs: &[],
        size: SizeFlow::None,
        run: READS,
    },
    Builtin {
        name: "list_files",
        doc: "The paths of the files in a folder, or of those a pattern fits, sorted by their bytes.",
        example: (r#"list_files("notes/*.md")"#, ""),
        signature: || {
            let pattern = "A folder, or a pattern: `*` and `?` within a name, `**` for any folders.";
            signature([takes("pattern", Type::Text, pattern)], list_of(Type::Text))
        },
        needs: &[],
        size: SizeFlow::None,
        run: READS,
    },
    Builtin {
        name: "write",
        doc: "Writes a file, and the folders to it; a file that is there is replaced as a whole.",
        example: (r##"write("out/report.md", "# Tides")"##, ""),
        signature: || {
            let content = takes("content", A, "A text or a medium as it is; any other value as JSON.");
            signature([path(), content], Type::Nothing)
        },
        needs: &[(0, Need::Data)],
        size: SizeFlow::None,
        run: Run::World { instrument: "files", class: Class::Acts },
    },
    Builtin {
        name: "asked",
        doc: "What an instrument, a part or a movement was asked so far: its prompts in order. In tests only.",
        example: ("asked(writer)", ""),
        signature: || {
            let name = takes("name", Type::Unknown, "The name of an instrument, a part or a movement.");
            signature([name], list_of(Type::Text))
        },
        needs: &[],
        size: SizeFlow::None,
        run: Run::World { instrument: "prompts", class: Class::Acts },
    },
];

fn path() -> Param {
    takes("path", Type::Text, "The file's path, from the score's folder.")
}
