//! Changes by deletion vectors that delta-rs does not read right are an error.
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

use crate::error::of_table;

/// The feature of a table's protocol.
const FEATURE: &str = "deletionVectors";

/// Fails if the versions from `from` to `to` have changes that would be read wrong.
pub(super) async fn refuse_misread(table: &DeltaTable, shown: &str, from: u64, to: u64) -> Result<()> {
    let state = table.snapshot().map_err(|e| of_table(shown, e))?;
    let features = state.snapshot().protocol().reader_features().unwrap_or_default();
    if !features.iter().any(|feature| feature.as_ref() == FEATURE) {
        return Ok(());
    }
    for version in from..=to {
        if let Some(file) = misread(table, shown, version).await? {
            return exec_err!(
                "delta_changes: the changes of version {version} of the Delta table '{shown}' stand in the deletion vector of \
                 '{file}', in a way that is not read yet; compare delta_scan of the versions before and after"
            );
        }
    }
    Ok(())
}

/// A file of a version whose changes would be read wrong.
async fn misread(table: &DeltaTable, shown: &str, version: u64) -> Result<Option<String>> {
    let failed = |e| of_table(shown, e);
    let log = table.log_store();
    let Some(commit) = log.read_commit_entry(version).await.map_err(failed)? else {
        // What reads the changes says that it is gone.
        return Ok(None);
    };
    let (mut come, mut gone) = (BTreeMap::<String, Add>::new(), BTreeMap::<String, Remove>::new());
    for action in get_actions(version, &commit).map_err(failed)? {
        match action {
            Action::Cdc(_) => return Ok(None),
            Action::Add(add) if add.data_change => {
                come.insert(add.path.clone(), add);
            }
            Action::Remove(remove) if remove.data_change => {
                gone.insert(remove.path.clone(), remove);
            }
            _ => {}
        }
    }
    for (path, add) in come {
        let before = gone.remove(&path);
        let has_vector = add.deletion_vector.is_some();
        match before {
            None if has_vector => return Ok(Some(path)),
            Some(before) if has_vector || before.deletion_vector.is_some() => {
                let store = log.object_store(None);
                let name =
                    Path::parse(&path).map_err(|e| exec_datafusion_err!("'{path}' is no name of a file: {e}"))?;
                let mut file = store.head(&name).await?;
                // The store is that of the table's folder, and says where in the whole store a file is.
                file.location = name;
                let metadata = DFParquetMetadata::new(store.as_ref(), &file).fetch_metadata().await?;
                if metadata.num_row_groups() > 1 {
                    return Ok(Some(path));
                }
            }
            _ => {}
        }
    }
    let with_vector = gone.into_values().find(|remove| remove.deletion_vector.is_some());
    Ok(with_vector.map(|remove| remove.path))
}
