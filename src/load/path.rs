//! Paths of modules, as text: joined and shortened without looking at any disk.

/// The folder of a path; `.` where it names none.
#[must_use]
pub fn folder(path: &str) -> &str {
    match path.rfind('/') {
        Some(0) => "/",
        Some(at) => &path[..at],
        None => ".",
    }
}

/// A path meant from a folder, without `.` and needless `..`.
#[must_use]
pub fn join(folder: &str, path: &str) -> String {
    let whole = if path.starts_with('/') { path.to_owned() } else { format!("{folder}/{path}") };
    let mut kept: Vec<&str> = Vec::new();
    for step in whole.split('/') {
        match step {
            "" | "." => {}
            ".." if kept.last().is_some_and(|last| *last != "..") => {
                kept.pop();
            }
            ".." if whole.starts_with('/') => {}
            step => kept.push(step),
        }
    }
    let root = if whole.starts_with('/') { "/" } else { "" };
    if kept.is_empty() && root.is_empty() { String::from(".") } else { format!("{root}{}", kept.join("/")) }
}

/// A path without folders and ending.
#[must_use]
pub fn stem(path: &str) -> &str {
    let name = path.rsplit('/').next().unwrap_or(path);
    name.strip_suffix(".score").unwrap_or(name)
}

#[cfg(test)]
mod tests {
    use super::{folder, join, stem};

    #[test]
    fn paths_are_meant_from_their_folder() {
        assert_eq!(join(".", "./house.score"), "house.score");
        assert_eq!(join("a/b", "../x/y.score"), "a/x/y.score");
        assert_eq!(join("a", "../../x.score"), "../x.score");
        assert_eq!(join("/a", "../../x.score"), "/x.score");
        assert_eq!(join("a", "/x.score"), "/x.score");
        assert_eq!(join("..", "../x.score"), "../../x.score");
    }

    #[test]
    fn folders_and_stems() {
        assert_eq!((folder("a/b.score"), folder("b.score"), folder("/b.score")), ("a", ".", "/"));
        assert_eq!(stem("a/b.score"), "b");
    }
}
