//! Datasets as Parquet files of few bytes, for whoever reads Parquet.

use std::fs;
use std::path::Path;

use codeanatomy_model::{Contract, Encoding};
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::common::{Result, exec_datafusion_err};
use datafusion::prelude::{DataFrame, SessionContext, col};
use futures::TryStreamExt;
use parquet::basic::{self, Compression, ZstdLevel};
use parquet::file::metadata::SortingColumn;
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use parquet::schema::types::ColumnPath;

use super::TableRecord;
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
const LEVEL: i32 = 9;

/// Writes all rows of a dataset of `source` as `folder/NAME.parquet`, in the dataset's order, and says what was written. The
/// file takes few bytes: each column is encoded as its contract says and compressed. It is there when it is complete, and
/// its bytes depend on the rows alone.
pub async fn export_dataset(
    ctx: &SessionContext,
    source: &Source,
    contract: &'static Contract,
    folder: &Path,
) -> Result<TableRecord> {
    fs::create_dir_all(folder)
        .map_err(|e| exec_datafusion_err!("the folder '{}' cannot be made: {e}", folder.display()))?;
    let rows = ctx.read_table(open(source.clone(), contract, DatasetOptions::default())?)?;
    let name = format!("{}.parquet", contract.name);
    let unfinished = format!(".{name}.unfinished");
    let written = write(rows, contract, folder, &unfinished).await;
    let Ok(mut record) = written else {
        // Best effort: what is left is overwritten by the next export.
        let _ = fs::remove_file(folder.join(&unfinished));
        return written;
    };
    fs::rename(folder.join(&unfinished), folder.join(&name))?;
    record.file.name = name;
    Ok(record)
}

async fn write(rows: DataFrame, contract: &Contract, folder: &Path, name: &str) -> Result<TableRecord> {
    let order = contract.order.iter().map(|c| col(*c).sort(true, false)).collect();
    let schema: SchemaRef = contract.schema();
    let columns = contract.columns.iter().enumerate();
    let in_bytes = columns.filter(|(_, column)| contract.encoding(column) == Encoding::DeltaBytes);
    let delta = Delta {
        columns: in_bytes.map(|(i, _)| i).collect(),
        level: ZstdLevel::try_new(LEVEL)?,
        page_rows: PAGE,
    };
    let file = ParquetFile::with_properties(folder, name, &schema, properties(contract)?, delta)?;
    let mut table = TableWriter::new(contract.name, &schema, contract.order, file);
    let mut batches = rows.sort(order)?.execute_stream().await?;
    while let Some(batch) = batches.try_next().await? {
        table.write(&batch)?;
    }
    table.finish()
}

/// How a file of the dataset is written.
fn properties(contract: &Contract) -> Result<WriterProperties> {
    let sorting = contract.order.iter().filter_map(|name| contract.index_of(name));
    let sorting = sorting.map(|i| SortingColumn {
        column_idx: i as i32,
        descending: false,
        nulls_first: false,
    });
    let mut properties = WriterProperties::builder()
        .set_compression(Compression::ZSTD(ZstdLevel::try_new(LEVEL)?))
        .set_created_by(concat!("codeanatomy ", env!("CARGO_PKG_VERSION")).to_string())
        .set_max_row_group_row_count(Some(ROW_GROUP))
        .set_data_page_row_count_limit(PAGE)
        .set_data_page_size_limit(PAGE_BYTES)
        .set_dictionary_page_size_limit(PAGE_BYTES)
        .set_sorting_columns(Some(sorting.collect()))
        .set_statistics_enabled(EnabledStatistics::Chunk)
        .set_column_statistics_enabled(ColumnPath::from("path"), EnabledStatistics::Page);
    for column in contract.columns {
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
    Ok(properties.build())
}
