//! The options of what has to do with runs that are kept.

use std::path::PathBuf;

use clap::{Arg, ArgAction, ArgMatches, Command as Clap, value_parser};

use super::{Answer, Resume, Runs, What};
use crate::cli::exit::Exit;
use crate::cli::{options, terminal};
use crate::session::{Changed, Decisions, Doubt};
use crate::value::{Money, from_json};

/// `--run NAME`
pub(in crate::cli) fn name() -> Arg {
    Arg::new("run")
        .long("run")
        .value_name("NAME")
        .help("What the run is called; where there is one of the same, it goes on")
}

/// `--runs DIR`
pub(in crate::cli) fn folder() -> Arg {
    Arg::new("runs")
        .long("runs")
        .env("SCORE_RUNS")
        .value_name("DIR")
        .value_parser(value_parser!(PathBuf))
        .help("Where runs are kept (~/.local/state/score/runs)")
}

/// `--no-journal`
pub(in crate::cli) fn none() -> Arg {
    Arg::new("no-journal")
        .long("no-journal")
        .env("SCORE_NO_JOURNAL")
        .value_parser(clap::builder::BoolishValueParser::new())
        .action(ArgAction::SetTrue)
        .conflicts_with("run")
        .help("Keep nothing of the run on disk: it can't go on once it has ended")
}

/// `--cache[=DIR]`
pub(in crate::cli) fn cache() -> Arg {
    Arg::new("cache")
        .long("cache")
        .value_name("DIR")
        .num_args(0..=1)
        .require_equals(true)
        .default_missing_value("")
        .help("Take answers that models gave to the same before, and keep new ones (~/.cache/score/answers)")
}

/// `resume`, `answer` and `runs`.
pub(in crate::cli) fn commands() -> [Clap; 3] {
    [options::watching(resume()), options::watching(answer()), runs()]
}

fn run() -> Arg {
    Arg::new("run").value_name("RUN").default_value("@last").help("The run; @last is the one that began last")
}

fn json() -> Arg {
    Arg::new("json").long("json").action(ArgAction::SetTrue).help("Write JSON for programs to read")
}

fn as_recorded() -> Arg {
    Arg::new("as-recorded")
        .long("as-recorded")
        .action(ArgAction::SetTrue)
        .help("With the score as it was when the run began, not as it is now")
}

fn resume() -> Clap {
    Clap::new("resume")
        .about("Go on with a run: what was done is not done again")
        .args([run(), folder(), json(), options::out(), options::budget(), options::bill(), as_recorded()])
        .arg(cache())
        .arg(
            Arg::new("explain")
                .long("explain")
                .action(ArgAction::SetTrue)
                .help("Only say which calls would be made again, and why"),
        )
        .arg(
            Arg::new("from")
                .long("from")
                .value_name("PATH")
                .help("Make the calls at this path and below it again"),
        )
        .arg(
            Arg::new("fork")
                .long("fork")
                .value_name("NAME")
                .num_args(0..=1)
                .require_equals(true)
                .default_missing_value("")
                .help("Go on with a copy of the run; the run itself stays as it is"),
        )
        .arg(
            Arg::new("with")
                .long("with")
                .value_name("NAME=EXPR")
                .action(ArgAction::Append)
                .help("Put another instrument in a chair: --with writer='local()'"),
        )
        .arg(
            Arg::new("args")
                .long("args")
                .value_name("F")
                .help("With --fork: other arguments, from a JSON file"),
        )
        .arg(
            Arg::new("in-doubt").long("in-doubt").value_name("[PATH=]CHOICE").action(ArgAction::Append).help(
                "What to do with acts that may have been done: retry, skip, fail, or JSON that they gave",
            ),
        )
        .arg(
            Arg::new("changed-acts")
                .long("changed-acts")
                .value_name("[PATH=]CHOICE")
                .action(ArgAction::Append)
                .help("What to do with acts that were done in another form: again, keep or fail"),
        )
}

fn answer() -> Clap {
    Clap::new("answer")
        .about("Answer what a run asks, then go on with it")
        .args([run(), folder(), json(), options::out(), options::budget(), options::bill(), as_recorded()])
        .arg(cache())
        .arg(Arg::new("path").value_name("PATH").help("Which question; all of them without it"))
        .arg(
            Arg::new("as")
                .long("as")
                .value_name("NAME")
                .help("Who answers, where several are asked: the name in the score"),
        )
        .arg(
            Arg::new("value")
                .long("value")
                .value_name("ANSWER")
                .allow_hyphen_values(true)
                .help("The answer: words or JSON; without it the question is asked here"),
        )
        .arg(
            Arg::new("decline")
                .long("decline")
                .action(ArgAction::SetTrue)
                .conflicts_with_all(["value", "only", "late"])
                .help("Give no answer: the question fails as `declined`"),
        )
        .arg(
            Arg::new("only")
                .long("only")
                .action(ArgAction::SetTrue)
                .help("Only leave the answer: somebody else goes on with the run"),
        )
        .arg(
            Arg::new("late").long("late").action(ArgAction::SetTrue).help(
                "Answer after the deadline, in a copy of the run: the run itself keeps to the deadline",
            ),
        )
}

fn runs() -> Clap {
    let named = || Arg::new("run").value_name("RUN").default_value("@last").help("The run");
    Clap::new("runs")
        .about("See to the runs that are kept")
        .subcommand_required(true)
        .arg_required_else_help(true)
        .subcommand(Clap::new("list").about("List the runs, the last one first").args([folder(), json()]))
        .subcommand(Clap::new("show").about("Show what a run did").args([named(), folder(), json()]))
        .subcommand(Clap::new("diff").about("Show in which calls two runs differ").args([
            Arg::new("run").value_name("RUN").required(true).help("The one"),
            Arg::new("other").value_name("OTHER").required(true).help("The other"),
            folder(),
        ]))
        .subcommand(
            Clap::new("export")
                .about("Write all that is recorded of a run, a line of JSON each")
                .args([named(), folder()]),
        )
        .subcommand(Clap::new("rm").about("Remove runs").args([
            Arg::new("run").value_name("RUN").num_args(1..).required(true).help("The runs"),
            folder(),
        ]))
}

fn path(given: &ArgMatches, name: &str) -> Option<PathBuf> {
    given.try_get_one::<PathBuf>(name).ok().flatten().cloned()
}

fn text(given: &ArgMatches, name: &str) -> String {
    given.get_one::<String>(name).cloned().unwrap_or_default()
}

impl Resume {
    /// Reads the options.
    pub(in crate::cli) fn read(given: &ArgMatches) -> Result<Self, Exit> {
        let option = |name: &str| given.try_get_one::<String>(name).ok().flatten().cloned();
        let flag = |name: &str| matches!(given.try_get_one::<bool>(name), Ok(Some(true)));
        let many = |name: &str| {
            let all = given.try_get_many::<String>(name).ok().flatten();
            all.into_iter().flatten().cloned().collect::<Vec<_>>()
        };
        let in_doubt = many("in-doubt")
            .iter()
            .map(|text| decided(text, "--in-doubt", doubt))
            .collect::<Result<_, _>>()?;
        let changed = many("changed-acts")
            .iter()
            .map(|text| decided(text, "--changed-acts", change))
            .collect::<Result<_, _>>()?;
        Ok(Self {
            run: text(given, "run"),
            runs: path(given, "runs"),
            as_recorded: flag("as-recorded"),
            explain: flag("explain"),
            fork: option("fork"),
            with: many("with"),
            args: option("args"),
            decisions: Decisions { in_doubt, changed, from: option("from"), declined: Vec::new() },
            json: flag("json"),
            quiet: flag("quiet"),
            no_input: flag("no-input"),
            at_once: given.get_one::<u32>("at-once").map(|count| *count as usize),
            budget: given.get_one::<Money>("budget").copied(),
            bill: flag("bill"),
            cache: option("cache"),
            out: path(given, "out"),
        })
    }
}

impl Answer {
    /// Reads the options.
    pub(in crate::cli) fn read(given: &ArgMatches) -> Result<Self, Exit> {
        Ok(Self {
            path: given.get_one::<String>("path").cloned(),
            who: given.get_one::<String>("as").cloned(),
            value: given.get_one::<String>("value").cloned(),
            decline: given.get_flag("decline"),
            only: given.get_flag("only"),
            late: given.get_flag("late"),
            resume: Resume::read(given)?,
        })
    }
}

impl Runs {
    /// Reads the options.
    pub(in crate::cli) fn read(given: &ArgMatches) -> Result<Self, Exit> {
        let Some((name, given)) = given.subcommand() else { return Err(Exit::Usage) };
        let json = matches!(given.try_get_one::<bool>("json"), Ok(Some(true)));
        let what = match name {
            "list" => What::List { json },
            "show" => What::Show { run: text(given, "run"), json },
            "diff" => What::Diff { run: text(given, "run"), other: text(given, "other") },
            "export" => What::Export { run: text(given, "run") },
            _ => What::Remove { runs: given.get_many("run").into_iter().flatten().cloned().collect() },
        };
        Ok(Self { runs: path(given, "runs"), what })
    }
}

/// A decision: a choice for all, or for the call at a path.
fn decided<C>(
    text: &str,
    option: &str,
    choice: impl Fn(&str, bool) -> Option<C>,
) -> Result<(Option<String>, C), Exit> {
    let read = match text.split_once('=') {
        Some((path, word)) => choice(word, true).map(|choice| (Some(path.to_owned()), choice)),
        None => choice(text, false).map(|choice| (None, choice)),
    };
    read.ok_or_else(|| {
        let choices = if option == "--in-doubt" { "retry, skip or fail" } else { "again, keep or fail" };
        terminal::note(&format!("{option} {text}: write {choices}, or PATH=… for the call at one path."));
        Exit::Usage
    })
}

fn doubt(word: &str, one: bool) -> Option<Doubt> {
    match word {
        "retry" => Some(Doubt::Retry),
        "skip" => Some(Doubt::Skip),
        "fail" => Some(Doubt::Fail),
        json if one => serde_json::from_str(json).ok().map(|json| Doubt::Gave(from_json(json))),
        _ => None,
    }
}

fn change(word: &str, _one: bool) -> Option<Changed> {
    match word {
        "again" => Some(Changed::Again),
        "keep" => Some(Changed::Keep),
        "fail" => Some(Changed::Fail),
        _ => None,
    }
}
