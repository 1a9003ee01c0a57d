//! Every body that a backend can make, held against the types of the providers' own Python SDKs. They are installed
//! with pip into a folder that is kept (`tmp` of the target folder); where that can't be done, the test says why and
//! passes.

use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};
use std::process::Command;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value as Json, json};

use super::wires::{bodies, wires};

const SDKS: [&str; 4] = ["openai==3.57.0", "anthropic==2.14.0", "google-genai==3.6.1", "ollama==0.6.3"];

/// Requests of each wire.
const REQUESTS: u32 = 600;

fn done(command: &mut Command) -> Result<String, String> {
    let output = command.output().map_err(|error| format!("{command:?}: {error}"))?;
    let said = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    if output.status.success() {
        Ok(said(&output.stdout))
    } else {
        Err(format!("{command:?}: {}{}", said(&output.stdout), said(&output.stderr)))
    }
}

/// The Python that has the SDKs.
fn installed(folder: &Path) -> Result<PathBuf, String> {
    let python = folder.join(if cfg!(windows) { "Scripts/python.exe" } else { "bin/python" });
    let wanted = SDKS.map(|sdk| sdk.replace("==", " ")).join("\n");
    let listed = "import importlib.metadata as m\nfor n in ['openai', 'anthropic', 'google-genai', 'ollama']: print(n, m.version(n))";
    if done(Command::new(&python).args(["-c", listed])).is_ok_and(|found| found.trim() == wanted) {
        return Ok(python);
    }
    done(Command::new("python3").args(["-m", "venv"]).arg(folder))?;
    done(Command::new(&python).args(["-m", "pip", "install", "-q"]).args(SDKS))?;
    Ok(python)
}

/// The same with one field of another name: what no SDK knows.
fn spoilt(body: &Json) -> Json {
    let mut spoilt = body.clone();
    if let Some(fields) = spoilt.as_object_mut() {
        fields.insert("modle".into(), "m".into());
    }
    spoilt
}

fn write_requests(path: &Path) -> std::io::Result<()> {
    let mut file = BufWriter::new(File::create(path)?);
    let mut lines = Vec::new();
    for wire in wires() {
        let mut first = true;
        bodies(&wire, REQUESTS, |_, body| {
            let Ok((body, mime)) = body else { return };
            if mime != "application/json" {
                lines.push(json!({"wire": wire.name, "mime": mime, "form": STANDARD.encode(body)}));
                return;
            }
            let body: Json = serde_json::from_slice(&body).expect("JSON");
            // What edits nothing is made anew.
            let name = if wire.name.ends_with("edits") { "openai_image" } else { wire.name };
            if std::mem::take(&mut first) {
                lines.push(json!({"wire": name, "body": spoilt(&body), "spoilt": true}));
            }
            lines.push(json!({"wire": name, "body": body}));
        });
    }
    lines.iter().try_for_each(|line| writeln!(file, "{line}"))?;
    file.flush()
}

#[test]
#[ignore = "slow: installs the providers' SDKs from PyPI"]
fn every_body_is_one_that_the_providers_own_sdks_could_send() {
    let deps = std::env::current_exe().expect("a test is a program");
    let folder = deps.ancestors().nth(3).expect("a target folder").join("tmp/sdks");
    let python = match installed(&folder) {
        Ok(python) => python,
        Err(why) => return println!("skipped: {why}"),
    };
    let requests = folder.join("requests.jsonl");
    write_requests(&requests).expect("written");
    let check = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/sdks/check.py");
    match done(Command::new(python).arg(check).arg(&requests)) {
        Ok(said) => println!("{said}"),
        Err(said) => panic!("{said}"),
    }
}
