use std::path::Path;
use std::sync::Arc;

use crate::backend::tests::{instrument, play, request, stage};
use crate::instrument::{Answer, Failure, FailureKind, Stage};
use crate::types::Type;
use crate::value::Value;

fn at(folder: &Path) -> Stage {
    let mut stage = stage();
    stage.folder = Arc::from(folder);
    stage
}

async fn call(stage: &Stage, operation: &str, arguments: &[Value]) -> Result<Value, Failure> {
    let mut request = request(&instrument("files", &[]), Type::Unknown, "");
    request.part = operation.into();
    request.messages.clear();
    request.arguments = arguments.iter().map(|value| ("x".into(), value.clone())).collect();
    match play(request, stage).await?.answer {
        Answer::Value(value) => Ok(value),
        Answer::Text(text) => Ok(Value::text(&text)),
    }
}

#[tokio::test]
async fn what_is_written_is_read_back_and_listed_in_order() {
    let folder = tempfile::tempdir().unwrap();
    let stage = at(folder.path());
    for name in ["docs/b.md", "docs/Z.md", "docs/é.md", "docs/a.txt", "docs/deep/er/c.md", "docs/.hidden"] {
        call(&stage, "write", &[Value::text(name), Value::text(name)]).await.unwrap();
    }
    assert_eq!(call(&stage, "read", &[Value::text("docs/é.md")]).await.unwrap(), Value::text("docs/é.md"));
    let listed = |names: &[&str]| Value::list(names.iter().map(|name| Value::text(name)).collect::<Vec<_>>());
    for (pattern, names) in [
        ("docs", &["docs/Z.md", "docs/a.txt", "docs/b.md", "docs/é.md"][..]),
        ("docs/", &["docs/Z.md", "docs/a.txt", "docs/b.md", "docs/é.md"]),
        ("docs/*.md", &["docs/Z.md", "docs/b.md", "docs/é.md"]),
        ("**/*.md", &["docs/Z.md", "docs/b.md", "docs/deep/er/c.md", "docs/é.md"]),
        ("docs/.*", &["docs/.hidden"]),
        ("*/d*/*/?.md", &["docs/deep/er/c.md"]),
        (".", &[]),
    ] {
        assert_eq!(
            call(&stage, "list_files", &[Value::text(pattern)]).await.unwrap(),
            listed(names),
            "{pattern}"
        );
    }
    let left: Vec<_> = std::fs::read_dir(folder.path().join("docs")).unwrap().flatten().collect();
    assert!(left.iter().all(|entry| !entry.file_name().to_string_lossy().ends_with(".part")));
}

#[tokio::test]
async fn a_file_keeps_its_permissions_and_a_link_its_target() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let folder = tempfile::tempdir().unwrap();
    let stage = at(folder.path());
    let path = folder.path().join("a.sh");
    std::fs::write(&path, "old").unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o750)).unwrap();
    symlink(&path, folder.path().join("link")).unwrap();
    call(&stage, "write", &[Value::text("link"), Value::text("new")]).await.unwrap();
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "new");
    assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o750);
    call(&stage, "write", &[Value::text("fresh"), Value::Int(3)]).await.unwrap();
    std::fs::write(folder.path().join("usual"), "").unwrap();
    let mode = |name: &str| std::fs::metadata(folder.path().join(name)).unwrap().permissions().mode();
    assert_eq!(mode("fresh"), mode("usual"));
}

#[tokio::test]
async fn what_is_wrong_with_a_file_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let stage = at(folder.path());
    std::fs::write(folder.path().join("report.md"), "x").unwrap();
    std::fs::write(folder.path().join("latin.txt"), b"a\ncaf\xe9").unwrap();
    std::fs::write(folder.path().join("photo.png"), b"\x89PNG\r\n\x1a\n....").unwrap();
    let message = async |operation: &str, path: &str| {
        let failure = call(&stage, operation, &[Value::text(path), Value::text("")]).await.unwrap_err();
        assert_eq!(failure.kind, FailureKind::InvalidRequest);
        format!("{} / {}", failure.message, failure.help.unwrap_or_default())
    };
    assert!(message("read", "reprot.md").await.contains("did you mean `report.md`?"));
    assert!(message("read", "latin.txt").await.contains("line 2, byte 5"));
    assert!(message("read", "photo.png").await.contains("read_image"));
    assert!(message("read", ".").await.contains("is a folder"));
    assert!(message("read_image", "report.md").await.contains("holds no image but text/markdown"));
    assert!(message("write", ".").await.contains("is a folder"));
    assert!(message("write", "report.md/below.txt").await.contains("folder"));
    assert!(message("list_files", "nowhere").await.contains("is not there"));
    let Value::Media(photo) = call(&stage, "read_image", &[Value::text("photo.png")]).await.unwrap() else {
        panic!()
    };
    assert_eq!((&*photo.mime, photo.name.as_deref()), ("image/png", Some("photo.png")));
}
