//! `COPY … TO '…' STORED AS DELTATABLE`: the rows of a query become a table.

use std::sync::Arc;

use async_trait::async_trait;
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::catalog::Session;
use datafusion::common::parsers::CompressionTypeVariant;
use datafusion::common::{GetExt, Result, Statistics, not_impl_err, plan_err};
use datafusion::datasource::file_format::file_compression_type::FileCompressionType;
use datafusion::datasource::file_format::{FileFormat, FileFormatFactory};
use datafusion::datasource::physical_plan::{FileScanConfig, FileSinkConfig, FileSource, ParquetSource};
use datafusion::datasource::sink::DataSinkExec;
use datafusion::datasource::table_schema::TableSchema;
use datafusion::object_store::{ObjectMeta, ObjectStore};
use datafusion::physical_expr::LexRequirement;
use datafusion::physical_plan::ExecutionPlan;
use deltalake::DeltaTable;
use deltalake::delta_datafusion::DataFusionMixins;
use deltalake::protocol::SaveMode;

use crate::error::of_table;
use crate::register::STORED_AS;
use crate::table::{DeltaOptions, refuse_binary};
use crate::write::DeltaSink;

/// Makes the format of `STORED AS DELTATABLE` in COPY.
#[derive(Debug)]
pub(crate) struct DeltaCopy {
    /// The fingerprint of the statement, where it is known.
    pub(crate) rule: Option<String>,
}

impl GetExt for DeltaCopy {
    fn get_ext(&self) -> String {
        STORED_AS.to_lowercase()
    }
}

#[expect(
    clippy::disallowed_types,
    reason = "the engine's trait names it; the options are sorted before use"
)]
type Options = std::collections::HashMap<String, String>;

impl FileFormatFactory for DeltaCopy {
    fn create(&self, session: &dyn Session, options: &Options) -> Result<Arc<dyn FileFormat>> {
        Ok(Arc::new(DeltaFormat {
            options: DeltaOptions::parse("COPY", session, options)?,
            rule: self.rule.clone(),
        }))
    }

    fn default(&self) -> Arc<dyn FileFormat> {
        Arc::new(DeltaFormat::default())
    }
}

/// Fails if rows have other columns than the table to which they are written. Their order does not matter.
fn check_columns(shown: &str, table: &DeltaTable, rows: &SchemaRef) -> Result<()> {
    let state = table.snapshot().map_err(|e| of_table(shown, e))?;
    let columns = state.snapshot().input_schema();
    let missing = |from: &SchemaRef, in_other: &SchemaRef| {
        let names = from.fields().iter().map(|f| f.name().as_str());
        let names: Vec<_> = names.filter(|name| in_other.index_of(name).is_err()).collect();
        names.join(", ")
    };
    let (left_out, unknown) = (missing(&columns, rows), missing(rows, &columns));
    match (left_out.as_str(), unknown.as_str()) {
        ("", "") => Ok(()),
        ("", unknown) => plan_err!("COPY: the Delta table '{shown}' has no column {unknown}; COPY changes no columns"),
        (left_out, "") => plan_err!("COPY: the rows have no column {left_out}, which the Delta table '{shown}' has"),
        (left_out, unknown) => plan_err!(
            "COPY: the rows have no column {left_out}, which the Delta table '{shown}' has, and it has no column {unknown}; \
             COPY changes no columns"
        ),
    }
}

/// What COPY writes to. Reading is by `delta_scan` and external tables.
#[derive(Debug, Default)]
struct DeltaFormat {
    options: DeltaOptions,
    rule: Option<String>,
}

#[async_trait]
impl FileFormat for DeltaFormat {
    fn get_ext(&self) -> String {
        DeltaCopy { rule: None }.get_ext()
    }

    fn get_ext_with_compression(&self, compression: &FileCompressionType) -> Result<String> {
        match compression.get_variant() {
            CompressionTypeVariant::UNCOMPRESSED => Ok(self.get_ext()),
            other => plan_err!("a Delta table is not compressed as a whole, so not with {other}"),
        }
    }

    fn compression_type(&self) -> Option<FileCompressionType> {
        None
    }

    async fn infer_schema(
        &self,
        _session: &dyn Session,
        _store: &Arc<dyn ObjectStore>,
        _objects: &[ObjectMeta],
    ) -> Result<SchemaRef> {
        not_impl_err!("a Delta table is read by delta_scan(uri => …) or an external table, not as a list of files")
    }

    async fn infer_stats(
        &self,
        _session: &dyn Session,
        _store: &Arc<dyn ObjectStore>,
        schema: SchemaRef,
        _object: &ObjectMeta,
    ) -> Result<Statistics> {
        Ok(Statistics::new_unknown(&schema))
    }

    async fn create_physical_plan(
        &self,
        _session: &dyn Session,
        _config: FileScanConfig,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        not_impl_err!("a Delta table is read by delta_scan(uri => …) or an external table, not as a list of files")
    }

    async fn create_writer_physical_plan(
        &self,
        input: Arc<dyn ExecutionPlan>,
        session: &dyn Session,
        config: FileSinkConfig,
        order: Option<LexRequirement>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let (place, mode) = self.options.target("COPY", &config.original_url, session)?;
        let shown = place.location.shown();
        let mut table = place.unloaded(session.runtime_env())?;
        let exists = table
            .verify_deltatable_existence()
            .await
            .map_err(|e| of_table(shown, e))?;
        let mode = match (mode.unwrap_or("error"), exists) {
            ("error", true) => {
                return plan_err!(
                    "COPY: there is a Delta table at '{shown}' already; OPTIONS ('delta.mode' 'append') adds to it, \
                     'overwrite' replaces its rows"
                );
            }
            ("error", false) => SaveMode::ErrorIfExists,
            ("append", _) => SaveMode::Append,
            ("overwrite", _) => SaveMode::Overwrite,
            (other, _) => return plan_err!("COPY: 'delta.mode' is error, append or overwrite, not '{other}'"),
        };
        if exists {
            table.load().await.map_err(|e| of_table(shown, e))?;
            check_columns(shown, &table, &input.schema())?;
        }
        let partitions: Vec<_> = config.table_partition_cols.into_iter().map(|(name, _)| name).collect();
        refuse_binary(shown, &input.schema(), &partitions)?;
        let made_with = self.options.properties("COPY")?;
        if exists && !made_with.is_empty() || !self.options.constraints().is_empty() {
            return plan_err!(
                "COPY: properties are given to a table that is made, constraints by CREATE EXTERNAL TABLE"
            );
        }
        let sink =
            DeltaSink::new(session, &place, table, mode, &input, self.rule.as_deref())?.making(partitions, made_with);
        Ok(Arc::new(DataSinkExec::new(input, Arc::new(sink), order)))
    }

    fn file_source(&self, schema: TableSchema) -> Arc<dyn FileSource> {
        Arc::new(ParquetSource::new(schema))
    }
}
