//! Reading a graph.

use std::sync::Arc;

use datafusion::common::{Result, plan_datafusion_err, plan_err};
use datafusion::datasource::ViewTable;
use datafusion::prelude::SessionContext;

use super::log::Log;
use super::manifest::FORMAT;
use super::stored_table::StoredTable;
use super::writer::{MANIFEST, VERSIONS};
use super::{LogEntry, Manifest, Place, Stored, TableFormat};

/// A version of a stored graph.
#[derive(Debug, Clone)]
pub struct Store {
    place: Place,
    entry: LogEntry,
    manifest: Manifest,
}

impl Store {
    /// A version of the graph at `place`; without a number the one that is current now.
    pub async fn open(place: &Place, at: Option<u64>) -> Result<Self> {
        let versions = versions(place).await?;
        let found = match at {
            None => versions.last(),
            Some(number) => versions.iter().find(|v| v.version == number),
        };
        let Some(entry) = found else {
            let there: Vec<_> = versions.iter().map(|v| v.version.to_string()).collect();
            return plan_err!(
                "the graph in '{}' has no version {}; it has {}",
                place.shown(),
                at.unwrap_or_default(),
                there.join(", ")
            );
        };
        Self::read(place, entry.clone()).await
    }

    /// All versions of the graph at `place`, from the oldest.
    pub async fn list(place: &Place) -> Result<Vec<Self>> {
        let mut all = vec![];
        for entry in versions(place).await? {
            all.push(Self::read(place, entry).await?);
        }
        Ok(all)
    }

    async fn read(place: &Place, entry: LogEntry) -> Result<Self> {
        let name = format!("{VERSIONS}/{}/{MANIFEST}", entry.folder);
        let damaged = |what: String| {
            plan_datafusion_err!(
                "version {} of the graph in '{}' is damaged: {name} {what}; take another version, or build again",
                entry.version,
                place.shown()
            )
        };
        let Some(json) = place.read(&name).await? else {
            return Err(damaged("is not there".to_string()));
        };
        let manifest: Manifest = serde_json::from_slice(&json).map_err(|e| damaged(format!("does not parse ({e})")))?;
        if manifest.format != FORMAT {
            return plan_err!(
                "version {} of the graph in '{}' has format {}, this program reads format {FORMAT}; build it again",
                entry.version,
                place.shown(),
                manifest.format
            );
        }
        Ok(Self {
            place: place.clone(),
            entry,
            manifest,
        })
    }

    /// What the version holds.
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// What the log says of it.
    pub fn entry(&self) -> &LogEntry {
        &self.entry
    }

    /// Makes its tables tables of `ctx`, with their order declared, and the view `cpg_candidates`. `formats` are those that
    /// are known beside Parquet.
    pub async fn attach(&self, ctx: &SessionContext, formats: &[Arc<dyn TableFormat>]) -> Result<()> {
        match self.entry.stored {
            Stored::Parquet => self.attach_parquet(ctx).await?,
            stored => {
                let format = known(formats, stored)?;
                format.attach(ctx, &self.place, &self.entry, &self.manifest).await?;
            }
        }
        let sql = "SELECT * FROM cpg_edges UNION ALL SELECT * FROM cpg_losers";
        let plan = ctx.state().create_logical_plan(sql).await?;
        ctx.register_table("cpg_candidates", Arc::new(ViewTable::new(plan, Some(sql.to_string()))))?;
        Ok(())
    }

    async fn attach_parquet(&self, ctx: &SessionContext) -> Result<()> {
        let folder = format!("{VERSIONS}/{}", self.entry.folder);
        for record in &self.manifest.tables {
            let table = StoredTable::open(ctx, &self.place, self.entry.version, &folder, record).await?;
            ctx.register_table(&record.name, Arc::new(table))?;
        }
        Ok(())
    }
}

/// The format that stores tables so.
pub(super) fn known(formats: &[Arc<dyn TableFormat>], stored: Stored) -> Result<&Arc<dyn TableFormat>> {
    match formats.iter().find(|f| f.stored() == stored) {
        Some(format) => Ok(format),
        None => plan_err!(
            "the graph is stored as {}, which this program was built without",
            stored.name()
        ),
    }
}

async fn versions(place: &Place) -> Result<Vec<LogEntry>> {
    let versions = Log::read(place).await?.log.versions;
    if versions.is_empty() {
        return plan_err!(
            "'{}' holds no graph; 'codeanatomy build SOURCE --out {}' makes one",
            place.shown(),
            place.shown()
        );
    }
    Ok(versions)
}
