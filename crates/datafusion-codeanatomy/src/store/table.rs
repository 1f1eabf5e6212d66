//! Writing a table of a version.

use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, RecordBatch, make_array};
use datafusion::arrow::compute::BatchCoalescer;
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::common::Result;

use super::TableRecord;
use super::file::ParquetFile;

/// Rows that are handed to the file at once. The file's writer looks for the end of a page after so many rows of a call,
/// and after more of them where an array carries no bits that say what is null; so the rows are copied into arrays of
/// just this length, which have such bits if and only if something in them is null. What the file's bytes depend on then
/// is the rows, not how they came. It divides the rows of a row group.
const CHUNK: usize = 1 << 16;

/// A table on its way.
pub(crate) struct TableWriter {
    name: String,
    order: Vec<String>,
    rows: u64,
    file: ParquetFile,
    chunks: BatchCoalescer,
}

impl TableWriter {
    pub(super) fn new(name: &str, schema: &SchemaRef, order: &[&str], file: ParquetFile) -> Self {
        Self {
            name: name.to_string(),
            order: order.iter().map(|s| (*s).to_string()).collect(),
            rows: 0,
            file,
            chunks: BatchCoalescer::new(Arc::clone(schema), CHUNK),
        }
    }

    /// Adds rows, which come in the table's order.
    pub(crate) fn write(&mut self, rows: &RecordBatch) -> Result<()> {
        self.rows += rows.num_rows() as u64;
        self.chunks.push_batch(rows.clone())?;
        self.write_chunks()
    }

    fn write_chunks(&mut self) -> Result<()> {
        while let Some(chunk) = self.chunks.next_completed_batch() {
            self.file.write(&plain(&chunk)?)?;
        }
        Ok(())
    }

    /// Completes the table.
    pub(crate) fn finish(mut self) -> Result<TableRecord> {
        self.chunks.finish_buffered_batch()?;
        self.write_chunks()?;
        Ok(TableRecord {
            name: self.name,
            rows: self.rows,
            order: self.order,
            file: self.file.finish()?,
        })
    }
}

/// The rows, where no array has bits that say what is null but that nothing is: the coalescer leaves them where it copies
/// nothing.
fn plain(rows: &RecordBatch) -> Result<RecordBatch> {
    let plain = |column: &ArrayRef| match column.nulls() {
        Some(nulls) if nulls.null_count() == 0 => {
            let data = column.to_data().into_builder().nulls(None).build()?;
            Ok(make_array(data))
        }
        _ => Ok(Arc::clone(column)),
    };
    let columns = rows.columns().iter().map(plain).collect::<Result<_>>()?;
    Ok(RecordBatch::try_new(rows.schema(), columns)?)
}

#[cfg(test)]
mod tests {
    use std::ops::Range;

    use datafusion::arrow::array::{BooleanArray, Int64Array, StringViewArray};
    use datafusion::arrow::datatypes::{DataType, Field, Schema};

    use super::*;

    /// Rows with what decides where a page ends: texts that are long, texts that repeat, and nulls, of which some chunks
    /// have none.
    fn rows(range: Range<usize>) -> Result<RecordBatch> {
        let is_null = |i: usize| i / CHUNK % 2 == 1 && i.is_multiple_of(7);
        let some = |i: usize| (!is_null(i)).then_some(i);
        let paths = range.clone().map(|i| format!("a/path/of/file/{}.py", i / 900));
        let texts = range.clone().map(|i| some(i).map(|i| "x".repeat(i % 97)));
        let numbers = range.clone().map(|i| some(i).map(|i| i as i64 * 31 % 1009));
        let truths = range.map(|i| some(i).map(|i| i % 3 == 0));
        let columns: [(Field, ArrayRef); 4] = [
            (
                Field::new("path", DataType::Utf8View, false),
                Arc::new(StringViewArray::from_iter_values(paths)),
            ),
            (
                Field::new("text", DataType::Utf8View, true),
                Arc::new(texts.collect::<StringViewArray>()),
            ),
            (
                Field::new("number", DataType::Int64, true),
                Arc::new(numbers.collect::<Int64Array>()),
            ),
            (
                Field::new("truth", DataType::Boolean, true),
                Arc::new(truths.collect::<BooleanArray>()),
            ),
        ];
        let (fields, columns): (Vec<_>, Vec<_>) = columns.into_iter().unzip();
        Ok(RecordBatch::try_new(Arc::new(Schema::new(fields)), columns)?)
    }

    #[test]
    fn the_bytes_of_a_table_depend_on_its_rows_and_not_on_how_they_come() -> Result<()> {
        let count = 4 * CHUNK + 1000;
        let folder = tempfile::tempdir()?;
        let schema = rows(0..0)?.schema();
        let mut hashes = vec![];
        for cut in [count, 1000, CHUNK, CHUNK + 1, 50_000, 2 * CHUNK + 77] {
            let file = ParquetFile::create(folder.path(), "t.parquet", &schema, &["path"])?;
            let mut table = TableWriter::new("t", &schema, &["path"], file);
            for start in (0..count).step_by(cut) {
                table.write(&rows(start..count.min(start + cut))?)?;
            }
            hashes.push((cut, table.finish()?.file.hash));
        }
        let others = hashes.iter().filter(|(_, hash)| *hash != hashes[0].1);
        let others: Vec<usize> = others.map(|(cut, _)| *cut).collect();
        assert!(
            others.is_empty(),
            "cut into runs of {others:?} rows, the file has other bytes"
        );
        Ok(())
    }
}
