//! Which changes stand in deletion vectors in a way that delta-rs does not read right.
//!
//! Where a commit has no change files, its changes follow from the files that come and go. For a file that gets another
//! deletion vector they are the rows in which the two differ, which delta-rs finds if the file has one row group. For a file
//! that comes or goes with a vector they are the rows that are not in it; delta-rs 1.1 gives those that are.

use std::collections::BTreeMap;

use datafusion::common::{Result, exec_datafusion_err, exec_err};
use datafusion::datasource::physical_plan::parquet::metadata::DFParquetMetadata;
use datafusion::object_store::ObjectStoreExt;
use datafusion::object_store::path::Path;
use deltalake::DeltaTable;
use deltalake::kernel::{Action, Add, Remove};
use deltalake::logstore::get_actions;

use super::vector_changes::VectorChanges;
use crate::error::of_table;

/// The feature of a table's protocol.
const FEATURE: &str = "deletionVectors";

/// The versions from `from` to `to`, in their order, whose changes delta-rs would read wrong.
pub(super) async fn misread_versions(
    table: &DeltaTable,
    shown: &str,
    from: u64,
    to: u64,
) -> Result<Vec<VectorChanges>> {
    let state = table.snapshot().map_err(|e| of_table(shown, e))?;
    let features = state.snapshot().protocol().reader_features().unwrap_or_default();
    let is = |key: &str, value: &str| {
        let set = state.metadata().configuration().get(key);
        set.is_some_and(|set| set.eq_ignore_ascii_case(value))
    };
    // Changes of mapped columns are refused by delta-rs.
    let mapped = ["name", "id"].iter().any(|mode| is("delta.columnMapping.mode", mode));
    if mapped || !features.iter().any(|feature| feature.as_ref() == FEATURE) {
        return Ok(vec![]);
    }
    let mut misread = vec![];
    for version in from..=to {
        misread.extend(changes(table, shown, version).await?);
    }
    if !misread.is_empty() && !is("delta.enableChangeDataFeed", "true") {
        return exec_err!(
            "delta_changes: the Delta table '{shown}' does not record its changes; delta_scan of two versions shows their rows"
        );
    }
    Ok(misread)
}

/// The changes of a version, if they would be read wrong.
async fn changes(table: &DeltaTable, shown: &str, version: u64) -> Result<Option<VectorChanges>> {
    let failed = |e| of_table(shown, e);
    let log = table.log_store();
    let Some(commit) = log.read_commit_entry(version).await.map_err(failed)? else {
        // What reads the changes says that it is gone.
        return Ok(None);
    };
    let mut found = VectorChanges {
        version,
        ..VectorChanges::default()
    };
    let (mut come, mut gone) = (BTreeMap::<String, Add>::new(), BTreeMap::<String, Remove>::new());
    for action in get_actions(version, &commit).map_err(failed)? {
        match action {
            Action::Cdc(_) => return Ok(None),
            Action::CommitInfo(info) => {
                found.timestamp = info.in_commit_timestamp.or(info.timestamp).unwrap_or(0);
            }
            Action::Add(add) if add.data_change => {
                come.insert(add.path.clone(), add);
            }
            Action::Remove(remove) if remove.data_change => {
                gone.insert(remove.path.clone(), remove);
            }
            _ => {}
        }
    }
    let mut is_misread = false;
    for (path, add) in come {
        let has_vector = add.deletion_vector.is_some();
        match gone.remove(&path) {
            None => {
                is_misread |= has_vector;
                found.come.push(path);
            }
            Some(before) => {
                is_misread |= (has_vector || before.deletion_vector.is_some()) && row_groups(table, &path).await? > 1;
                found.changed.push(path);
            }
        }
    }
    is_misread |= gone.values().any(|remove| remove.deletion_vector.is_some());
    found.gone = gone.into_keys().collect();
    Ok(is_misread.then_some(found))
}

async fn row_groups(table: &DeltaTable, path: &str) -> Result<usize> {
    let store = table.log_store().object_store(None);
    let name = Path::parse(path).map_err(|e| exec_datafusion_err!("'{path}' is no name of a file: {e}"))?;
    let mut file = store.head(&name).await?;
    // The store is that of the table's folder, and says where in the whole store a file is.
    file.location = name;
    let metadata = DFParquetMetadata::new(store.as_ref(), &file).fetch_metadata().await?;
    Ok(metadata.num_row_groups())
}
