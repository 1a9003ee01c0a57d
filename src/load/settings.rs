//! `score.toml`: which instruments sit in which chairs, where packages are, what models cost.

use toml::de::{DeTable, DeValue};

use super::{OwnPrice, UseError};
use crate::base::{SourceFile, Span, did_you_mean};

/// What a `score.toml` says.
#[derive(Debug, Clone, Default)]
pub struct Settings {
    /// Its own path.
    pub path: String,
    /// `[instruments]`: what is put into which chair.
    pub instruments: Vec<Setting>,
    /// `[dependencies]`: the folders of packages, as written.
    pub dependencies: Vec<Setting>,
    /// `[prices]`: what models cost.
    pub prices: Vec<OwnPrice>,
}

/// The tables that there may be.
const TABLES: [&str; 3] = ["instruments", "dependencies", "prices"];

/// One line.
#[derive(Debug, Clone)]
pub struct Setting {
    /// The chair or the package.
    pub name: String,
    /// The expression or the folder.
    pub value: String,
}

/// Notes what a `score.toml` says, and what is wrong with it.
pub(super) fn read(file: &SourceFile, wrong: &mut Vec<UseError>) -> Settings {
    let mut reader = Reader { file, wrong };
    let mut settings = Settings { path: file.name.to_string(), ..Settings::default() };
    match DeTable::parse(&file.text) {
        Ok(table) => reader.whole(table.get_ref(), &mut settings),
        Err(error) => {
            let span = reader.span(error.span().unwrap_or(0..0));
            let reason = error.message().lines().next().unwrap_or_default().to_owned();
            reader.wrong.push(UseError::BadToml { reason, span });
        }
    }
    settings
}

pub(super) struct Reader<'a> {
    file: &'a SourceFile,
    pub(super) wrong: &'a mut Vec<UseError>,
}

impl Reader<'_> {
    fn span(&self, range: std::ops::Range<usize>) -> Span {
        let at =
            |offset: usize| self.file.start + u32::try_from(offset.min(self.file.text.len())).unwrap_or(0);
        Span::new(at(range.start), at(range.end))
    }

    fn whole(&mut self, table: &DeTable<'_>, settings: &mut Settings) {
        for (key, value) in table {
            let DeValue::Table(lines) = value.get_ref() else {
                match &**key.get_ref() {
                    "instruments" | "dependencies" | "prices" => {
                        let help = format!("Write `[{}]`, and its lines below.", key.get_ref());
                        self.bad(key.get_ref(), value.get_ref(), help, value.span());
                    }
                    name => self.unknown(name, &TABLES, key.span()),
                }
                continue;
            };
            match &**key.get_ref() {
                "instruments" => self.instruments(lines, settings),
                "dependencies" => self.dependencies(lines, settings),
                "prices" => self.prices(lines, settings),
                name => self.unknown(name, &TABLES, key.span()),
            }
        }
    }

    fn instruments(&mut self, lines: &DeTable<'_>, settings: &mut Settings) {
        for (name, value) in lines {
            match value.get_ref() {
                DeValue::String(expression) => settings
                    .instruments
                    .push(Setting { name: name.get_ref().to_string(), value: expression.to_string() }),
                found => {
                    let help = format!("Write the instrument as a text: `{} = \"local()\"`.", name.get_ref());
                    self.bad(name.get_ref(), found, help, value.span());
                }
            }
        }
    }

    fn dependencies(&mut self, lines: &DeTable<'_>, settings: &mut Settings) {
        const REMOTE: [&str; 6] = ["git", "github", "version", "tag", "branch", "rev"];
        for (name, value) in lines {
            let shown = name.get_ref().to_string();
            let DeValue::Table(package) = value.get_ref() else {
                if matches!(value.get_ref(), DeValue::String(_)) {
                    let span = self.span(value.span());
                    self.wrong.push(UseError::RemotePackage { name: shown, span });
                } else {
                    let help = format!("Name its folder: `{shown} = {{ path = \"../{shown}\" }}`.");
                    self.bad(&shown, value.get_ref(), help, value.span());
                }
                continue;
            };
            let mut folder = None;
            let mut remote = false;
            for (key, setting) in package {
                match (&**key.get_ref(), setting.get_ref()) {
                    ("path", DeValue::String(path)) => folder = Some(path.to_string()),
                    ("path", found) => {
                        let help = format!("Write it as a text: `path = \"../{shown}\"`.");
                        self.bad("path", found, help, setting.span());
                        remote = true; // complained of already
                    }
                    (known, _) if REMOTE.contains(&known) => {
                        remote = true;
                        let span = self.span(key.span());
                        self.wrong.push(UseError::RemotePackage { name: shown.clone(), span });
                        break;
                    }
                    (other, _) => {
                        remote = true;
                        self.unknown(other, &["path"], key.span());
                    }
                }
            }
            match folder {
                Some(value) if !remote => settings.dependencies.push(Setting { name: shown, value }),
                None if !remote => {
                    let span = self.span(value.span());
                    self.wrong.push(UseError::RemotePackage { name: shown, span });
                }
                _ => {}
            }
        }
    }

    pub(super) fn unknown(&mut self, key: &str, known: &[&str], range: std::ops::Range<usize>) {
        let help = match did_you_mean(key, known.iter().copied()) {
            Some(meant) => format!("Did you mean `{meant}`?"),
            None => format!("There is `{}`.", known.join("`, `")),
        };
        let span = self.span(range);
        self.wrong.push(UseError::UnknownKey { key: key.to_owned(), help, span });
    }

    pub(super) fn bad(
        &mut self,
        key: &str,
        found: &DeValue<'_>,
        help: String,
        range: std::ops::Range<usize>,
    ) {
        let found = match found {
            DeValue::String(_) => "a text",
            DeValue::Integer(_) | DeValue::Float(_) => "a number",
            DeValue::Boolean(_) => "true or false",
            DeValue::Datetime(_) => "a date",
            DeValue::Array(_) => "a list",
            DeValue::Table(_) => "a table",
        };
        let span = self.span(range);
        self.wrong.push(UseError::BadSetting { key: key.to_owned(), found, help, span });
    }
}
