//! Plans of small scores, as text: `tests/golden/plan/*.score`, each with what it comes down to beside it.
//! `SCORE_BLESS=1 cargo test --test plan` rewrites what is expected; read the diff before you keep it.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use libtest_mimic::{Arguments, Failed, Trial};
use score_lang::base::SourceMap;
use score_lang::load::{Module, Program};
use score_lang::plan::{Casting, MovementId, Outline, Plan};
use score_lang::{backend, check, resolve, syntax};

fn main() {
    let arguments = Arguments::from_args();
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut trials = Vec::new();
    for file in scores(&root.join("tests/golden/plan")) {
        let name = file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        trials.push(Trial::test(format!("plan/{name}"), move || plan(&file).map_err(Failed::from)));
    }
    for file in scores(&root.join("tests/golden/outline")) {
        let name = file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        trials.push(Trial::test(format!("outline/{name}"), move || outline(&file).map_err(Failed::from)));
    }
    for folder in ["tests/golden/run", "tests/golden/check", "examples"] {
        for file in scores(&root.join(folder)) {
            let name = file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
            trials.push(Trial::test(format!("sound/{name}"), move || sound(&file).map_err(Failed::from)));
        }
    }
    libtest_mimic::run(&arguments, trials).exit();
}

fn scores(folder: &Path) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = fs::read_dir(folder)
        .into_iter()
        .flatten()
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.extension().is_some_and(|extension| extension == "score"))
        .collect();
    files.sort();
    files
}

/// The plan of a file; `None` where it has errors that the check reports.
fn lowered(path: &Path) -> Result<Result<(Plan, SourceMap), String>, String> {
    let text = fs::read_to_string(path).map_err(|error| error.to_string())?;
    let mut program = Program::default();
    let source = program.sources.add(path.file_name().unwrap_or_default().to_string_lossy(), text);
    let parsed = syntax::parse::parse(source, program.sources.file(source), &mut program.ids);
    if !parsed.errors.is_empty() {
        return Ok(Err(format!("{:#?}", parsed.errors)));
    }
    program.modules.push(Module { name: "test".into(), file: parsed.file });
    let (resolved, errors) = resolve::resolve(&program, backend::all());
    if !errors.is_empty() {
        return Ok(Err(format!("{errors:#?}")));
    }
    let sources = program.sources.clone();
    let checked = match check::check(program, resolved, backend::all()) {
        Ok(checked) => checked,
        Err(errors) => return Ok(Err(format!("{errors:#?}"))),
    };
    let plan = Plan::lower(&checked).map_err(|error| format!("{error:?}"))?;
    let defects = plan.defects();
    if !defects.is_empty() {
        return Err(format!("{}\n{}", defects.join("\n"), plan.dump()));
    }
    Ok(Ok((plan, sources)))
}

fn plan(path: &Path) -> Result<(), String> {
    let (plan, _) = lowered(path)??;
    compare(&path.with_extension("expected"), &plan.dump())
}

fn outline(path: &Path) -> Result<(), String> {
    let (plan, sources) = lowered(path)??;
    let seats = BTreeMap::new();
    let casting = Casting { backends: backend::all(), seats: &seats };
    let last = u32::try_from(plan.movements.len()).unwrap_or(1).saturating_sub(1);
    let outline = Outline::of(&plan, MovementId(last), casting, &sources).ok_or("no movement")?;
    serde_json::to_string(&outline).map_err(|error| error.to_string())?;
    compare(&path.with_extension("expected"), &format!("{}\n{}", outline.show(), outline.show_order()))
}

/// Whatever the check lets through has a plan without defects.
fn sound(path: &Path) -> Result<(), String> {
    lowered(path).map(|_| ())
}

fn compare(path: &Path, found: &str) -> Result<(), String> {
    if std::env::var_os("SCORE_BLESS").is_some() {
        return fs::write(path, found).map_err(|error| error.to_string());
    }
    let wanted = fs::read_to_string(path).unwrap_or_default();
    if wanted == found {
        return Ok(());
    }
    Err(format!("{} differs; found:\n{found}", path.display()))
}
