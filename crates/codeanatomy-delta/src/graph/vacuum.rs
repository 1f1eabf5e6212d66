//! Clearing away what no version of a graph needs.

use std::collections::BTreeSet;
use std::fs;

use datafusion::common::Result;
use datafusion_codeanatomy::store::{Place as GraphPlace, TABLES};
use deltalake::operations::vacuum::VacuumMode;

use super::{DeltaGraph, files};
use crate::error::of_table;
use crate::open::Pin;

impl DeltaGraph {
    /// Removes the files of a table that no version of `keep` has. What a killed build has committed is taken back.
    pub(super) async fn clear(&self, place: &GraphPlace, name: &str, keep: &BTreeSet<u64>) -> Result<Vec<String>> {
        let at = self.table(place, name, Pin::Newest)?;
        let failed = |e| of_table(at.location.shown(), e);
        let mut table = at.open(&self.runtime).await?;
        if let Some(named) = keep.last().copied()
            && table.version() != Some(named)
        {
            let kept = self
                .table(place, name, Pin::Version(named))?
                .open(&self.runtime)
                .await?;
            let (mut now, mut then) = (
                files(&table).await.map_err(failed)?,
                files(&kept).await.map_err(failed)?,
            );
            now.sort();
            then.sort();
            if now != then {
                table = table.restore().with_version_to_restore(named).await.map_err(failed)?.0;
            }
        }
        let keep: Vec<u64> = keep.iter().copied().collect();
        let vacuum = table
            .vacuum()
            .with_mode(VacuumMode::Full)
            .with_retention_period(Default::default())
            .with_enforce_retention_duration(false)
            .with_keep_versions(&keep);
        let (_, done) = vacuum.await.map_err(failed)?;
        let named = |file: String| format!("{TABLES}/{name}/{file}");
        let mut removed: Vec<_> = done.files_deleted.into_iter().map(named).collect();
        removed.extend(clear_log(place, name)?);
        Ok(removed)
    }
}

/// Removes what a killed build was about to rename in the log of a table on a disk: the object store writes `NAME#NUMBER`, and
/// lists no such files, so that no one else finds them.
fn clear_log(place: &GraphPlace, name: &str) -> Result<Vec<String>> {
    let folder = format!("{TABLES}/{name}/_delta_log");
    let Some(root) = place.local() else {
        return Ok(vec![]);
    };
    let mut removed = vec![];
    for entry in fs::read_dir(root.join(&folder))? {
        let entry = entry?;
        let file = entry.file_name().to_string_lossy().into_owned();
        if file.contains('#') {
            fs::remove_file(entry.path())?;
            removed.push(format!("{folder}/{file}"));
        }
    }
    Ok(removed)
}
