//! One run of the engine's suite: the process that does it, and what starts it.

use std::io::{BufRead, BufReader, Write};
use std::panic::AssertUnwindSafe;
use std::path::{Path, PathBuf};
use std::process::Command;

use datafusion_sqllogictest::{DFColumnType, DataFusion, TestContext};
use futures::{FutureExt, StreamExt};
use indicatif::ProgressBar;
use sqllogictest::{ColumnType, Record, RecordOutput, Runner, parse_file};

use super::folder::Repository;
use super::outcome::{FileRun, Observed, Outcome};
use crate::connection::panic_message;
use crate::run::shown;

/// Which session the files run in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Session {
    /// As upstream's runner makes it.
    Plain,
    /// The same, with the product registered.
    Registered,
}

/// What the child process is to do, from its command line: session, suite, list of files, result.
#[derive(Debug)]
pub(crate) struct SideRequest {
    session: Session,
    suite: PathBuf,
    files: PathBuf,
    result: PathBuf,
}

impl SideRequest {
    /// Reads what [`start_side`] wrote.
    pub(crate) fn from_arguments(arguments: &mut impl Iterator<Item = String>) -> Result<Self, String> {
        let mut next = || {
            arguments
                .next()
                .ok_or("--engine-side takes a session, a suite, a list and a result")
        };
        let session = match next()?.as_str() {
            "plain" => Session::Plain,
            "registered" => Session::Registered,
            other => return Err(format!("no such session: {other}")),
        };
        Ok(Self {
            session,
            suite: next()?.into(),
            files: next()?.into(),
            result: next()?.into(),
        })
    }
}

/// Runs the files in a process of its own, in a new folder, and gives what each record gave.
pub(crate) fn start_side(session: Session, suite: &Path, files: &[String]) -> Result<Vec<FileRun>, String> {
    let failed = |error: std::io::Error| format!("cannot run the engine suite: {error}");
    let repository = Repository::new(suite, files).map_err(failed)?;
    let exchange = tempfile::tempdir().map_err(failed)?;
    let (list, result) = (exchange.path().join("files"), exchange.path().join("result"));
    std::fs::write(&list, files.join("\n")).map_err(failed)?;
    let status = Command::new(std::env::current_exe().map_err(failed)?)
        .arg("--engine-side")
        .arg(if session == Session::Plain {
            "plain"
        } else {
            "registered"
        })
        .args([suite, &list, &result])
        .current_dir(repository.working())
        .status()
        .map_err(failed)?;
    if !status.success() {
        return Err(format!("a run of the engine suite ended with {status}"));
    }
    let lines = BufReader::new(std::fs::File::open(&result).map_err(failed)?).lines();
    let mut runs = Vec::new();
    for line in lines {
        runs.push(serde_json::from_str::<FileRun>(&line.map_err(failed)?).map_err(|error| failed(error.into()))?);
    }
    runs.sort_by(|a, b| a.file.cmp(&b.file));
    Ok(runs)
}

/// The child process.
pub(crate) fn run_side(request: &SideRequest) -> Result<(), String> {
    // Panics are outcomes here.
    std::panic::set_hook(Box::new(|_| {}));
    let failed = |error: std::io::Error| format!("cannot run the engine suite: {error}");
    let list = std::fs::read_to_string(&request.files).map_err(failed)?;
    let mut result = std::fs::File::create(&request.result).map_err(failed)?;
    let root = std::env::current_dir().map_err(failed)?;
    let root = root.ancestors().nth(2).unwrap_or(&root).to_string_lossy().into_owned();
    let workers = std::thread::available_parallelism().map_or(1, usize::from);
    let runtime = tokio::runtime::Runtime::new().map_err(failed)?;
    let (session, suite) = (request.session, request.suite.clone());
    runtime.block_on(async move {
        let files: Vec<String> = list.lines().map(str::to_owned).collect();
        let runs = files.into_iter().map(|file| {
            let (suite, root) = (suite.clone(), root.clone());
            async move { tokio::spawn(run_file(session, suite, file, root)).await }
        });
        let mut runs = futures::stream::iter(runs).buffer_unordered(workers);
        while let Some(run) = runs.next().await {
            let run = run.map_err(|error| error.to_string())?;
            let line = serde_json::to_string(&run).map_err(|error| error.to_string())?;
            writeln!(result, "{line}").map_err(failed)?;
        }
        Ok(())
    })
}

async fn run_file(session: Session, suite: PathBuf, file: String, root: String) -> FileRun {
    let observed = |location: String, sql: String, outcome| Observed { location, sql, outcome };
    let mut run = FileRun {
        file: file.clone(),
        records: Vec::new(),
    };
    let Some(context) = TestContext::try_new_for_test_file(Path::new(&file)).await else {
        return run;
    };
    let ctx = context.session_ctx().clone();
    if session == Session::Registered
        && let Err(error) = codeanatomy_delta::register_all(&ctx)
    {
        run.records.push(observed(
            format!("{file}:0"),
            "register_all".to_owned(),
            Outcome::error(error.to_string()),
        ));
        return run;
    }
    let records = match parse_file::<DFColumnType>(suite.join(&file)) {
        Ok(records) => records,
        Err(error) => {
            run.records.push(observed(
                format!("{file}:0"),
                String::new(),
                Outcome::error(error.kind().to_string()),
            ));
            return run;
        }
    };
    let mut runner = Runner::new(|| {
        let connection = DataFusion::new(ctx.clone(), PathBuf::from(&file), ProgressBar::hidden());
        std::future::ready(Ok(connection))
    });
    runner.add_label("Datafusion");
    for record in records {
        let (location, sql) = match &record {
            Record::Halt { .. } => break,
            Record::Statement { loc, sql, .. } | Record::Query { loc, sql, .. } | Record::Let { loc, sql, .. } => (
                format!("{}:{}", shown(&suite, Path::new(loc.file())), loc.line()),
                sql.clone(),
            ),
            _ => (String::new(), String::new()),
        };
        let output = AssertUnwindSafe(runner.apply_record(record)).catch_unwind().await;
        let outcome = match output {
            Ok(output) => outcome(output),
            Err(panic) => Some(Outcome::error(format!("panic: {}", panic_message(panic.as_ref())))),
        };
        if let (false, Some(outcome)) = (location.is_empty(), outcome) {
            run.records.push(observed(location, sql, without(&root, outcome)));
        }
    }
    run
}

fn outcome(output: RecordOutput<DFColumnType>) -> Option<Outcome> {
    match output {
        RecordOutput::Query { error: Some(error), .. } | RecordOutput::Statement { error: Some(error), .. } => {
            Some(Outcome::error(error.to_string()))
        }
        RecordOutput::Query { types, rows, .. } => Some(Outcome::Rows {
            types: types.iter().map(ColumnType::to_char).collect(),
            rows: rows.iter().map(|row| row.join("\t")).collect(),
        }),
        RecordOutput::Statement { .. } => Some(Outcome::Done),
        RecordOutput::Let { error: Some(error), .. } => Some(Outcome::error(error.to_string())),
        RecordOutput::Let { values, .. } => Some(Outcome::Rows {
            types: String::new(),
            rows: vec![values.join("\t")],
        }),
        _ => None,
    }
}

/// The working folder has another name in each run.
fn without(root: &str, mut outcome: Outcome) -> Outcome {
    let replace = |text: &mut String| {
        for root in [root, root.trim_start_matches('/')] {
            if text.contains(root) {
                *text = text.replace(root, "WORKSPACE_ROOT");
            }
        }
    };
    match &mut outcome {
        Outcome::Rows { rows, .. } => rows.iter_mut().for_each(replace),
        Outcome::Error(message) => replace(message),
        Outcome::Done => {}
    }
    outcome
}
