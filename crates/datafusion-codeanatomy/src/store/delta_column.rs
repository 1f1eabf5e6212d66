//! A column of integers in a row group of a Parquet file, encoded by [`delta`](super::delta).

use bytes::Bytes;
use datafusion::arrow::array::{Array, Int64Array};
use datafusion::common::Result;
use parquet::basic::{Compression, Encoding, ZstdLevel};
use parquet::column::page::{CompressedPage, Page, PageWriter};
use parquet::column::writer::ColumnCloseResult;
use parquet::file::metadata::{ColumnChunkMetaData, OffsetIndexBuilder};
use parquet::file::statistics::Statistics;
use parquet::file::writer::{SerializedPageWriter, TrackedWrite};
use parquet::schema::types::ColumnDescPtr;

use super::delta;

/// Pages are cut after so many rows, and compressed one by one.
pub(super) struct DeltaColumn {
    descr: ColumnDescPtr,
    level: ZstdLevel,
    page_rows: usize,
    /// Of the page that is not complete: its values, and runs of rows that have one, or none.
    values: Vec<i64>,
    runs: Vec<(bool, u64)>,
    rows: usize,
    pages: TrackedWrite<Vec<u8>>,
    index: OffsetIndexBuilder,
    bounds: Option<(i64, i64)>,
    nulls: u64,
    total_rows: u64,
    uncompressed: usize,
}

impl DeltaColumn {
    pub(super) fn new(descr: ColumnDescPtr, level: ZstdLevel, page_rows: usize) -> Self {
        Self {
            descr,
            level,
            page_rows,
            values: Vec::new(),
            runs: Vec::new(),
            rows: 0,
            pages: TrackedWrite::new(Vec::new()),
            index: OffsetIndexBuilder::new(),
            bounds: None,
            nulls: 0,
            total_rows: 0,
            uncompressed: 0,
        }
    }

    pub(super) fn write(&mut self, cells: &Int64Array) -> Result<()> {
        for cell in cells {
            if let Some(value) = cell {
                self.values.push(value);
                let (least, greatest) = self.bounds.unwrap_or((value, value));
                self.bounds = Some((least.min(value), greatest.max(value)));
            }
            match self.runs.last_mut() {
                Some((is_valid, count)) if *is_valid == cell.is_some() => *count += 1,
                _ => self.runs.push((cell.is_some(), 1)),
            }
            self.rows += 1;
            if self.rows == self.page_rows {
                self.write_page()?;
            }
        }
        self.nulls += cells.null_count() as u64;
        self.total_rows += cells.len() as u64;
        Ok(())
    }

    fn write_page(&mut self) -> Result<()> {
        let mut page = Vec::new();
        if self.descr.max_def_level() > 0 {
            let mut levels = Vec::new();
            for (is_valid, count) in &self.runs {
                delta::number(count << 1, &mut levels);
                levels.push(u8::from(*is_valid));
            }
            page.extend((levels.len() as u32).to_le_bytes());
            page.extend(levels);
        }
        delta::encode(&self.values, &mut page);
        let compressed = zstd::bulk::compress(&page, self.level.compression_level())?;
        let data = Page::DataPage {
            buf: compressed.into(),
            num_values: self.rows as u32,
            encoding: Encoding::DELTA_BINARY_PACKED,
            def_level_encoding: Encoding::RLE,
            rep_level_encoding: Encoding::RLE,
            statistics: None,
        };
        let written = SerializedPageWriter::new(&mut self.pages).write_page(CompressedPage::new(data, page.len()))?;
        self.index.append_row_count(self.rows as i64);
        self.index
            .append_offset_and_size(written.offset as i64, written.compressed_size as i32);
        self.uncompressed += written.uncompressed_size;
        self.values.clear();
        self.runs.clear();
        self.rows = 0;
        Ok(())
    }

    /// The bytes of the column, and what a row group says of it.
    pub(super) fn finish(mut self) -> Result<(Bytes, ColumnCloseResult)> {
        if self.rows > 0 {
            self.write_page()?;
        }
        let bytes = self.pages.into_inner()?;
        let (least, greatest) = self.bounds.unzip();
        let metadata = ColumnChunkMetaData::builder(self.descr)
            .set_encodings(vec![Encoding::RLE, Encoding::DELTA_BINARY_PACKED])
            .set_compression(Compression::ZSTD(self.level))
            .set_num_values(self.total_rows as i64)
            .set_total_compressed_size(bytes.len() as i64)
            .set_total_uncompressed_size(self.uncompressed as i64)
            .set_data_page_offset(0)
            .set_statistics(Statistics::int64(least, greatest, None, Some(self.nulls), false))
            .build()?;
        let close = ColumnCloseResult {
            bytes_written: bytes.len() as u64,
            rows_written: self.total_rows,
            metadata,
            bloom_filter: None,
            column_index: None,
            offset_index: Some(self.index.build()),
        };
        Ok((bytes.into(), close))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use datafusion::arrow::array::{ArrayRef, AsArray, RecordBatch};
    use datafusion::arrow::compute::concat_batches;
    use datafusion::arrow::datatypes::{DataType, Field, Int64Type, Schema};
    use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
    use parquet::file::properties::WriterProperties;

    use super::*;
    use crate::store::file::{Delta, ParquetFile};

    fn read_back(columns: &[Vec<Option<i64>>]) -> Result<()> {
        let field = |i: usize| Field::new(format!("c{i}"), DataType::Int64, columns[i].iter().any(Option::is_none));
        let schema = Arc::new(Schema::new((0..columns.len()).map(field).collect::<Vec<_>>()));
        let arrays = columns
            .iter()
            .map(|c| Arc::new(Int64Array::from(c.clone())) as ArrayRef);
        let rows = RecordBatch::try_new(Arc::clone(&schema), arrays.collect())?;
        let folder = tempfile::tempdir()?;
        let properties = WriterProperties::builder()
            .set_max_row_group_row_count(Some(3000))
            .build();
        let delta = Delta {
            columns: (0..columns.len()).collect(),
            level: ZstdLevel::try_new(3)?,
            page_rows: 700,
        };
        let mut file = ParquetFile::with_properties(folder.path(), "t", &schema, properties, delta)?;
        for start in (0..rows.num_rows()).step_by(1000) {
            file.write(&rows.slice(start, 1000.min(rows.num_rows() - start)))?;
        }
        file.finish()?;
        let file = std::fs::File::open(folder.path().join("t"))?;
        let read = ParquetRecordBatchReaderBuilder::try_new(file)?.build()?;
        let read = concat_batches(&schema, &read.collect::<Result<Vec<_>, _>>()?)?;
        for (i, column) in columns.iter().enumerate() {
            let cells: Vec<_> = read.column(i).as_primitive::<Int64Type>().iter().collect();
            assert_eq!(&cells, column, "column {i}");
        }
        Ok(())
    }

    #[test]
    fn what_is_read_is_what_was_written() -> Result<()> {
        let column = |cell: &dyn Fn(i64) -> Option<i64>| (0..10_001).map(cell).collect::<Vec<_>>();
        read_back(&[
            column(&Some),
            column(&|i| Some(i * i % 997)),
            column(&|i| Some(i.wrapping_mul(0x9E37_79B9_7F4A_7C15_u64 as i64))),
            column(&|i| (i % 7 != 0).then_some(i * 300)),
            column(&|i| (i % 900 == 1).then_some(-i * 70_000)),
            column(&|_| None),
            column(&|i| Some([i64::MIN, i64::MAX, 0, -1][i as usize % 4])),
        ])?;
        for rows in [1, 2, 32, 33, 34, 128, 129, 130, 700] {
            read_back(&[(0..rows).map(|i| Some(i << 7)).collect()])?;
        }
        Ok(())
    }
}
