//! Datasets as Parquet files of few bytes, for whoever reads Parquet.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use codeanatomy_model::{Column, Contract, Encoding};
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::common::{Result, exec_datafusion_err, plan_err};
use datafusion::execution::memory_pool::{MemoryConsumer, MemoryReservation};
use datafusion::prelude::{DataFrame, SessionContext, col};
use futures::TryStreamExt;
use parquet::basic::{self, Compression, ZstdLevel};
use parquet::file::metadata::SortingColumn;
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use parquet::schema::types::ColumnPath;

use super::TableRecord;
use super::clustered::Clustered;
use super::file::{Delta, ParquetFile};
use super::table::TableWriter;
use crate::dataset::{DatasetOptions, open};
use crate::source::Source;

/// Rows of a row group.
const ROW_GROUP: usize = 1 << 20;
/// Rows of a page. What repeats is found within a page; what need not be read is skipped by pages.
const PAGE: usize = 1 << 17;
/// Bytes of a page, of dictionaries too, which texts alone may come near.
const PAGE_BYTES: usize = 16 << 20;

/// How datasets are exported.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExportOptions {
    /// Columns of the dataset; all if none is named. The file has them in the order of the dataset's contract.
    pub columns: Vec<String>,
    /// A column of the dataset. The row groups follow each other in the dataset's order, and the rows of each are put in the order of that column first: what asks for a
    /// value of it reads a few pages of a row group then, since the file says which.
    pub cluster: Option<String>,
    /// How hard zstd tries, from 1 to 22.
    pub level: i32,
}

impl Default for ExportOptions {
    fn default() -> Self {
        Self {
            columns: vec![],
            cluster: None,
            level: 9,
        }
    }
}

/// How a file is written.
#[derive(Debug, Clone)]
struct Layout {
    /// In the order of the contract.
    columns: Vec<&'static Column>,
    /// The names of columns that the rows are in the order of.
    order: Vec<&'static str>,
    /// Which of the columns has equal values stand together.
    cluster: Option<usize>,
    level: ZstdLevel,
    page: usize,
}

impl Layout {
    fn new(contract: &'static Contract, options: &ExportOptions) -> Result<Self> {
        let level = match ZstdLevel::try_new(options.level) {
            Ok(level) => level,
            Err(_) => return plan_err!("zstd has no level {}; take one from 1 to 22", options.level),
        };
        if let Some(name) = options.columns.iter().find(|name| contract.index_of(name).is_none()) {
            let known: Vec<_> = contract.columns.iter().map(|c| c.name).collect();
            return plan_err!("{} has no column '{name}'; it has {}", contract.name, known.join(", "));
        }
        let is_wanted = |name: &str| options.columns.is_empty() || options.columns.iter().any(|c| c == name);
        let columns: Vec<_> = contract.columns.iter().filter(|c| is_wanted(c.name)).collect();
        let cluster = match &options.cluster {
            None => None,
            Some(name) => match columns.iter().position(|c| c.name == name) {
                None if contract.index_of(name).is_some() => {
                    return plan_err!(
                        "rows cannot stand together by '{name}', which is not among the columns to write"
                    );
                }
                None => {
                    return plan_err!(
                        "{} has no column '{name}' by which its rows could stand together",
                        contract.name
                    );
                }
                at => at,
            },
        };
        Ok(Self {
            columns,
            order: contract
                .order
                .iter()
                .copied()
                .take_while(|name| is_wanted(name))
                .collect(),
            cluster,
            level,
            page: if cluster.is_some() { CLUSTERED_PAGE } else { PAGE },
        })
    }

    fn position(&self, name: &str) -> Option<usize> {
        self.columns.iter().position(|column| column.name == name)
    }
}

/// Rows of a page where rows of equal values stand together: what is asked for is a few pages of each row group.
const CLUSTERED_PAGE: usize = 1 << 14;

/// Writes all rows of a dataset of `source` as `folder/NAME.parquet`, in the dataset's order, and says what was written. The
/// file takes few bytes: each column is encoded as its contract says and compressed. It is there when it is complete, and
/// its bytes depend on the rows alone.
///
/// Fails if the dataset has no column that the options name.
pub async fn export_dataset(
    ctx: &SessionContext,
    source: &Source,
    contract: &'static Contract,
    folder: &Path,
    options: &ExportOptions,
) -> Result<TableRecord> {
    let layout = Layout::new(contract, options)?;
    fs::create_dir_all(folder)
        .map_err(|e| exec_datafusion_err!("the folder '{}' cannot be made: {e}", folder.display()))?;
    let rows = ctx.read_table(open(source.clone(), contract, DatasetOptions::default())?)?;
    let name = format!("{}.parquet", contract.name);
    let unfinished = format!(".{name}.unfinished");
    let memory =
        MemoryConsumer::new(format!("row group of {}", contract.name)).register(&ctx.runtime_env().memory_pool);
    let written = write(rows, contract, folder, &unfinished, layout, memory).await;
    let Ok(mut record) = written else {
        // Best effort: what is left is overwritten by the next export.
        let _ = fs::remove_file(folder.join(&unfinished));
        return written;
    };
    fs::rename(folder.join(&unfinished), folder.join(&name))?;
    record.file.name = name;
    Ok(record)
}

async fn write(
    rows: DataFrame,
    contract: &Contract,
    folder: &Path,
    name: &str,
    layout: Layout,
    memory: MemoryReservation,
) -> Result<TableRecord> {
    let order = contract.order.iter().map(|c| col(*c).sort(true, false)).collect();
    let names: Vec<&str> = layout.columns.iter().map(|c| c.name).collect();
    let columns = layout.columns.iter().enumerate();
    let in_bytes = columns.filter(|(_, column)| contract.encoding(column) == Encoding::DeltaBytes);
    let delta = Delta {
        columns: in_bytes.map(|(i, _)| i).collect(),
        level: layout.level,
        page_rows: layout.page,
    };
    let rows = rows.sort(order)?.select_columns(&names)?;
    let positions: Vec<usize> = names.iter().filter_map(|name| contract.index_of(name)).collect();
    let schema: SchemaRef = Arc::new(contract.schema().project(&positions)?);
    let file = ParquetFile::with_properties(folder, name, &schema, properties(contract, &layout), delta)?;
    let mut batches = rows.execute_stream().await?;
    let Some(column) = layout.cluster else {
        let mut table = TableWriter::new(contract.name, &schema, &layout.order, file);
        while let Some(batch) = batches.try_next().await? {
            table.write(&batch)?;
        }
        return table.finish();
    };
    // The order is that of a row group, not of the file.
    let mut table = TableWriter::new(contract.name, &schema, &[], file);
    let mut groups = Clustered::new(&schema, column, ROW_GROUP, memory);
    while let Some(batch) = batches.try_next().await? {
        groups.add(batch, &mut |rows| table.write(rows))?;
    }
    groups.finish(&mut |rows| table.write(rows))?;
    table.finish()
}

/// How a file of the dataset is written.
fn properties(contract: &Contract, layout: &Layout) -> WriterProperties {
    let cluster = layout.cluster;
    let order = layout.order.iter().filter_map(|name| layout.position(name));
    let sorting = cluster.into_iter().chain(order.filter(|i| Some(*i) != cluster));
    let sorting = sorting.map(|i| SortingColumn {
        column_idx: i as i32,
        descending: false,
        nulls_first: false,
    });
    let mut properties = WriterProperties::builder()
        .set_compression(Compression::ZSTD(layout.level))
        .set_created_by(concat!("codeanatomy ", env!("CARGO_PKG_VERSION")).to_string())
        .set_max_row_group_row_count(Some(ROW_GROUP))
        .set_data_page_row_count_limit(layout.page)
        .set_data_page_size_limit(PAGE_BYTES)
        .set_dictionary_page_size_limit(PAGE_BYTES)
        .set_sorting_columns(Some(sorting.collect()))
        .set_statistics_enabled(EnabledStatistics::Chunk)
        .set_column_statistics_enabled(ColumnPath::from("path"), EnabledStatistics::Page);
    if let Some(column) = cluster.and_then(|i| layout.columns.get(i)) {
        properties = properties.set_column_statistics_enabled(ColumnPath::from(column.name), EnabledStatistics::Page);
    }
    for column in &layout.columns {
        let path = ColumnPath::from(column.name);
        let encoding = match contract.encoding(column) {
            Encoding::Dictionary | Encoding::DeltaBytes => continue,
            Encoding::Plain => basic::Encoding::PLAIN,
            Encoding::DeltaBinaryPacked => basic::Encoding::DELTA_BINARY_PACKED,
            Encoding::ByteStreamSplit => basic::Encoding::BYTE_STREAM_SPLIT,
        };
        properties = properties
            .set_column_dictionary_enabled(path.clone(), false)
            .set_column_encoding(path, encoding);
    }
    properties.build()
}
