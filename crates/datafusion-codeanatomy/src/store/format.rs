//! Stores of tables beyond Parquet files in a version's folder.

use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;

use async_trait::async_trait;
use datafusion::common::Result;
use datafusion::prelude::SessionContext;

use super::{LogEntry, Manifest, Place, Stored};

/// How tables of a graph are stored where they have versions of their own. A crate that knows such a store implements it;
/// the log of the graph names the versions of the tables, so that a reader sees the tables of one build.
#[async_trait]
pub trait TableFormat: fmt::Debug + Send + Sync {
    /// Which it is.
    fn stored(&self) -> Stored;

    /// Writes the tables of a version from the Parquet files in `staged`, which are complete and named by the manifest, and
    /// gives the version of each. `previous` is the last version that is stored so.
    ///
    /// What was written by a build that was killed before it could name it is replaced. Fails if another build has written
    /// since.
    async fn write(
        &self,
        place: &Place,
        staged: &Path,
        manifest: &Manifest,
        previous: Option<&LogEntry>,
    ) -> Result<BTreeMap<String, u64>>;

    /// Makes the tables of a version tables of `ctx`.
    async fn attach(&self, ctx: &SessionContext, place: &Place, entry: &LogEntry, manifest: &Manifest) -> Result<()>;

    /// Removes what no version of `kept` needs, and gives what was removed, by name.
    async fn vacuum(&self, place: &Place, kept: &[LogEntry]) -> Result<Vec<String>>;
}
