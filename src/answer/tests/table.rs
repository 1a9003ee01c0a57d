//! The table of answers, `tests/answers/*.txt`, played row by row. How it is written stands in its `README.md`.

use std::collections::HashSet;
use std::path::Path;

use super::answer;
use crate::value::json_text;

/// A row of the table.
struct Row {
    /// The file and the line.
    place: String,
    ty: String,
    answer: String,
    wanted: Wanted,
}

enum Wanted {
    /// This value, as JSON.
    Value(String),
    /// A refusal that says this.
    Refusal(String),
}

/// What is written for characters that can't be seen.
const MARKS: [(&str, &str); 4] = [("⏎", "\n"), ("␣", " "), ("⇥", "\t"), ("‹BOM›", "\u{feff}")];

fn seen(written: &str) -> String {
    MARKS.iter().fold(written.to_owned(), |text, (mark, meant)| text.replace(mark, meant))
}

fn rows() -> Vec<Row> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/answers");
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .expect("the folder")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "txt"))
        .collect();
    files.sort();
    files.iter().flat_map(|file| rows_of(file)).collect()
}

fn rows_of(file: &Path) -> Vec<Row> {
    let text = std::fs::read_to_string(file).expect("the file");
    let name = file.file_name().expect("a name").to_string_lossy().into_owned();
    let mut rows = Vec::new();
    let mut ty = None;
    for (line, number) in text.lines().zip(1..) {
        let place = format!("{name}:{number}");
        if let Some(named) = line.strip_prefix("of ") {
            ty = Some(named.trim().to_owned());
        } else if let Some(row) = line.strip_prefix("  ") {
            let ty = ty.clone().unwrap_or_else(|| panic!("{place}: no type stands before it"));
            rows.push(row_of(place, ty, row));
        } else {
            assert!(
                line.is_empty() || line.starts_with('#'),
                "{place}: neither a type nor a row nor a remark"
            );
        }
    }
    rows
}

/// `answer => value` or `answer !! complaint`; the last mark is the one that counts.
fn row_of(place: String, ty: String, row: &str) -> Row {
    let value = row.rfind("=> ").map(|at| (at, true));
    let refusal = row.rfind("!! ").map(|at| (at, false));
    let (at, is_value) = value.max(refusal).unwrap_or_else(|| panic!("{place}: no `=> ` and no `!! `"));
    let answer = seen(row[..at].trim());
    let wanted = seen(row[at + 3..].trim());
    assert!(!wanted.is_empty(), "{place}: it is not said what is wanted");
    let wanted = if is_value { Wanted::Value(wanted) } else { Wanted::Refusal(wanted) };
    Row { place, ty, answer, wanted }
}

/// What is wrong with a row.
fn flaw(row: &Row) -> Option<String> {
    let (wanted, got) = match (&row.wanted, answer(&row.ty, &row.answer)) {
        (Wanted::Value(wanted), Ok(value)) if json_text(&value) == *wanted => return None,
        (Wanted::Refusal(words), Err(error)) if error.message.contains(words) => return None,
        (Wanted::Value(wanted), Ok(value)) => (wanted, format!("gave {}", json_text(&value))),
        (Wanted::Refusal(wanted), Ok(value)) => (wanted, format!("gave {}", json_text(&value))),
        (Wanted::Value(wanted) | Wanted::Refusal(wanted), Err(error)) => (wanted, format!("said {error}")),
    };
    Some(format!("{}: {} <- {:?}\n   {got}\n   not  {wanted}", row.place, row.ty, row.answer))
}

#[test]
fn every_row_of_the_table_is_read_or_refused_as_it_says() {
    let rows = rows();
    let wrong: Vec<String> = rows.iter().filter_map(flaw).collect();
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), rows.len(), wrong.join("\n"));
}

#[test]
fn the_table_is_large_and_says_nothing_twice() {
    let rows = rows();
    let refused = rows.iter().filter(|row| matches!(row.wanted, Wanted::Refusal(_))).count();
    assert!(rows.len() >= 400 && refused >= 100, "{} rows, {refused} refusals", rows.len());
    let mut met = HashSet::new();
    for row in &rows {
        assert!(met.insert((&row.ty, &row.answer)), "{}: it stands there already", row.place);
    }
}
