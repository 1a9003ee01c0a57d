//! What goes wrong with journals.

use std::path::Path;

/// Why a journal could not be written, read or had.
#[derive(Debug, thiserror::Error, miette::Diagnostic)]
pub enum JournalError {
    /// It could not be written.
    #[error("the run's journal could not be written: {reason}")]
    #[diagnostic(
        code(score::journal::not_written),
        help("Nothing more was started. Free some space or mend the disk, then go on with `score resume`.")
    )]
    NotWritten {
        /// What the system said.
        reason: String,
    },
    /// It was removed while it was written.
    #[error("the run's folder was removed while the run was performed")]
    #[diagnostic(
        code(score::journal::removed),
        help(
            "Nothing more was started. What was done is recorded nowhere any more; to begin anew, start the score again with `score run`."
        )
    )]
    Removed,
    /// It could not be read.
    #[error("the journal {path} can't be read: {reason}")]
    #[diagnostic(
        code(score::journal::not_read),
        help("See to the rights of the folder and of the files in it.")
    )]
    NotRead {
        /// Which.
        path: String,
        /// What the system said.
        reason: String,
    },
    /// It holds something else than what was written.
    #[error("the journal {path} is damaged: {what}")]
    #[diagnostic(
        code(score::journal::damaged),
        help(
            "Nothing was performed. What can still be read is shown by `sqlite3 {path}`; to begin anew, start the score again with `score run`."
        )
    )]
    Damaged {
        /// Which.
        path: String,
        /// What is wrong.
        what: String,
    },
    /// It is no journal.
    #[error("{path} is no journal of a run")]
    #[diagnostic(
        code(score::journal::not_a_journal),
        help("`score runs list` lists the runs that are there.")
    )]
    NotAJournal {
        /// Which.
        path: String,
    },
    /// It was written by a newer version.
    #[error("the journal {path} has format {found}, and this version of Score knows formats up to {known}")]
    #[diagnostic(
        code(score::journal::newer),
        help("Go on with the version of Score that wrote it, or a newer one.")
    )]
    Newer {
        /// Which.
        path: String,
        /// Its format.
        found: i64,
        /// The newest that is known.
        known: i64,
    },
    /// Another process performs the run.
    #[error("the run `{run}` is being performed by {owner}")]
    #[diagnostic(
        code(score::journal::owned),
        help("Wait until that has ended or end it; `score runs show {run}` shows how far it is.")
    )]
    Owned {
        /// The run.
        run: String,
        /// Who, and since when.
        owner: String,
    },
    /// Another process has taken the run over.
    #[error("the run was taken over by {owner}")]
    #[diagnostic(
        code(score::journal::taken_over),
        help("What this process did since was not recorded. The run goes on in the other one.")
    )]
    TakenOver {
        /// Who, and since when.
        owner: String,
    },
    /// There is no such run.
    #[error("there is no run {}{}", called(run), meant.as_ref().map(|meant| format!("; did you mean `{meant}`?")).unwrap_or_default())]
    #[diagnostic(code(score::journal::unknown_run), help("{}", runs_there(run, place)))]
    UnknownRun {
        /// The name.
        run: String,
        /// One that is nearly called so.
        meant: Option<String>,
        /// Where runs are kept.
        place: String,
    },
    /// The name belongs to a run of something else.
    #[error("there is a run `{run}` already, and it is of {what}")]
    #[diagnostic(
        code(score::journal::name_taken),
        help("Give this one another name, or remove the other: `score runs rm {run}`.")
    )]
    NameTaken {
        /// The name.
        run: String,
        /// What it performs.
        what: String,
    },
    /// The name can't be one.
    #[error("`{run}` can't be the name of a run")]
    #[diagnostic(
        code(score::journal::bad_name),
        help("Use letters, digits, `-`, `_` and `.`, beginning with a letter or digit, 100 at most.")
    )]
    BadName {
        /// The name.
        run: String,
    },
    /// Nobody said where runs are kept.
    #[error("there is no place for the journal of the run: HOME is not set")]
    #[diagnostic(
        code(score::journal::no_place),
        help("Name a folder to keep runs in: `--runs DIR`, or SCORE_RUNS in the environment.")
    )]
    NoPlace,
    /// Nobody said where answers are kept.
    #[error("there is no place for the cache of answers: HOME is not set")]
    #[diagnostic(
        code(score::journal::no_cache),
        help("Name a folder to keep answers in: `--cache=DIR`, or SCORE_CACHE_DIR in the environment.")
    )]
    NoCache,
    /// The cache can't be written.
    #[error("the cache of answers in {folder} can't be written: {reason}")]
    #[diagnostic(
        code(score::journal::cache_not_written),
        help(
            "Nothing was started. See to the rights of the folder, name another one (`--cache=DIR`), or leave out `--cache`."
        )
    )]
    CacheNotWritten {
        /// Where it is.
        folder: String,
        /// What the system said.
        reason: String,
    },
}

impl JournalError {
    /// It could not be written, and why.
    pub fn not_written(reason: impl ToString) -> Self {
        Self::NotWritten { reason: reason.to_string() }
    }

    /// It could not be read, and why.
    pub fn not_read(path: &Path, reason: impl ToString) -> Self {
        Self::NotRead { path: path.display().to_string(), reason: reason.to_string() }
    }

    /// It is damaged, and how.
    pub fn damaged(path: &Path, what: impl ToString) -> Self {
        Self::Damaged { path: path.display().to_string(), what: what.to_string() }
    }
}

/// A run in a sentence.
fn called(run: &str) -> String {
    if run == super::shelf::LAST { String::from("yet") } else { format!("`{run}`") }
}

/// Where to look for runs.
fn runs_there(run: &str, place: &str) -> String {
    if run == super::shelf::LAST {
        return format!("Begin one with `score run FILE`. It is kept in {place}, where no run is.");
    }
    format!("`score runs list` lists the runs in {place}.")
}
