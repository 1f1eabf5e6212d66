//! Forgetting old versions, and clearing away what builds left that were killed.

use std::num::NonZeroUsize;
use std::sync::Arc;

use datafusion::common::{Result, plan_err};

use super::log::Log;
use super::reader::known;
use super::writer::{TABLES, UNFINISHED, VERSIONS, lock};
use super::{LogEntry, Place, Stored, TableFormat};

/// What a vacuum did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Vacuumed {
    /// The numbers of the versions that are left.
    pub kept: Vec<u64>,
    /// The numbers of those that are gone.
    pub forgotten: Vec<u64>,
    /// What was removed, by its name in the store, sorted.
    pub removed: Vec<String>,
}

/// Keeps the newest `keep` versions of the graph at `place` and removes the files of all others, and whatever no version
/// needs. Readers of a version that is forgotten find its files gone, and say so.
///
/// The log is replaced before anything is removed: killed at any moment, what the log names is whole, and the next vacuum
/// removes the rest. Fails if a build is writing, or if nothing was built there.
pub async fn vacuum(place: &Place, keep: NonZeroUsize, formats: &[Arc<dyn TableFormat>]) -> Result<Vacuumed> {
    let _lock = match place.local() {
        Some(root) if root.is_dir() => Some(lock(root)?),
        _ => None,
    };
    let read = Log::read(place).await?;
    let all = read.log.versions.clone();
    if all.is_empty() {
        return plan_err!("'{}' holds no graph to vacuum", place.shown());
    }
    for version in all.iter().filter(|v| v.stored != Stored::Parquet) {
        known(formats, version.stored)?;
    }
    let (forgotten, kept) = all.split_at(all.len().saturating_sub(keep.get()));
    let is_kept = |name: &String| kept.iter().any(|v| v.folder == *name);
    // Listed before the log is replaced: a build that began before fails from then on, and one that begins after writes
    // into other folders than these.
    let folders = place.names(VERSIONS).await?;
    let tables = place.names(TABLES).await?;
    read.replace(place, kept.to_vec()).await?;

    let mut removed = vec![];
    let unfinished = match place.local() {
        Some(root) if root.join(UNFINISHED).exists() => Some(UNFINISHED.to_string()),
        _ => None,
    };
    let folders = folders.into_iter().filter(|name| !is_kept(name));
    for name in folders.map(|name| format!("{VERSIONS}/{name}")).chain(unfinished) {
        place.remove(&name).await?;
        removed.push(name);
    }
    removed.extend(vacuum_tables(place, kept, &tables, formats).await?);
    removed.sort();
    let numbers = |versions: &[LogEntry]| versions.iter().map(|v| v.version).collect();
    Ok(Vacuumed {
        kept: numbers(kept),
        forgotten: numbers(forgotten),
        removed,
    })
}

/// Tables with versions of their own: those that some version needs are vacuumed, others removed.
async fn vacuum_tables(
    place: &Place,
    kept: &[LogEntry],
    tables: &[String],
    formats: &[Arc<dyn TableFormat>],
) -> Result<Vec<String>> {
    let mut removed = vec![];
    for table in tables {
        if !kept.iter().any(|v| v.tables.contains_key(table)) {
            let name = format!("{TABLES}/{table}");
            place.remove(&name).await?;
            removed.push(name);
        }
    }
    for format in formats {
        let kept: Vec<_> = kept.iter().filter(|v| v.stored == format.stored()).cloned().collect();
        if !kept.is_empty() {
            removed.extend(format.vacuum(place, &kept).await?);
        }
    }
    Ok(removed)
}
