//! `score doctor`: each line ok, warn or fail, with what mends it.

use std::path::Path;
use std::sync::Arc;

use serde_json::json;

use super::exit::Exit;
use super::options::Doctor;
use super::run::folder_of;
use super::terminal;
use crate::keys;
use crate::load::Disk;
use crate::session::{self, Health, Parsed};

/// Looks whether everything is there.
pub(super) fn doctor(options: &Doctor) -> Exit {
    let folder = options.file.as_deref().map_or_else(|| Arc::from(Path::new(".")), folder_of);
    let wrong = keys::open(&folder);
    let mut lines = session::examine_machine();
    lines.extend(wrong.into_iter().map(session::broken_keys));
    if let Some(file) = &options.file {
        match Parsed::read(&Disk, file).and_then(Parsed::check).and_then(session::Checked::plan) {
            Ok(planned) => {
                lines.extend(session::examine_instruments(&planned));
                if let Ok(servers) = Parsed::read(&Disk, file).and_then(Parsed::servers) {
                    lines.extend(session::examine_servers(&servers, &folder, file));
                }
            }
            Err(problems) => {
                let shown: Vec<&dyn miette::Diagnostic> = problems.diagnostics().collect();
                terminal::problems(&shown, problems.sources());
                return Exit::Source;
            }
        }
    }
    let failed = lines.iter().any(|line| line.health == Health::Fail);
    let text = if options.json {
        let lines: Vec<_> = lines
            .iter()
            .map(|line| json!({"what": line.what, "health": line.health.word(), "found": line.found, "mend": line.mend}))
            .collect();
        serde_json::to_string_pretty(&lines).unwrap_or_default()
    } else {
        let lines: Vec<String> = lines
            .iter()
            .map(|line| {
                let mend = line.mend.as_ref().map(|mend| format!("\n        {mend}")).unwrap_or_default();
                format!("{:<5} {}: {}{mend}", line.health.word(), line.what, line.found)
            })
            .collect();
        lines.join("\n")
    };
    match terminal::result(&text) {
        Ok(()) if failed => Exit::Credentials,
        Ok(()) => Exit::Done,
        Err(_) => Exit::Failed,
    }
}
