//! `score update`: asks the MCP servers of a score what they offer, and notes it in `score.lock`.

use std::path::Path;

use miette::Diagnostic;

use super::exit::Exit;
use super::options::Update;
use super::terminal;
use crate::keys;
use crate::load::{Disk, LOCK, folder, join};
use crate::session::{Asked, Parsed};

/// Makes or refreshes the lock beside a score; says what has changed of the tools.
pub(super) fn update(options: &Update) -> Exit {
    let servers = match Parsed::read(&Disk, &options.file).and_then(Parsed::servers) {
        Ok(servers) => servers,
        Err(problems) => {
            let shown: Vec<&dyn Diagnostic> = problems.diagnostics().collect();
            terminal::problems(&shown, problems.sources());
            return Exit::Source;
        }
    };
    if servers.is_empty() {
        let said = format!("{} has no MCP instruments: there is nothing to update.", options.file);
        return if terminal::result(&said).is_ok() { Exit::Done } else { Exit::Failed };
    }
    let home = folder(&options.file);
    for wrong in keys::open(Path::new(home)) {
        terminal::note(&wrong);
    }
    let asked = servers.ask(Path::new(home));
    let mut lock = servers.lock().clone();
    let before = lock.text();
    for server in asked.iter().filter_map(Asked::locked) {
        lock.put(server);
    }
    let mut lines: Vec<String> = Vec::new();
    for server in &asked {
        lines.extend(said(server));
    }
    let failed = asked.iter().any(|server| server.offer.is_err());
    let path = join(home, LOCK);
    let is_there = std::fs::metadata(&path).is_ok();
    let none = asked.iter().all(|server| server.offer.is_err());
    let is_new = lock.text() != before || !is_there;
    let written = if none {
        let still = if is_there { "is as it was" } else { "was not written" };
        lines.push(format!("{path} {still}: no server could be asked"));
        Ok(())
    } else if !is_new {
        lines.push(format!("{path} is as it was"));
        Ok(())
    } else if options.check {
        lines.push(format!("{path} is not up to date; nothing was written"));
        Ok(())
    } else {
        let written = write(&path, &lock.text());
        lines.push(match &written {
            Ok(()) => format!("{path} is written"),
            Err(error) => format!("{path} could not be written: {error}"),
        });
        written
    };
    let shown = terminal::result(&lines.join("\n"));
    if failed || written.is_err() || shown.is_err() || (options.check && is_new) {
        Exit::Failed
    } else {
        Exit::Done
    }
}

/// Whole or not at all.
fn write(path: &str, text: &str) -> std::io::Result<()> {
    let place = Path::new(path);
    let above = place.parent().filter(|above| !above.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let file = tempfile::Builder::new().prefix(".score.lock").tempfile_in(above)?;
    std::fs::write(file.path(), text)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        std::fs::set_permissions(file.path(), std::fs::Permissions::from_mode(0o644))?;
    }
    file.persist(place).map_err(|error| error.error)?;
    Ok(())
}

/// What is said of one server.
fn said(server: &Asked) -> Vec<String> {
    let names = server.instruments.join(", ");
    match &server.offer {
        Ok(offer) => {
            let who = match (offer.name.as_str(), offer.version.as_str()) {
                ("", _) => "a server without a name".to_owned(),
                (name, "") => name.to_owned(),
                (name, version) => format!("{name} {version}"),
            };
            let reading = offer.tools.iter().filter(|tool| tool.reads).count();
            let tools = if offer.tools.len() == 1 { "tool" } else { "tools" };
            let mut lines =
                vec![format!("{names}: {who}, {} {tools}, {reading} that only read", offer.tools.len())];
            lines.extend(server.changes().into_iter().map(|change| format!("  {change}")));
            lines
        }
        Err(failure) => {
            let mut lines = vec![format!("{names}: {}", failure.message)];
            lines.extend(failure.help.iter().map(|help| format!("  help: {help}")));
            lines
        }
    }
}
