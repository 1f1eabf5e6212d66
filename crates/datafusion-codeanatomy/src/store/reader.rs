//! Reading a graph.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use datafusion::common::{Result, plan_datafusion_err, plan_err};
use datafusion::datasource::ViewTable;
use datafusion::prelude::{ParquetReadOptions, SessionContext, col};

use super::Manifest;
use super::manifest::FORMAT;
use super::writer::{CURRENT, MANIFEST, VERSIONS};

/// A version of a stored graph.
#[derive(Debug)]
pub struct Store {
    folder: PathBuf,
    manifest: Manifest,
}

impl Store {
    /// The version that is current in `root` now.
    pub fn open(root: impl AsRef<Path>) -> Result<Self> {
        let root = root.as_ref();
        let Ok(current) = fs::read_to_string(root.join(CURRENT)) else {
            return plan_err!(
                "'{}' holds no graph (there is no file {CURRENT} in it); 'codeanatomy build SOURCE --out {}' makes one",
                root.display(),
                root.display()
            );
        };
        let name = current.trim();
        let damaged =
            |what: String| plan_datafusion_err!("the graph in '{}' is damaged: {what}; build it again", root.display());
        if name.is_empty() || name.contains(['/', '\\', '.']) {
            return Err(damaged(format!("{CURRENT} names no version")));
        }
        let folder = root.join(VERSIONS).join(name);
        let path = folder.join(MANIFEST);
        let json =
            fs::read_to_string(&path).map_err(|e| damaged(format!("{} cannot be read ({e})", path.display())))?;
        let manifest: Manifest =
            serde_json::from_str(&json).map_err(|e| damaged(format!("{} does not parse ({e})", path.display())))?;
        if manifest.format != FORMAT {
            return plan_err!(
                "the graph in '{}' has format {}, this program reads format {FORMAT}; build it again",
                root.display(),
                manifest.format
            );
        }
        Ok(Self { folder, manifest })
    }

    /// What the version holds.
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// The folder of the version.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Makes its tables tables of `ctx`, with their order declared, and the view `cpg_candidates`.
    pub(crate) async fn attach(&self, ctx: &SessionContext) -> Result<()> {
        for table in &self.manifest.tables {
            let order: Vec<_> = table.order.iter().map(|name| col(name).sort(true, false)).collect();
            let options = ParquetReadOptions::default().file_sort_order(vec![order]);
            let path = self.folder.join(&table.file.name);
            let Some(path) = path.to_str() else {
                return plan_err!("the folder '{}' has a name that is not UTF-8", self.folder.display());
            };
            ctx.register_parquet(&table.name, path, options).await?;
        }
        let sql = "SELECT * FROM cpg_edges UNION ALL SELECT * FROM cpg_losers";
        let plan = ctx.state().create_logical_plan(sql).await?;
        ctx.register_table("cpg_candidates", Arc::new(ViewTable::new(plan, Some(sql.to_string()))))?;
        Ok(())
    }
}
