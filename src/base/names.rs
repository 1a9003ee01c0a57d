//! Names as written, and guesses at what a misspelt one was meant to be.

use std::sync::Arc;

/// A name as written in a source. Cheap to copy.
pub type Name = Arc<str>;

/// The candidate that `name` was most likely meant to be, if any is near enough.
///
/// Near is a Damerau-Levenshtein distance of at most a third of the longer length (at least one),
/// letter case aside. Of equally near candidates the first one given wins.
pub fn did_you_mean<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let wanted = name.to_lowercase();
    let mut best: Option<(usize, &str)> = None;
    for candidate in candidates {
        if candidate == name {
            continue;
        }
        let distance = strsim::damerau_levenshtein(&wanted, &candidate.to_lowercase());
        let allowed = (wanted.chars().count().max(candidate.chars().count()) / 3).max(1);
        if distance <= allowed && best.is_none_or(|(least, _)| distance < least) {
            best = Some((distance, candidate));
        }
    }
    best.map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use super::did_you_mean;

    #[test]
    fn the_nearest_name_is_offered() {
        assert_eq!(did_you_mean("wrtier", ["reader", "writer"]), Some("writer"));
        assert_eq!(did_you_mean("Writer", ["writer"]), Some("writer"));
    }

    #[test]
    fn a_far_name_is_not() {
        assert_eq!(did_you_mean("x", ["writer", "reader"]), None);
    }
}
