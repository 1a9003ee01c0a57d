//! The options of all commands.
//!
//! `run FILE` takes the options of FILE's own movement as well, so its command line is read in two steps:
//! first loosely, to find the file, then exactly, once the movement's parameters are known (`arguments`).

use std::ffi::OsString;

use clap::{Arg, ArgAction, ArgMatches, Command as Clap, value_parser};

use super::exit::Exit;
use super::models::{self, Models};
use crate::value::{Money, parse_money};

/// A command with its options.
pub(super) enum Command {
    /// `score run`
    Run(Box<Perform>),
    /// `score rehearse`
    Rehearse(Box<Perform>),
    /// `score plan`
    Plan(Box<Perform>),
    /// `score resume`
    Resume(Box<super::kept::Resume>),
    /// `score answer`
    Answer(Box<super::kept::Answer>),
    /// `score runs`
    Runs(super::kept::Runs),
    /// `score check`
    Check(Check),
    /// `score fmt`
    Fmt(Fmt),
    /// `score test`
    Test(Test),
    /// `score repl`
    Repl(Repl),
    /// `score explain`
    Explain(Explain),
    /// `score keys`
    Keys(Keys),
    /// `score help`
    Help(Help),
    /// `score doctor`
    Doctor(Doctor),
    /// `score models`
    Models(Models),
    /// `score update`
    Update(Update),
}

/// What `run`, `rehearse` and `plan` were given, as far as it can be known without the file.
pub(super) struct Perform {
    /// The file as written; `-` for the standard input.
    pub(super) file: String,
    /// The arguments after the command's name, to be read exactly once the movement is known.
    pub(super) rest: Vec<OsString>,
    /// Which of the three it is.
    pub(super) name: &'static str,
}

/// `score check`
pub(super) struct Check {
    /// The files.
    pub(super) files: Vec<String>,
    /// `full`, `short` or `json`.
    pub(super) format: String,
}

/// `score fmt`
pub(super) struct Fmt {
    /// Files and folders.
    pub(super) paths: Vec<String>,
    /// Whether it is only said which are not formatted.
    pub(super) check: bool,
    /// Whether the standard input is formatted to the standard output.
    pub(super) stdin: bool,
}

/// `score test`
pub(super) struct Test {
    /// Files and folders.
    pub(super) paths: Vec<String>,
    /// Only tests with this in their name.
    pub(super) filter: Option<String>,
    /// `lines` or `junit`.
    pub(super) report: String,
}

/// `score repl`
pub(super) struct Repl {
    /// The score it begins with.
    pub(super) file: Option<String>,
}

/// `score explain`
pub(super) struct Explain {
    /// The code, with or without `score::`; none lists all.
    pub(super) code: Option<String>,
}

/// `score keys`
pub(super) enum Keys {
    /// `score keys set NAME`
    Set(String),
    /// `score keys list`
    List {
        /// Whether a machine reads it.
        json: bool,
    },
    /// `score keys rm NAME`
    Remove(String),
}

/// `score help`
pub(super) struct Help {
    /// A command, `language`, a builtin or a code; none lists the commands.
    pub(super) topic: Option<String>,
}

/// `score doctor`
pub(super) struct Doctor {
    /// A score whose instruments are looked at.
    pub(super) file: Option<String>,
    /// Whether a machine reads it.
    pub(super) json: bool,
}

/// `score update`
pub(super) struct Update {
    /// The score.
    pub(super) file: String,
    /// Whether nothing is written.
    pub(super) check: bool,
}

/// Reads the command line.
pub(super) fn read(arguments: &[OsString]) -> Result<Command, Exit> {
    let words: Vec<OsString> = arguments.iter().skip(1).cloned().collect();
    let shorthand = words.first().and_then(|word| word.to_str()).is_some_and(|word| {
        std::path::Path::new(word).extension().is_some_and(|extension| extension == "score")
    });
    if shorthand {
        return performing("run", &words);
    }
    match words.first().and_then(|word| word.to_str()) {
        Some("run") => performing("run", &words[1..]),
        Some("rehearse") => performing("rehearse", &words[1..]),
        Some("plan") => performing("plan", &words[1..]),
        None => {
            greet();
            Err(Exit::Done)
        }
        Some(_) => ordinary(arguments),
    }
}

fn ordinary(arguments: &[OsString]) -> Result<Command, Exit> {
    let matches = whole().try_get_matches_from(arguments).map_err(|error| explain_usage(&error))?;
    match matches.subcommand() {
        Some(("resume", given)) => {
            super::kept::Resume::read(given).map(|given| Command::Resume(Box::new(given)))
        }
        Some(("answer", given)) => {
            super::kept::Answer::read(given).map(|given| Command::Answer(Box::new(given)))
        }
        Some(("runs", given)) => super::kept::Runs::read(given).map(Command::Runs),
        Some(("check", given)) => Ok(Command::Check(Check {
            files: given.get_many("files").into_iter().flatten().cloned().collect(),
            format: given.get_one::<String>("message-format").cloned().unwrap_or_default(),
        })),
        Some(("fmt", given)) => Ok(Command::Fmt(Fmt {
            paths: given.get_many("paths").into_iter().flatten().cloned().collect(),
            check: given.get_flag("check"),
            stdin: given.get_flag("stdin"),
        })),
        Some(("test", given)) => Ok(Command::Test(Test {
            paths: given.get_many("paths").into_iter().flatten().cloned().collect(),
            filter: given.get_one("filter").cloned(),
            report: given.get_one::<String>("report").cloned().unwrap_or_default(),
        })),
        Some(("repl", given)) => Ok(Command::Repl(Repl { file: given.get_one("file").cloned() })),
        Some(("explain", given)) => Ok(Command::Explain(Explain { code: given.get_one("code").cloned() })),
        Some(("keys", given)) => Ok(Command::Keys(keys_given(given))),
        Some(("help", given)) => Ok(Command::Help(Help { topic: given.get_one("topic").cloned() })),
        Some(("doctor", given)) => {
            Ok(Command::Doctor(Doctor { file: given.get_one("file").cloned(), json: given.get_flag("json") }))
        }
        Some(("models", given)) => Ok(Command::Models(Models::of(given))),
        Some(("update", given)) => Ok(Command::Update(Update {
            file: given.get_one::<String>("file").cloned().unwrap_or_default(),
            check: given.get_flag("check"),
        })),
        _ => Err(Exit::Usage),
    }
}

fn keys_given(given: &ArgMatches) -> Keys {
    let name = |given: &ArgMatches| given.get_one::<String>("name").cloned().unwrap_or_default();
    match given.subcommand() {
        Some(("set", given)) => Keys::Set(name(given)),
        Some(("rm", given)) => Keys::Remove(name(given)),
        Some((_, given)) => Keys::List { json: given.get_flag("json") },
        None => Keys::List { json: false },
    }
}

fn performing(name: &'static str, words: &[OsString]) -> Result<Command, Exit> {
    let Some(file) = file_of(name, words) else {
        let mut line = vec![OsString::from("score"), OsString::from(name)];
        line.extend(words.iter().cloned());
        let Err(error) = whole().try_get_matches_from(line) else { return Err(Exit::Usage) };
        return Err(explain_usage(&error));
    };
    let options = Box::new(Perform { file, rest: words.to_vec(), name });
    Ok(match name {
        "rehearse" => Command::Rehearse(options),
        "plan" => Command::Plan(options),
        _ => Command::Run(options),
    })
}

/// The first word that is neither an option nor an option's value.
fn file_of(name: &'static str, words: &[OsString]) -> Option<String> {
    let known = standard(name);
    let takes_value = |flag: &str| {
        known.get_arguments().any(|arg| {
            arg.get_long() == Some(flag) && matches!(arg.get_action(), ArgAction::Set | ArgAction::Append)
        })
    };
    let mut words = words.iter();
    while let Some(word) = words.next() {
        let text = word.to_string_lossy();
        match text.strip_prefix("--") {
            Some("") => return words.next().map(|word| word.to_string_lossy().into_owned()),
            Some(flag) if flag.contains('=') => {}
            Some(flag) if takes_value(flag) => {
                words.next();
            }
            Some(_) => {}
            None if text.len() > 1 && text.starts_with('-') => {}
            None => return Some(text.into_owned()),
        }
    }
    None
}

/// The whole command line but for what only a file knows.
fn whole() -> Clap {
    let json =
        || Arg::new("json").long("json").action(ArgAction::SetTrue).help("Write JSON for programs to read");
    Clap::new("score")
        .version(env!("CARGO_PKG_VERSION"))
        .about("Performs scores: pages that say which AI tools play which parts, and in which order.")
        .subcommand_required(true)
        .arg_required_else_help(true)
        .disable_help_subcommand(true)
        .after_help("Start with:\n  score run examples/hello.score\n  score plan examples/report.score\n  score explain score::check::unknown_name")
        .subcommand(standard("run"))
        .subcommand(standard("rehearse"))
        .subcommand(standard("plan"))
        .subcommands(super::kept::commands())
        .subcommand(
            Clap::new("check")
                .about("Check scores without performing them")
                .arg(Arg::new("files").value_name("FILE").num_args(1..).required(true))
                .arg(
                    Arg::new("message-format")
                        .long("message-format")
                        .env("SCORE_MESSAGE_FORMAT")
                        .value_parser(["full", "short", "json"])
                        .default_value("full")
                        .help("How diagnostics are written"),
                ),
        )
        .subcommand(models::options())
        .subcommand(formatting())
        .subcommand(testing())
        .subcommand(
            Clap::new("repl")
                .about("Write, try and change a score line by line")
                .arg(Arg::new("file").value_name("FILE").help("Begin with the declarations of this score")),
        )
        .subcommand(
            Clap::new("explain")
                .about("Say more about an error code")
                .arg(Arg::new("code").value_name("CODE").help("As printed: score::check::unknown_name; none lists all")),
        )
        .subcommand(keeping_keys().subcommand(
            Clap::new("list").about("List the names of keys, and where each is found").arg(json()),
        ))
        .subcommand(
            Clap::new("help")
                .about("Say what a command does; `score help language` has the language on one page")
                .arg(Arg::new("topic").value_name("TOPIC").help("A command, `language`, a builtin or a code")),
        )
        .subcommand(
            Clap::new("doctor")
                .about("Look whether everything is there, and say how to mend what isn't")
                .arg(Arg::new("file").value_name("FILE").help("Look at the instruments of this score too"))
                .arg(json()),
        )
        .subcommand(
            Clap::new("update")
                .about("Ask the MCP servers of a score for their tools, and note them in score.lock beside it")
                .arg(Arg::new("file").value_name("FILE").required(true).help("The score"))
                .arg(
                    Arg::new("check")
                        .long("check")
                        .action(ArgAction::SetTrue)
                        .help("Write nothing; end with 1 if score.lock is not up to date"),
                ),
        )
}

/// `score keys`
fn keeping_keys() -> Clap {
    let name = || Arg::new("name").value_name("NAME").required(true).help("Such as OPENAI_API_KEY");
    Clap::new("keys")
        .about("Keep keys for all scores in a file that only you can read")
        .after_help(
            "A key is looked for in the environment, then in `.env` beside the score, then in this file.",
        )
        .subcommand(
            Clap::new("set")
                .about("Set a key: it is asked for and not shown, or read from the standard input")
                .arg(name()),
        )
        .subcommand(Clap::new("rm").about("Take a key out of the file").arg(name()))
}

/// The names of all commands.
pub(super) fn commands() -> Vec<String> {
    whole().get_subcommands().map(|command| command.get_name().to_owned()).collect()
}

/// The help of the whole, or of one command if there is such a one.
pub(super) fn long_help(name: Option<&str>) -> Option<String> {
    let mut whole = whole();
    whole.build();
    let command = match name {
        Some(name) => whole.find_subcommand_mut(name)?,
        None => &mut whole,
    };
    Some(command.render_long_help().ansi().to_string())
}

/// `score fmt`
fn formatting() -> Clap {
    Clap::new("fmt")
        .about("Write scores in the one style, with all their comments")
        .arg(
            Arg::new("paths")
                .value_name("PATH")
                .num_args(1..)
                .default_value(".")
                .help("Scores, and folders of scores"),
        )
        .arg(
            Arg::new("check")
                .long("check")
                .action(ArgAction::SetTrue)
                .help("Change nothing: end with code 1 where a score is not formatted"),
        )
        .arg(
            Arg::new("stdin")
                .long("stdin")
                .action(ArgAction::SetTrue)
                .conflicts_with("paths")
                .help("Format the standard input to the standard output"),
        )
}

/// `score test`
fn testing() -> Clap {
    Clap::new("test")
        .about("Perform the tests in scores, offline, with the stand-ins that they seat")
        .arg(
            Arg::new("paths")
                .value_name("PATH")
                .num_args(1..)
                .default_value(".")
                .help("Scores, and folders of scores"),
        )
        .arg(
            Arg::new("filter")
                .long("filter")
                .value_name("TEXT")
                .help("Only tests that have this in their name"),
        )
        .arg(
            Arg::new("report")
                .long("report")
                .env("SCORE_REPORT")
                .value_parser(["lines", "junit"])
                .default_value("lines")
                .help("How results are written"),
        )
}

/// The options that `run`, `rehearse` and `plan` take whatever the file.
pub(super) fn standard(name: &'static str) -> Clap {
    let about = match name {
        "rehearse" => "Perform a score offline and free, with stand-ins that answer in the right types",
        "plan" => "Say what will run, on what, in which order and how often, without running it",
        _ => "Perform a score",
    };
    let command = Clap::new(name)
        .about(about)
        .arg(
            Arg::new("file")
                .value_name("FILE")
                .required(true)
                .help("The score; - reads it from the standard input"),
        )
        .arg(Arg::new("movement").value_name("MOVEMENT").help("Which movement; else `main`, or the only one"))
        .arg(
            Arg::new("with")
                .long("with")
                .value_name("NAME=EXPR")
                .action(ArgAction::Append)
                .help("Put another instrument in a chair: --with writer='local()'"),
        )
        .arg(
            Arg::new("json")
                .long("json")
                .env("SCORE_JSON")
                .value_parser(clap::builder::BoolishValueParser::new())
                .action(ArgAction::SetTrue)
                .help("Write JSON for programs to read"),
        );
    if name == "plan" {
        return command.arg(
            Arg::new("order")
                .long("order")
                .action(ArgAction::SetTrue)
                .help("Say what each call waits for, and why"),
        );
    }
    let command = if name == "run" {
        let kept =
            [super::kept::name(), super::kept::folder(), super::kept::none(), super::kept::cache(), replay()];
        command.arg(out()).arg(record()).arg(budget()).arg(bill()).args(kept)
    } else {
        command
    };
    let command = command.arg(
        Arg::new("args").long("args").value_name("F").help("Take the movement's arguments from a JSON file"),
    );
    watching(command.arg(
        Arg::new("show-requests").long("show-requests").action(ArgAction::SetTrue).help(
            "Print what would be sent over the network, without keys, and send nothing: stand-ins answer",
        ),
    ))
}

/// The options of whatever performs.
pub(super) fn watching(command: Clap) -> Clap {
    command
        .arg(
            Arg::new("no-input")
                .long("no-input")
                .env("SCORE_NO_INPUT")
                .value_parser(clap::builder::BoolishValueParser::new())
                .action(ArgAction::SetTrue)
                .help("Ask nobody: end with code 6 where a person's answer is needed"),
        )
        .arg(
            Arg::new("at-once")
                .long("at-once")
                .env("SCORE_AT_ONCE")
                .value_name("N")
                .value_parser(value_parser!(u32).range(1..))
                .help("At most so many calls at the same time"),
        )
        .arg(Arg::new("quiet").short('q').long("quiet").action(ArgAction::SetTrue).help("Show no progress"))
}

fn record() -> Arg {
    Arg::new("record")
        .long("record")
        .value_name("FILE")
        .value_parser(value_parser!(std::path::PathBuf))
        .help("Write what was asked and answered to a file that replay(\"FILE\") plays in tests")
}

fn replay() -> Arg {
    Arg::new("replay")
        .long("replay")
        .value_name("FILE")
        .value_parser(value_parser!(std::path::PathBuf))
        .conflicts_with_all(["record", "run"])
        .help("Take all answers from a file that --record wrote: nobody is asked, nothing is done")
}

pub(super) fn budget() -> Arg {
    Arg::new("budget")
        .long("budget")
        .env("SCORE_BUDGET")
        .value_name("$AMOUNT")
        .value_parser(money)
        .help("What all calls may cost: no call starts that could cross it. '$2', or 2")
}

pub(super) fn bill() -> Arg {
    Arg::new("bill")
        .long("bill")
        .env("SCORE_BILL")
        .value_parser(clap::builder::BoolishValueParser::new())
        .action(ArgAction::SetTrue)
        .help("Say in the end what each part took and cost; with --json as JSON, on stderr too")
}

/// Dollars, with or without the sign.
fn money(text: &str) -> Result<Money, String> {
    parse_money(&format!("${}", text.trim_start_matches('$')))
        .filter(|amount| *amount >= Money::ZERO)
        .ok_or_else(|| "write dollars: '$2' (quoted, for the shell) or 0.50".to_owned())
}

pub(super) fn out() -> Arg {
    Arg::new("out")
        .long("out")
        .env("SCORE_OUT")
        .value_name("DIR")
        .default_value("out")
        .value_parser(value_parser!(std::path::PathBuf))
        .help("Where images, sounds and files of the result are written")
}

/// Reads the exact command line of a command that performs.
pub(super) fn exactly(command: Clap, name: &'static str, rest: &[OsString]) -> Result<ArgMatches, Exit> {
    let line = std::iter::once(OsString::from(format!("score {name}"))).chain(rest.iter().cloned());
    command
        .bin_name(format!("score {name}"))
        .try_get_matches_from(line)
        .map_err(|error| explain_usage(&error))
}

fn explain_usage(error: &clap::Error) -> Exit {
    let _ = error.print();
    if error.use_stderr() { Exit::Usage } else { Exit::Done }
}

/// What bare `score` shows: three next steps.
fn greet() {
    super::terminal::note(
        "Score performs pages that say which AI tools play which parts.\n\n  \
         score rehearse FILE   perform it offline and free, with stand-ins\n  \
         score plan FILE       see what will run, on what, how often\n  \
         score run FILE        perform it\n  \
         score repl            try things line by line\n\n\
         `score doctor` looks whether everything is there; `score --help` lists the rest.",
    );
}

impl Perform {
    /// The movement named after the file, if one is.
    pub(super) fn movement(&self) -> Option<String> {
        let at = self.rest.iter().position(|word| word.to_string_lossy() == self.file)?;
        let next = self.rest.get(at + 1)?.to_str()?;
        let is_name =
            next.chars().all(|letter| letter.is_alphanumeric() || letter == '_') && !next.is_empty();
        is_name.then(|| next.to_owned())
    }
}
