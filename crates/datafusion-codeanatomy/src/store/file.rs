//! One Parquet file with settings that never change, hashed while it is written.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;
use std::sync::Arc;

use datafusion::arrow::array::{AsArray, RecordBatch};
use datafusion::arrow::datatypes::{DataType, SchemaRef};
use datafusion::common::{Result, internal_err};
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_writer::{ArrowColumnWriter, ArrowRowGroupWriterFactory, ArrowWriterOptions, compute_leaves};
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::metadata::SortingColumn;
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::types::ColumnPath;

use super::FileRecord;
use super::delta_column::DeltaColumn;

/// Rows per row group: cut by count, never by arrival.
const ROW_GROUP: usize = 1 << 18;

/// Text columns whose values hardly repeat.
const DISTINCT: [&str; 2] = ["node_id", "edge_id"];

/// Which columns are encoded by [`DeltaColumn`], and how: integers that stand at these places.
#[derive(Debug, Default)]
pub(super) struct Delta {
    pub(super) columns: Vec<usize>,
    pub(super) level: ZstdLevel,
    pub(super) page_rows: usize,
}

/// A writer of one Parquet file.
pub(super) struct ParquetFile {
    name: String,
    schema: SchemaRef,
    writer: SerializedFileWriter<Hashing>,
    factory: ArrowRowGroupWriterFactory,
    delta: Delta,
    /// Of the row group that is being written.
    columns: Vec<ColumnChunk>,
    rows: usize,
    groups: usize,
}

/// A column of a row group.
enum ColumnChunk {
    Arrow(Box<ArrowColumnWriter>),
    Delta(Box<DeltaColumn>),
}

impl ParquetFile {
    /// Creates `folder/name`, with rows sorted by `order`, ascending, nulls last.
    pub(super) fn create(folder: &Path, name: &str, schema: &SchemaRef, order: &[&str]) -> Result<Self> {
        Self::with_properties(folder, name, schema, properties(schema, order)?, Delta::default())
    }

    /// Creates `folder/name`, written as `properties` and `delta` say.
    pub(super) fn with_properties(
        folder: &Path,
        name: &str,
        schema: &SchemaRef,
        properties: WriterProperties,
        delta: Delta,
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
        let (writer, factory) = writer.into_serialized_writer()?;
        Ok(Self {
            name: name.to_string(),
            schema: Arc::clone(schema),
            writer,
            factory,
            delta,
            columns: vec![],
            rows: 0,
            groups: 0,
        })
    }

    /// Adds rows. A row group ends after so many rows at least as the properties say.
    pub(super) fn write(&mut self, rows: &RecordBatch) -> Result<()> {
        if self.columns.is_empty() {
            self.begin_group()?;
        }
        let fields = self.schema.fields().iter().zip(rows.columns());
        for (column, (field, cells)) in self.columns.iter_mut().zip(fields) {
            match column {
                ColumnChunk::Delta(column) => match cells.as_primitive_opt() {
                    Some(cells) => column.write(cells)?,
                    None => return internal_err!("the column {} has no integers", field.name()),
                },
                ColumnChunk::Arrow(column) => {
                    for leaf in compute_leaves(field, cells)? {
                        column.write(&leaf)?;
                    }
                }
            }
        }
        self.rows += rows.num_rows();
        let most = self.writer.properties().max_row_group_row_count();
        match most {
            Some(most) if self.rows >= most => self.end_group(),
            _ => Ok(()),
        }
    }

    fn begin_group(&mut self) -> Result<()> {
        let writers = self.factory.create_column_writers(self.groups)?;
        let descr = |i: usize| self.writer.schema_descr().column(i);
        let column = |(i, writer)| match self.delta.columns.contains(&i) {
            true => {
                let column = DeltaColumn::new(descr(i), self.delta.level, self.delta.page_rows);
                ColumnChunk::Delta(Box::new(column))
            }
            false => ColumnChunk::Arrow(Box::new(writer)),
        };
        self.columns = writers.into_iter().enumerate().map(column).collect();
        self.groups += 1;
        Ok(())
    }

    fn end_group(&mut self) -> Result<()> {
        let mut group = self.writer.next_row_group()?;
        for column in self.columns.drain(..) {
            match column {
                ColumnChunk::Arrow(column) => column.close()?.append_to_row_group(&mut group)?,
                ColumnChunk::Delta(column) => {
                    let (bytes, close) = column.finish()?;
                    group.append_column(&bytes, close)?;
                }
            }
        }
        group.close()?;
        self.rows = 0;
        Ok(())
    }

    /// Completes the file and flushes it to the disk.
    pub(super) fn finish(mut self) -> Result<FileRecord> {
        if self.rows > 0 {
            self.end_group()?;
        }
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
