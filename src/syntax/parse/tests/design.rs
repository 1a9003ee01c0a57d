//! The examples of the language's reference, where it stands in the tree.

use super::parsed;
use crate::syntax::ast::show::show_file;

/// The code blocks of the reference and of the README.
fn blocks() -> Vec<String> {
    let root = env!("CARGO_MANIFEST_DIR");
    let pages = ["docs/language.md", "README.md"]
        .into_iter()
        .filter_map(|page| std::fs::read_to_string(format!("{root}/{page}")).ok());
    let blocks = |page: String| -> Vec<String> {
        let parts = page.split("```score\n").skip(1);
        parts.filter_map(|rest| rest.split("```").next()).map(str::to_owned).collect()
    };
    pages.flat_map(blocks).collect()
}

#[test]
fn the_examples_of_the_reference_parse() {
    for block in blocks() {
        let (map, parsed) = parsed(&block);
        assert!(parsed.errors.is_empty(), "{}\nin\n{block}", super::report(&map, &parsed.errors));
        assert!(!show_file(&parsed.file).is_empty());
    }
}
