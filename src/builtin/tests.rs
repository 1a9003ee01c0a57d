//! The list as a whole. What each builtin does stands in its example and in `tests/`.

use super::*;

#[test]
fn names_are_distinct_and_documented() {
    let mut names = std::collections::BTreeSet::new();
    for builtin in all() {
        assert!(names.insert(builtin.name), "{} is there twice", builtin.name);
        assert!(builtin.doc.ends_with('.'), "{}", builtin.name);
        assert!(!builtin.example.0.is_empty(), "{}", builtin.name);
        for param in (builtin.signature)().params {
            assert!(!param.doc.is_empty(), "{}({})", builtin.name, param.name);
        }
        assert!(find(builtin.name).is_some_and(|found| std::ptr::eq(found, builtin)));
    }
}
