//! Opening a table at a version.

use std::sync::Arc;

use datafusion::arrow::array::timezone::Tz;
use datafusion::arrow::compute::kernels::cast_utils::string_to_datetime;
use datafusion::common::{Result, plan_datafusion_err, plan_err};
use datafusion::execution::runtime_env::RuntimeEnv;
use datafusion::object_store::ObjectMeta;
use deltalake::{DeltaTable, DeltaTableError};
use futures::TryStreamExt;

use crate::error::of_table;
use crate::location::Location;

/// The property of a table whose commits say when they were made; of others the files of the log do.
const SAYS_TIMES: &str = "delta.enableInCommitTimestamps";

/// Which version of a table is meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Pin {
    /// The newest one.
    Newest,
    /// The one with this number.
    Version(u64),
    /// The last one that was committed at or before this time, in milliseconds since 1970.
    Time(i64),
}

impl Pin {
    /// From what may be given: not both.
    pub(crate) fn new(what: &str, version: Option<u64>, timestamp: Option<&str>) -> Result<Self> {
        match (version, timestamp) {
            (Some(_), Some(_)) => plan_err!("{what}: give either version or timestamp, not both"),
            (Some(version), None) => Ok(Self::Version(version)),
            (None, Some(text)) => Ok(Self::Time(milliseconds(what, text)?)),
            (None, None) => Ok(Self::Newest),
        }
    }
}

/// A time as text, such as `2026-01-31T12:00:00Z`, in milliseconds since 1970. Without a zone it is UTC.
pub(crate) fn milliseconds(what: &str, text: &str) -> Result<i64> {
    let utc: Tz = "+00:00".parse()?;
    match string_to_datetime(&utc, text) {
        Ok(time) => Ok(time.timestamp_millis()),
        Err(_) => plan_err!("{what}: the timestamp '{text}' is no time such as '2026-01-31T12:00:00Z'"),
    }
}

/// Where a table is and which version is meant.
#[derive(Debug, Clone)]
pub(crate) struct Place {
    pub(crate) location: Location,
    pub(crate) pin: Pin,
}

impl Place {
    /// The newest version of the table at `uri`.
    pub(crate) fn newest(uri: &str) -> Result<Self> {
        Ok(Self {
            location: Location::new(uri)?,
            pin: Pin::Newest,
        })
    }

    /// A table that is not loaded, and need not be there.
    pub(crate) fn unloaded(&self, runtime: &RuntimeEnv) -> Result<DeltaTable> {
        Ok(DeltaTable::new(self.location.log_store(runtime)?))
    }

    /// The table at its version.
    pub(crate) async fn open(&self, runtime: &Arc<RuntimeEnv>) -> Result<DeltaTable> {
        let shown = self.location.shown();
        let mut table = self.unloaded(runtime)?;
        let exists = table.verify_deltatable_existence().await;
        if !exists.map_err(|e| of_table(shown, e))? {
            return plan_err!("there is no Delta table at '{shown}'");
        }
        match self.pin {
            Pin::Newest => table.load().await.map_err(|e| of_table(shown, e))?,
            Pin::Version(version) => {
                if let Err(error) = table.load_version(version).await {
                    return Err(self.no_version(runtime, version, error).await);
                }
            }
            Pin::Time(time) => self.load_time(&mut table, time).await?,
        }
        Ok(table)
    }

    async fn no_version(
        &self,
        runtime: &Arc<RuntimeEnv>,
        version: u64,
        error: DeltaTableError,
    ) -> datafusion::common::DataFusionError {
        let shown = self.location.shown();
        let newest = async {
            let mut table = self.unloaded(runtime).ok()?;
            table.load().await.ok()?;
            table.version()
        };
        match newest.await {
            Some(newest) if version > newest => {
                plan_datafusion_err!("the Delta table '{shown}' has no version {version}; its newest is {newest}")
            }
            Some(_) if matches!(error, DeltaTableError::NotATable(_)) => {
                plan_datafusion_err!(
                    "the Delta table '{shown}' has no version {version} any more: its log begins later"
                )
            }
            _ => of_table(shown, error).context(format!("version {version}")),
        }
    }

    /// The last version at or before a time. delta-rs gives the first version that the log has for a time before it, and any of
    /// several versions of one millisecond.
    async fn load_time(&self, table: &mut DeltaTable, time: i64) -> Result<()> {
        let shown = self.location.shown();
        let failed = |e| of_table(shown, e);
        table.load().await.map_err(failed)?;
        let state = table.snapshot().map_err(failed)?;
        let newest = state.version();
        let says = state.metadata().configuration().get(SAYS_TIMES);
        if says.is_some_and(|enabled| enabled == "true") {
            return self.load_said_time(table, time).await;
        }
        let mut version = newest;
        let mut known = state.version_timestamp(version);
        while let Some(at) = known {
            if at <= time {
                return match version == newest {
                    true => Ok(()),
                    false => table.load_version(version).await.map_err(failed),
                };
            }
            if version == 0 {
                return plan_err!("the Delta table '{shown}' has no version at that time: its first is later");
            }
            version -= 1;
            known = state.version_timestamp(version);
        }
        // Older than the last checkpoint.
        self.load_listed_time(table, time).await
    }

    /// The last version at or before a time, of those whose commits are in the log still.
    async fn load_listed_time(&self, table: &mut DeltaTable, time: i64) -> Result<()> {
        let shown = self.location.shown();
        let log = table.log_store();
        let listed = log.object_store(None).list_with_delimiter(Some(log.log_path())).await?;
        let version = |file: &ObjectMeta| {
            let version = file.location.filename()?.strip_suffix(".json")?;
            let version = (version.len() == 20).then(|| version.parse::<u64>().ok())?;
            version.filter(|_| file.last_modified.timestamp_millis() <= time)
        };
        match listed.objects.iter().filter_map(version).max() {
            Some(version) => table.load_version(version).await.map_err(|e| of_table(shown, e)),
            None => {
                plan_err!("the Delta table '{shown}' has no version at that time: the first that its log has is later")
            }
        }
    }

    /// The last version at or before a time, by what the commits say.
    async fn load_said_time(&self, table: &mut DeltaTable, time: i64) -> Result<()> {
        let shown = self.location.shown();
        let failed = |e| of_table(shown, e);
        let newest = table.version().unwrap_or(0);
        let mut found = None;
        {
            let state = table.snapshot().map_err(failed)?;
            // From the newest, one per version.
            let mut commits = table.history(None);
            let mut version = newest;
            while let Some(commit) = commits.try_next().await.map_err(failed)? {
                // Older commits may be from before they said so.
                let at = commit.in_commit_timestamp.or_else(|| state.version_timestamp(version));
                if at.is_some_and(|at| at <= time) {
                    found = Some(version);
                    break;
                }
                version = version.saturating_sub(1);
            }
        }
        match found {
            None => {
                plan_err!("the Delta table '{shown}' has no version at that time: the first that its log has is later")
            }
            Some(version) if version == newest => Ok(()),
            Some(version) => table.load_version(version).await.map_err(failed),
        }
    }
}
