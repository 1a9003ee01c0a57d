//! The standard library: modules written in Score, carried in the program.

/// The modules of the standard library by the name after `std/`, in the order of the alphabet.
const MODULES: &[(&str, &str)] = &[
    ("automation", include_str!("../../stdlib/automation.score")),
    ("dialogue", include_str!("../../stdlib/dialogue.score")),
    ("ensemble", include_str!("../../stdlib/ensemble.score")),
    ("files", include_str!("../../stdlib/files.score")),
    ("images", include_str!("../../stdlib/images.score")),
    ("providers", include_str!("../../stdlib/providers.score")),
    ("questions", include_str!("../../stdlib/questions.score")),
    ("research", include_str!("../../stdlib/research.score")),
    ("review", include_str!("../../stdlib/review.score")),
    ("web", include_str!("../../stdlib/web.score")),
];

/// The text of a module of the standard library.
#[must_use]
pub fn library(name: &str) -> Option<&'static str> {
    MODULES.iter().find(|(known, _)| *known == name).map(|(_, text)| *text)
}

/// The names of all modules of the standard library.
pub fn library_names() -> impl Iterator<Item = &'static str> {
    MODULES.iter().map(|(name, _)| *name)
}
