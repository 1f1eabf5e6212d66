//! The engine's own suite, with and without the product: no result may differ.
//!
//! Every upstream file runs three times: twice in a session exactly as upstream's runner makes it, and once in such a session
//! with `register_all` on top. Each time is a process of its own in a folder prepared like upstream's repository, because
//! upstream's files name data and scratch files relative to the working directory. Expected texts play no part: what is
//! compared is what the records gave, rows or error, so a file whose data is not there fails the same way three times.
//!
//! A record on which the plain runs disagree depends on the time, on chance or on the scheduler; it is listed, and only its
//! shape is compared. Every other difference fails, unless `engine_differences.txt` says why it may be.

mod allowed;
mod compare;
mod folder;
mod outcome;
mod report;
mod side;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::{Arc, OnceLock};

use libtest_mimic::{Arguments, Failed, Trial};

use crate::run::shown;
use crate::suite::{suite_files, wanted};
use allowed::Allowed;
use compare::{Comparison, Sides, compare};
pub(crate) use folder::{Repository, locate};
use side::{Session, start_side};
pub(crate) use side::{SideRequest, run_side};

/// The list of what may differ, under the crate's folder.
const ALLOWED: &str = "engine_differences.txt";

/// How often more the plain side runs a file that differs, to see whether it agrees with itself.
const REPEATS: usize = 8;

/// Compares, one trial per file.
pub(crate) fn run(home: &Path, dir: Option<PathBuf>, arguments: &Arguments) -> Result<ExitCode, String> {
    let suite = folder::locate(dir)?;
    let mut files: Vec<String> = suite_files(&suite)?.iter().map(|file| shown(&suite, file)).collect();
    files.retain(|file| !left_out(file));
    if files.is_empty() {
        return Err(format!("no .slt file under {}", suite.display()));
    }
    let list = home.join(ALLOWED);
    let text = std::fs::read_to_string(&list).map_err(|error| format!("cannot read {}: {error}", list.display()))?;
    let allowed = Arc::new(Allowed::parse(&text).map_err(|error| format!("{ALLOWED}: {error}"))?);

    let chosen: Vec<String> = files
        .iter()
        .filter(|file| wanted(&trial_name(file), arguments))
        .cloned()
        .collect();
    let complete = chosen.len() == files.len();
    let job = Arc::new(Job {
        suite,
        chosen,
        allowed,
        result: OnceLock::new(),
    });

    let mut trials: Vec<Trial> = files.iter().map(|file| file_trial(file, &job)).collect();
    if complete {
        trials.push(list_trial(&job));
    }
    let conclusion = libtest_mimic::run(arguments, trials);
    if let Some(Ok(comparison)) = job.result.get() {
        print!("{}", report::summary(comparison));
    }
    Ok(conclusion.exit_code())
}

/// What upstream's runner leaves out too unless it is asked: TPC-H needs generated data, encryption a feature.
fn left_out(file: &str) -> bool {
    file.starts_with("tpch/") || file == "encrypted_parquet.slt"
}

fn trial_name(file: &str) -> String {
    format!("engine/{file}")
}

/// The comparison, done by the first trial that asks, so that listing the trials costs nothing.
struct Job {
    suite: PathBuf,
    chosen: Vec<String>,
    allowed: Arc<Allowed>,
    result: OnceLock<Result<Comparison, String>>,
}

impl Job {
    fn comparison(&self) -> Result<&Comparison, Failed> {
        self.result
            .get_or_init(|| self.compare())
            .as_ref()
            .map_err(Failed::from)
    }

    fn compare(&self) -> Result<Comparison, String> {
        let start = |session, files: &[String]| start_side(session, &self.suite, files);
        let mut sides = Sides::new(vec![
            start(Session::Plain, &self.chosen)?,
            start(Session::Plain, &self.chosen)?,
        ]);
        let registered = start(Session::Registered, &self.chosen)?;
        let first = compare(&sides, &registered, &self.allowed)?;
        let suspects: BTreeSet<String> = first
            .differing
            .iter()
            .map(|difference| difference.file.clone())
            .collect();
        if suspects.is_empty() {
            return Ok(first);
        }
        let suspects: Vec<String> = suspects.into_iter().collect();
        for _ in 0..REPEATS {
            sides.add(start(Session::Plain, &suspects)?);
        }
        compare(&sides, &registered, &self.allowed)
    }
}

fn file_trial(file: &str, job: &Arc<Job>) -> Trial {
    let (file, job) = (file.to_owned(), Arc::clone(job));
    Trial::test(trial_name(&file), move || {
        let differing: Vec<_> = job.comparison()?.differing.iter().filter(|d| d.file == file).collect();
        if differing.is_empty() {
            Ok(())
        } else {
            Err(Failed::from(report::differences(&differing)))
        }
    })
}

/// The list itself is checked where the whole suite ran.
fn list_trial(job: &Arc<Job>) -> Trial {
    let job = Arc::clone(job);
    Trial::test(ALLOWED, move || {
        let unused = &job.comparison()?.unused;
        if unused.is_empty() {
            return Ok(());
        }
        Err(Failed::from(format!(
            "entries that no longer differ, to be removed:\n{}",
            unused.join("\n")
        )))
    })
}
