//! One file in one configuration.

use std::fmt;
use std::future::{Ready, ready};
use std::path::Path;
use std::sync::Arc;

use codeanatomy_delta::attach_tables;
use datafusion_codeanatomy::{SourceOptions, attach_source};
use datafusion_sqllogictest::{DFColumnType, df_value_validator, value_normalizer};
use sqllogictest::{Record, Runner, TestError, parse_file, strict_column_validator};

use crate::configuration::Configuration;
use crate::connection::{Connection, Incidents};
use crate::places::Places;

/// Why a file failed: one text per record, in the order of the file.
#[derive(Debug)]
pub struct FileFailure {
    /// Each with `file:line`, the SQL, and what was expected and what came.
    pub records: Vec<String>,
}

impl fmt::Display for FileFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} failed", self.records.len())?;
        self.records.iter().try_for_each(|record| writeln!(f, "\n{record}"))
    }
}

impl From<String> for FileFailure {
    fn from(message: String) -> Self {
        Self { records: vec![message] }
    }
}

/// Runs every record of a file, in a new session and a new scratch folder, and collects what fails.
pub async fn run_file(home: &Path, file: &Path, configuration: Configuration) -> Result<(), FileFailure> {
    let mut bench = Bench::new(home, file, configuration).await?;
    let records = parse_file::<DFColumnType>(file)
        .map_err(|error| format!("{}:{}: {}", shown(home, file), error.location().line(), error.kind()))?;
    let mut failures = Vec::new();
    for record in records {
        if matches!(record, Record::Halt { .. }) {
            break;
        }
        if let Err(error) = bench.runner.run_async(record).await {
            failures.push(describe(home, &error));
        }
    }
    bench.runner.shutdown_async().await;
    failures.extend(bench.incidents.take());
    if failures.is_empty() {
        Ok(())
    } else {
        Err(FileFailure { records: failures })
    }
}

type Connect = Box<dyn FnMut() -> Ready<Result<Connection, crate::connection::StatementError>> + Send>;

/// Suites whose sessions have a source attached.
const SOURCES: [(&str, &str); 4] = [
    ("suites/index/", "samples/indexed/demo"),
    ("suites/languages/", "samples/languages"),
    ("suites/questions/", "../examples/shop"),
    ("suites/relations/", "samples/clinic"),
];

/// Suites whose sessions have a schema `lake` of Delta tables.
const DELTA: &str = "suites/delta/";

/// A runner with its session and scratch folder.
pub(crate) struct Bench {
    pub(crate) runner: Runner<Connection, Connect>,
    pub(crate) incidents: Incidents,
}

impl Bench {
    /// Sets up for one file.
    pub(crate) async fn new(home: &Path, file: &Path, configuration: Configuration) -> Result<Self, String> {
        let ctx = configuration.session().map_err(|error| error.strip_backtrace())?;
        if let Some((_, folder)) = SOURCES.iter().find(|(suites, _)| shown(home, file).contains(suites)) {
            attach_source(&ctx, home.join(folder), &SourceOptions::default())
                .await
                .map_err(|error| error.strip_backtrace())?;
        }
        let places = Arc::new(Places::new(home).map_err(|error| format!("cannot make a scratch folder: {error}"))?);
        if shown(home, file).contains(DELTA) {
            attach_tables(&ctx, "lake", &places.expand("${WORK_DIR}/lake")).map_err(|error| error.strip_backtrace())?;
        }
        let incidents = Incidents::default();
        let name = shown(home, file);
        let connect: Connect = {
            let incidents = incidents.clone();
            Box::new(move || {
                ready(Ok(Connection::new(
                    ctx.clone(),
                    &name,
                    Arc::clone(&places),
                    incidents.clone(),
                )))
            })
        };
        let mut runner = Runner::new(connect);
        runner.add_label("Datafusion");
        runner.with_column_validator(strict_column_validator);
        runner.with_normalizer(value_normalizer);
        runner.with_validator(df_value_validator);
        Ok(Self { runner, incidents })
    }
}

/// A path as the reports show it: under `home`, with slashes.
pub(crate) fn shown(home: &Path, file: &Path) -> String {
    file.strip_prefix(home)
        .unwrap_or(file)
        .to_string_lossy()
        .replace('\\', "/")
}

fn describe(home: &Path, error: &TestError) -> String {
    let location = error.location();
    format!(
        "{}:{}: {}",
        shown(home, Path::new(location.file())),
        location.line(),
        error.kind()
    )
}
