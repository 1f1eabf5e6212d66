//! A table of a stored version.

use std::any::Any;
use std::sync::Arc;

use async_trait::async_trait;
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::catalog::{ScanArgs, ScanResult, Session, TableProvider};
use datafusion::common::{Constraints, Result, Statistics, exec_err};
use datafusion::datasource::listing::{ListingTable, ListingTableConfig, ListingTableUrl};
use datafusion::execution::options::ReadOptions;
use datafusion::logical_expr::{Expr, TableProviderFilterPushDown, TableType};
use datafusion::physical_plan::ExecutionPlan;
use datafusion::prelude::{ParquetReadOptions, SessionContext, col};

use super::{Place, TableRecord};

/// The Parquet file of a table. The engine takes a file that is gone for an empty table; this one says that it is gone.
#[derive(Debug)]
pub(super) struct StoredTable {
    place: Place,
    name: String,
    bytes: u64,
    version: u64,
    file: ListingTable,
}

impl StoredTable {
    /// The table of `record` in the folder of a version.
    pub(super) async fn open(
        ctx: &SessionContext,
        place: &Place,
        version: u64,
        folder: &str,
        record: &TableRecord,
    ) -> Result<Self> {
        let name = format!("{folder}/{}", record.file.name);
        let order: Vec<_> = record.order.iter().map(|name| col(name).sort(true, false)).collect();
        let options = ParquetReadOptions::default().file_sort_order(vec![order]);
        let options = options.to_listing_options(&ctx.copied_config(), ctx.copied_table_options());
        let url = ListingTableUrl::parse(place.location_of(&name)?)?;
        let schema = options.infer_schema(&ctx.state(), &url).await?;
        let config = ListingTableConfig::new(url)
            .with_listing_options(options)
            .with_schema(schema);
        Ok(Self {
            place: place.clone(),
            name,
            bytes: record.file.bytes,
            version,
            file: ListingTable::try_new(config)?,
        })
    }

    /// Fails if the file is not what was written.
    async fn check(&self) -> Result<()> {
        match self.place.size(&self.name).await? {
            Some(bytes) if bytes == self.bytes => Ok(()),
            Some(bytes) => exec_err!(
                "'{}/{}' has {bytes} bytes and was written with {}; take another version, or build again",
                self.place.shown(),
                self.name,
                self.bytes
            ),
            None => exec_err!(
                "version {} of the graph in '{}' is gone: a vacuum has forgotten it; open another one",
                self.version,
                self.place.shown()
            ),
        }
    }
}

/// Whether a table is the stored one of this name, of any graph.
pub(crate) fn is_stored(table: &dyn TableProvider, name: &str) -> bool {
    let table: &dyn Any = table;
    let table = table.downcast_ref::<StoredTable>();
    let file = table.and_then(|table| table.name.rsplit('/').next());
    file.and_then(|file| file.strip_suffix(".parquet")) == Some(name)
}

#[async_trait]
impl TableProvider for StoredTable {
    fn schema(&self) -> SchemaRef {
        self.file.schema()
    }

    fn table_type(&self) -> TableType {
        TableType::Base
    }

    fn constraints(&self) -> Option<&Constraints> {
        self.file.constraints()
    }

    fn statistics(&self) -> Option<Statistics> {
        self.file.statistics()
    }

    fn supports_filters_pushdown(&self, filters: &[&Expr]) -> Result<Vec<TableProviderFilterPushDown>> {
        self.file.supports_filters_pushdown(filters)
    }

    async fn scan(
        &self,
        session: &dyn Session,
        projection: Option<&Vec<usize>>,
        filters: &[Expr],
        limit: Option<usize>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        self.check().await?;
        self.file.scan(session, projection, filters, limit).await
    }

    async fn scan_with_args<'a>(&self, session: &dyn Session, args: ScanArgs<'a>) -> Result<ScanResult> {
        self.check().await?;
        self.file.scan_with_args(session, args).await
    }
}
