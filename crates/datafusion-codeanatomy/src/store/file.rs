//! One Parquet file with settings that never change, hashed while it is written.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;
use std::sync::Arc;

use datafusion::arrow::datatypes::{DataType, SchemaRef};
use datafusion::common::Result;
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_writer::ArrowWriterOptions;
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::metadata::SortingColumn;
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use parquet::schema::types::ColumnPath;

use super::FileRecord;

/// Rows per row group: cut by count, never by arrival.
const ROW_GROUP: usize = 1 << 18;

/// Text columns whose values hardly repeat.
const DISTINCT: [&str; 2] = ["node_id", "edge_id"];

/// A writer of one Parquet file.
pub(super) struct ParquetFile {
    name: String,
    writer: ArrowWriter<Hashing>,
}

impl ParquetFile {
    /// Creates `folder/name`, with rows sorted by `order`, ascending, nulls last.
    pub(super) fn create(folder: &Path, name: &str, schema: &SchemaRef, order: &[&str]) -> Result<Self> {
        Self::with_properties(folder, name, schema, properties(schema, order)?)
    }

    /// Creates `folder/name`, written as `properties` say.
    pub(super) fn with_properties(
        folder: &Path,
        name: &str,
        schema: &SchemaRef,
        properties: WriterProperties,
    ) -> Result<Self> {
        let sink = Hashing {
            file: BufWriter::with_capacity(1 << 20, File::create(folder.join(name))?),
            hasher: blake3::Hasher::new(),
            bytes: 0,
        };
        let options = ArrowWriterOptions::new()
            .with_properties(properties)
            .with_skip_arrow_metadata(true);
        let writer = ArrowWriter::try_new_with_options(sink, Arc::clone(schema), options)?;
        Ok(Self {
            name: name.to_string(),
            writer,
        })
    }

    pub(super) fn write(&mut self, rows: &datafusion::arrow::array::RecordBatch) -> Result<()> {
        Ok(self.writer.write(rows)?)
    }

    /// Completes the file and flushes it to the disk.
    pub(super) fn finish(self) -> Result<FileRecord> {
        let sink = self.writer.into_inner()?;
        let file = sink.file.into_inner().map_err(io::IntoInnerError::into_error)?;
        file.sync_all()?;
        Ok(FileRecord {
            name: self.name,
            bytes: sink.bytes,
            hash: sink.hasher.finalize().to_hex().to_string(),
        })
    }
}

fn properties(schema: &SchemaRef, order: &[&str]) -> Result<WriterProperties> {
    let sorting = order
        .iter()
        .filter_map(|name| schema.index_of(name).ok())
        .map(|i| SortingColumn {
            column_idx: i as i32,
            descending: false,
            nulls_first: false,
        });
    let mut properties = WriterProperties::builder()
        .set_compression(Compression::ZSTD(ZstdLevel::try_new(1)?))
        .set_created_by(concat!("codeanatomy ", env!("CARGO_PKG_VERSION")).to_string())
        .set_max_row_group_row_count(Some(ROW_GROUP))
        .set_sorting_columns(Some(sorting.collect()))
        .set_statistics_enabled(EnabledStatistics::Chunk)
        .set_column_statistics_enabled(ColumnPath::from("path"), EnabledStatistics::Page);
    for name in DISTINCT.into_iter().filter(|name| schema.index_of(name).is_ok()) {
        properties = properties.set_column_dictionary_enabled(ColumnPath::from(name), false);
    }
    for field in schema
        .fields()
        .iter()
        .filter(|f| *f.data_type() == DataType::Int64 && order.contains(&f.name().as_str()))
    {
        properties = properties.set_column_dictionary_enabled(ColumnPath::from(field.name().as_str()), false);
        properties = properties.set_column_encoding(
            ColumnPath::from(field.name().as_str()),
            parquet::basic::Encoding::DELTA_BINARY_PACKED,
        );
    }
    Ok(properties.build())
}

/// Hashes what passes.
struct Hashing {
    file: BufWriter<File>,
    hasher: blake3::Hasher,
    bytes: u64,
}

impl Write for Hashing {
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        let written = self.file.write(buffer)?;
        self.hasher.update(&buffer[..written]);
        self.bytes += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}
