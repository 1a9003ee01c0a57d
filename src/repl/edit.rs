//! Commands that change what is declared, who plays, and what stands in files.

use std::io::Write as _;
use std::path::Path;

use super::look::left;
use super::sitting::{Sitting, Went};
use crate::format::format;
use crate::load::stem;
use crate::value::{Money, parse_money};

impl Sitting<'_> {
    /// `:load FILE`
    pub fn load(&mut self, path: &str) -> Went {
        let path = unquoted(path);
        if path.is_empty() {
            return self.said("Name a file behind it: `:load report.score`.");
        }
        let loaded = self.session.borrow_mut().load(path);
        self.loaded(loaded)
    }

    /// `:reload`
    pub fn reload(&mut self) -> Went {
        let loaded = self.session.borrow_mut().reload();
        self.loaded(loaded)
    }

    fn loaded(&mut self, loaded: Result<Vec<crate::base::Name>, crate::session::Refused>) -> Went {
        match loaded {
            Ok(forgotten) => {
                self.forgotten(&forgotten);
                let session = self.session.borrow();
                let symbols = session.now().symbols();
                let names: Vec<&str> = symbols.iter().map(|symbol| &*symbol.name).collect();
                let path = session.file().unwrap_or_default();
                self.aside(&format!("loaded {path}: {}", names.join(", ")));
                Went::Well
            }
            Err(refused) => self.refused(&refused),
        }
    }

    /// `:budget`
    pub fn budget(&mut self, rest: &str) -> Went {
        let amount = rest.trim().trim_matches('\'').trim_start_matches('$');
        if amount.is_empty() {
            let purse = self.session.borrow().purse();
            let said = purse.map_or_else(|| String::from("There is no budget: `:budget $2` sets one."), left);
            return self.shows(&said);
        }
        let cap = match amount {
            "off" => None,
            amount => match parse_money(&format!("${amount}")).filter(|cap| *cap >= Money::ZERO) {
                Some(cap) => Some(cap),
                None => return self.said("Write it so: `:budget $2`, or `:budget off`."),
            },
        };
        self.session.borrow_mut().set_budget(cap);
        self.aside(&cap.map_or(String::from("no budget"), |cap| {
            format!("what is entered from now on may cost {cap} in all")
        }));
        Went::Well
    }

    /// `:with NAME=EXPR`
    pub fn with(&mut self, rest: &str) -> Went {
        let Some((chair, expression)) = rest.split_once('=') else {
            return self.said("Write it so: `:with writer=local()`.");
        };
        let (chair, expression) = (chair.trim(), expression.trim());
        if expression.is_empty() {
            return match self.session.borrow_mut().unseat(chair) {
                true => Went::Well,
                false => self.said(&format!("Nobody was put in the chair of `{chair}`.")),
            };
        }
        // As on a command line, where a shell takes the quotes.
        let expression =
            expression.strip_prefix('\'').and_then(|rest| rest.strip_suffix('\'')).unwrap_or(expression);
        let seated = self.session.borrow_mut().seat(chair, expression);
        match seated {
            Ok(()) => {
                self.aside(&format!("{expression} plays for {chair}"));
                Went::Well
            }
            Err(refused) => self.refused(&refused),
        }
    }

    /// `:rehearse on|off`
    pub fn rehearse(&mut self, rest: &str) -> Went {
        let mut session = self.session.borrow_mut();
        match rest {
            "on" => session.rehearse(true),
            "off" => session.rehearse(false),
            "" => {
                let word = if session.is_rehearsal() { "on" } else { "off" };
                drop(session);
                self.desk.note(&format!("Rehearsing is {word}."));
                return Went::Well;
            }
            _ => {
                drop(session);
                return self.said("Write `:rehearse on` or `:rehearse off`.");
            }
        }
        drop(session);
        self.aside(if rest == "on" {
            "Stand-ins play from now on."
        } else {
            "The instruments themselves play again."
        });
        Went::Well
    }

    /// `:save [FILE]`
    pub fn save(&mut self, path: &str) -> Went {
        let session = self.session.borrow();
        let own = session.file().map(str::to_owned);
        let Some(path) = Some(unquoted(path)).filter(|path| !path.is_empty()).or(own.as_deref()) else {
            drop(session);
            return self.said("Name a file behind it: `:save report.score`.");
        };
        if own.as_deref() != Some(path) && Path::new(path).exists() {
            return self.said(&format!("{path} is there already: choose another name, or remove it first."));
        }
        let text = session.declarations();
        if text.trim().is_empty() {
            return self.said("Nothing was declared yet.");
        }
        // What parsed piece by piece parses as a whole; if it ever did not, it is kept as it was entered.
        let text = format(path, &text).unwrap_or(text);
        match write(Path::new(path), &text) {
            Ok(()) => {
                self.aside(&format!("wrote {path}: `score run {path}` performs {}", stem(path)));
                Went::Well
            }
            Err(error) => self.said(&format!("{path} could not be written: {error}.")),
        }
    }

    /// `:edit [NAME]`
    pub fn edit(&mut self, name: &str) -> Went {
        let draft = match name {
            "" if self.last.text.is_empty() => {
                return self.said("Nothing was entered yet; `:edit NAME` edits a declaration.");
            }
            "" => self.last.text.clone(),
            name => match self.session.borrow().source_of(name) {
                Some(source) => source,
                None => return self.said(&format!("`{name}` is not declared here.")),
            },
        };
        match self.desk.edit(&draft) {
            Ok(text) if text.trim() == draft.trim() => {
                self.aside("unchanged");
                Went::Well
            }
            Ok(text) => {
                self.aside(text.trim_end());
                self.take(&text)
            }
            Err(said) => self.said(&said),
        }
    }
}

/// A path as it was meant, quoted or not.
fn unquoted(path: &str) -> &str {
    let path = path.trim();
    path.strip_prefix('"').and_then(|path| path.strip_suffix('"')).unwrap_or(path)
}

/// Writes a file whole or not at all.
fn write(path: &Path, text: &str) -> std::io::Result<()> {
    if !path.exists() {
        return std::fs::File::create_new(path)?.write_all(text.as_bytes());
    }
    let target = std::fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let folder = target.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut part = tempfile::Builder::new().prefix(".").suffix(".part").tempfile_in(folder)?;
    part.write_all(text.as_bytes())?;
    part.as_file().set_permissions(std::fs::metadata(&target)?.permissions())?;
    part.persist(&target).map_err(|error| error.error)?;
    Ok(())
}
