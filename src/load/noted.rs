//! Sources that are noted as they are read, and read again from there.

use std::cell::RefCell;

use super::{Files, LoadError};

/// Notes every source that it gives, in order.
#[derive(Debug, Default)]
pub struct Noting<F> {
    files: F,
    given: RefCell<Vec<(String, String)>>,
}

impl<F> Noting<F> {
    /// Notes what these files give.
    #[must_use]
    pub fn new(files: F) -> Self {
        Self { files, given: RefCell::default() }
    }

    /// What was given so far, each once: path and text.
    #[must_use]
    pub fn given(&self) -> Vec<(String, String)> {
        self.given.borrow().clone()
    }
}

impl<F: Files> Files for Noting<F> {
    fn source(&self, path: &str) -> Result<String, LoadError> {
        let text = self.files.source(path)?;
        let mut given = self.given.borrow_mut();
        if !given.iter().any(|(known, _)| known == path) {
            given.push((path.to_owned(), text.clone()));
        }
        Ok(text)
    }

    fn identity(&self, path: &str) -> String {
        self.files.identity(path)
    }

    fn nearby(&self, folder: &str) -> Vec<String> {
        self.files.nearby(folder)
    }

    fn settings(&self, path: &str) -> Option<String> {
        self.files.settings(path)
    }
}

/// Sources as they were noted.
#[derive(Debug, Default, Clone)]
pub struct Noted(pub Vec<(String, String)>);

impl Files for Noted {
    fn source(&self, path: &str) -> Result<String, LoadError> {
        let found = self.0.iter().find(|(known, _)| known == path);
        found.map(|(_, text)| text.clone()).ok_or_else(|| LoadError::Missing {
            path: path.to_owned(),
            help: String::from("It is not among the sources that were recorded."),
        })
    }

    fn nearby(&self, _folder: &str) -> Vec<String> {
        Vec::new()
    }

    fn settings(&self, _path: &str) -> Option<String> {
        self.0.iter().map(|(path, _)| path).find(|path| path.ends_with("score.toml")).cloned()
    }
}
