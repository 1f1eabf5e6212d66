//! What delta-rs says, in sentences that name the table.

use datafusion::common::{DataFusionError, exec_datafusion_err, plan_datafusion_err};
use deltalake::DeltaTableError;
use deltalake::kernel::transaction::TransactionError;

/// The error of work on the table at `shown`.
pub(crate) fn of_table(shown: &str, error: DeltaTableError) -> DataFusionError {
    match error {
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

/// A message in one line, without the trace that the kernel appends where the environment asks for one.
pub(crate) fn one_line(message: &str) -> String {
    let lines = message.lines().map(str::trim).filter(|line| !line.is_empty());
    let lines = lines.take_while(|line| !line.starts_with("0: "));
    lines.collect::<Vec<_>>().join(" ")
}
