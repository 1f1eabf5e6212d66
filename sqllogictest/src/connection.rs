//! The database that sqllogictest talks to: upstream's, with portable paths and with panics caught.

use std::any::Any;
use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use datafusion::prelude::SessionContext;
use datafusion_sqllogictest::{DFColumnType, DFOutput, DataFusion};
use futures::FutureExt;
use indicatif::ProgressBar;
use sqllogictest::{AsyncDB, DBOutput};

use crate::places::Places;

/// What went wrong beside the records: panics, and settings that the file left changed.
#[derive(Debug, Clone, Default)]
pub(crate) struct Incidents(Arc<Mutex<Vec<String>>>);

impl Incidents {
    /// Takes all of them.
    pub(crate) fn take(&self) -> Vec<String> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn add(&self, incident: String) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(incident);
    }
}

/// One connection of a suite to its session.
pub(crate) struct Connection {
    engine: DataFusion,
    places: Arc<Places>,
    incidents: Incidents,
}

impl Connection {
    /// A connection for the file of this name.
    pub(crate) fn new(ctx: SessionContext, file: &str, places: Arc<Places>, incidents: Incidents) -> Self {
        let engine = DataFusion::new(ctx, file.into(), ProgressBar::hidden())
            .with_config_change_errors(Arc::clone(&incidents.0));
        Self {
            engine,
            places,
            incidents,
        }
    }
}

/// A statement failed: its message, with portable paths.
#[derive(Debug)]
pub(crate) struct StatementError(String);

impl std::fmt::Display for StatementError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for StatementError {}

#[async_trait]
impl AsyncDB for Connection {
    type Error = StatementError;
    type ColumnType = DFColumnType;

    async fn run(&mut self, sql: &str) -> Result<DFOutput, StatementError> {
        let expanded = self.places.expand(sql);
        match AssertUnwindSafe(self.engine.run(&expanded)).catch_unwind().await {
            Ok(Ok(DBOutput::Rows { types, mut rows })) => {
                for cell in rows.iter_mut().flatten() {
                    *cell = self.places.portable(cell);
                }
                Ok(DBOutput::Rows { types, rows })
            }
            Ok(Ok(other)) => Ok(other),
            Ok(Err(error)) => Err(StatementError(self.places.portable(&error.to_string()))),
            Err(panic) => {
                let message = format!("panic: {}", panic_message(panic.as_ref()));
                // A file that expects an error must not take a panic for it.
                self.incidents.add(format!("{message}\n[SQL] {sql}"));
                Err(StatementError(message))
            }
        }
    }

    fn engine_name(&self) -> &str {
        "codeanatomy"
    }

    async fn sleep(duration: Duration) {
        tokio::time::sleep(duration).await;
    }

    async fn shutdown(&mut self) {
        self.engine.shutdown().await;
    }
}

/// The text of a caught panic.
pub(crate) fn panic_message(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<&str>().copied();
    text.or_else(|| panic.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("no message")
}

#[cfg(test)]
mod tests {
    use datafusion::arrow::datatypes::DataType;
    use datafusion::logical_expr::{Volatility, create_udf};

    use super::*;

    #[tokio::test]
    async fn a_panic_is_an_incident_even_where_an_error_is_expected() {
        let ctx = SessionContext::new();
        let broken = create_udf(
            "broken",
            vec![],
            DataType::Int64,
            Volatility::Volatile,
            Arc::new(|_| panic!("boom")),
        );
        ctx.register_udf(broken);
        let (places, incidents) = (Arc::new(Places::new(&crate::home()).unwrap()), Incidents::default());
        let mut connection = Connection::new(ctx, "a.slt", places, incidents.clone());
        assert!(connection.run("SELECT broken()").await.is_err());
        assert_eq!(incidents.take(), ["panic: boom\n[SQL] SELECT broken()"]);
        assert!(connection.run("SELECT 1").await.is_ok(), "the session goes on");
    }
}
