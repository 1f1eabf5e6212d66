//! Clearing away what no version of a graph needs.

use std::collections::BTreeSet;
use std::fs;

use datafusion::common::Result;
use datafusion_codeanatomy::store::{Place as GraphPlace, TABLES};
use deltalake::checkpoints::{cleanup_expired_logs_for, create_checkpoint};
use deltalake::operations::vacuum::VacuumMode;
use futures::TryStreamExt;

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
        if let Some(oldest) = keep.first().copied() {
            let gone = self.shorten_log(place, name, oldest).await?;
            removed.extend(gone.into_iter().map(|file| format!("{TABLES}/{name}/{file}")));
        }
        Ok(removed)
    }

    /// Removes the commits and checkpoints of a table before version `oldest`, which becomes a checkpoint. Its versions since then stay readable.
    async fn shorten_log(&self, place: &GraphPlace, name: &str, oldest: u64) -> Result<Vec<String>> {
        let at = self.table(place, name, Pin::Version(oldest))?;
        let failed = |e| of_table(at.location.shown(), e);
        let table = at.open(&self.runtime).await?;
        let log = table.log_store();
        let files = log.object_store(None).list(Some(log.log_path()));
        let mut older: Vec<String> = files
            .map_ok(|file| file.location.to_string())
            .try_filter(|path| std::future::ready(version_of(path).is_some_and(|version| version < oldest)))
            .try_collect()
            .await?;
        if older.is_empty() {
            return Ok(older);
        }
        create_checkpoint(&table, None).await.map_err(failed)?;
        cleanup_expired_logs_for(oldest, log.as_ref(), NO_TIME, None)
            .await
            .map_err(failed)?;
        older.sort_unstable();
        Ok(older)
    }
}

/// Later than any file, in milliseconds since 1970: how old a commit is does not matter, but whether a graph needs it.
const NO_TIME: i64 = 253_402_300_799_000;

/// The version of a commit or a checkpoint, by its path.
fn version_of(path: &str) -> Option<u64> {
    let (_, name) = path.rsplit_once('/')?;
    let (version, kind) = name.split_once('.')?;
    let is_log = kind == "json" || (kind.starts_with("checkpoint.") && kind.ends_with("parquet"));
    version.parse().ok().filter(|_| is_log && version.len() == 20)
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
