//! What delta-rs says, in sentences that name the table.

use datafusion::common::{DataFusionError, exec_datafusion_err, plan_datafusion_err};
use deltalake::DeltaTableError;
use deltalake::kernel::transaction::TransactionError;

/// The error of work on the table at `shown`.
pub(crate) fn of_table(shown: &str, error: DeltaTableError) -> DataFusionError {
    match error {
        error if error.to_string().contains(AMBIGUOUS) => exec_datafusion_err!(
            "MERGE: several rows of the source match one row of the Delta table '{shown}', and it would have to take all their \
             changes; let the source have one row for each, as by QUALIFY row_number() OVER (PARTITION BY …) = 1"
        ),
        DeltaTableError::NotATable(_) => plan_datafusion_err!("there is no Delta table at '{shown}'"),
        DeltaTableError::Transaction {
            source: TransactionError::CommitConflict(conflict),
        } => {
            let what = one_line(&conflict.to_string());
            exec_datafusion_err!(
                "the write to the Delta table '{shown}' conflicts with another one, and that one stands: {what}"
            )
        }
        DeltaTableError::Transaction {
            source: TransactionError::MaxCommitAttempts(_),
        } => exec_datafusion_err!(
            "the write to the Delta table '{shown}' conflicts with another one, which was faster; run it again"
        ),
        DeltaTableError::Transaction {
            source: TransactionError::UnsupportedTableFeatures(features),
        } => {
            let mut names: Vec<_> = features.iter().map(|feature| format!("{feature:?}")).collect();
            names.sort_unstable();
            exec_datafusion_err!(
                "the Delta table '{shown}' has features with which it cannot be written: {}",
                names.join(", ")
            )
        }
        DeltaTableError::VersionAlreadyExists(version) => exec_datafusion_err!(
            "the write to the Delta table '{shown}' conflicts with another one, which made version {version}; run it again"
        ),
        // Its own text speaks of schemas, whatever happened.
        DeltaTableError::Arrow { source } => {
            exec_datafusion_err!("the Delta table '{shown}': {}", one_line(&source.to_string()))
        }
        DeltaTableError::Generic(message) => exec_datafusion_err!("the Delta table '{shown}': {}", one_line(&message)),
        other => exec_datafusion_err!("the Delta table '{shown}': {}", one_line(&other.to_string())),
    }
}

/// What delta-rs says of a merge in which a row of the table has several in the source, beside a file of a random name.
const AMBIGUOUS: &str = "MERGE matched a target row with multiple source rows";

/// A message in one line, without the trace that the kernel appends where the environment asks for one.
pub(crate) fn one_line(message: &str) -> String {
    let lines = message.lines().map(str::trim).filter(|line| !line.is_empty());
    let lines = lines.take_while(|line| !line.starts_with("0: "));
    lines.collect::<Vec<_>>().join(" ")
}
