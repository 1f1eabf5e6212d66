//! `delta_history(uri => …)`: the commits of a Delta table.

use std::collections::BTreeMap;
use std::sync::Arc;

use datafusion::arrow::array::{
    ArrayRef, BooleanArray, Int64Array, RecordBatch, StringViewArray, TimestampMillisecondArray,
};
use datafusion::catalog::{Session, TableProvider};
use datafusion::common::Result;
use datafusion_codeanatomy::{Arguments, NamedTableFunction, Parameter, wait};
use deltalake::kernel::CommitInfo;
use futures::TryStreamExt;

use super::{SECTION, rows, uri};
use crate::error::of_table;
use crate::open::Place;

/// One row per commit that the log still has, from the oldest: `version`, `timestamp` (UTC), `operation`, and as JSON
/// objects with sorted keys `parameters` (of the operation), `metadata` (what the writer added, such as our fingerprints)
/// and `metrics`; `engine`, `read_version`, `is_blind_append`. What a commit does not say is null.
#[derive(Debug)]
pub(super) struct DeltaHistory;

const PARAMETERS: &[Parameter] = &[Parameter::required("uri", "the folder or URL of a Delta table")];

/// The key under which writers put their measurements.
const METRICS: &str = "operationMetrics";

impl NamedTableFunction for DeltaHistory {
    fn name(&self) -> &'static str {
        "delta_history"
    }

    fn section(&self) -> &'static str {
        SECTION
    }

    fn description(&self) -> &'static str {
        "One row per commit that the log of a Delta table still has, from the oldest: version, timestamp, operation, and as JSON its parameters, what the writer added (metadata) and its metrics."
    }

    fn example(&self) -> &'static str {
        "SELECT version, operation FROM delta_history(uri => 'orders')"
    }

    fn parameters(&self) -> &'static [Parameter] {
        PARAMETERS
    }

    fn call(&self, arguments: &Arguments<'_>, session: &dyn Session) -> Result<Arc<dyn TableProvider>> {
        let place = Place::newest(uri(arguments)?)?;
        let runtime = Arc::clone(session.runtime_env());
        wait(async move {
            let table = place.open(&runtime).await?;
            let history: Result<Vec<_>, _> = table.history(None).try_collect().await;
            let commits = history.map_err(|e| of_table(place.location.shown(), e))?;
            let newest = table.version().unwrap_or(0);
            // They come from the newest, one per version.
            let versions = (0..commits.len() as u64).map(|back| newest.saturating_sub(back));
            let mut commits: Vec<_> = versions.zip(commits).collect();
            commits.reverse();
            rows(batch(&commits)?)
        })
    }
}

fn batch(commits: &[(u64, CommitInfo)]) -> Result<RecordBatch> {
    let text = |f: &dyn Fn(&CommitInfo) -> Option<String>| {
        Arc::new(commits.iter().map(|(_, c)| f(c)).collect::<StringViewArray>()) as ArrayRef
    };
    let version: Int64Array = commits.iter().map(|(v, _)| i64::try_from(*v).ok()).collect();
    let times = commits.iter().map(|(_, c)| c.in_commit_timestamp.or(c.timestamp));
    let time = times.collect::<TimestampMillisecondArray>().with_timezone("UTC");
    let read: Int64Array = commits
        .iter()
        .map(|(_, c)| i64::try_from(c.read_version?).ok())
        .collect();
    let blind: BooleanArray = commits.iter().map(|(_, c)| c.is_blind_append).collect();
    let operation = text(&|c| c.operation.clone());
    let parameters = text(&|c| Some(object(c.operation_parameters.as_ref()?)));
    let metadata = text(&|c| {
        let added: BTreeMap<_, _> = c.info.iter().filter(|(key, _)| *key != METRICS).collect();
        (!added.is_empty()).then(|| object(added))
    });
    let metrics = text(&|c| c.info.get(METRICS).map(sorted));
    Ok(RecordBatch::try_from_iter_with_nullable([
        ("version", Arc::new(version) as ArrayRef, false),
        ("timestamp", Arc::new(time) as ArrayRef, true),
        ("operation", operation, true),
        ("parameters", parameters, true),
        ("metadata", metadata, true),
        ("metrics", metrics, true),
        ("engine", text(&|c| c.engine_info.clone()), true),
        ("read_version", Arc::new(read) as ArrayRef, true),
        ("is_blind_append", Arc::new(blind) as ArrayRef, true),
    ])?)
}

/// A JSON object whose keys are sorted.
fn object<'a>(entries: impl IntoIterator<Item = (&'a String, &'a serde_json::Value)>) -> String {
    let sorted: BTreeMap<_, _> = entries.into_iter().collect();
    serde_json::to_string(&sorted).unwrap_or_default()
}

fn sorted(value: &serde_json::Value) -> String {
    match value.as_object() {
        Some(entries) => object(entries),
        None => value.to_string(),
    }
}
