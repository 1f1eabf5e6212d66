//! The place of a row: which file, and which row of it, as one number.

use std::hash::{Hash, Hasher};
use std::sync::Arc;

use datafusion::arrow::array::{AsArray, BooleanArray, BooleanBufferBuilder, Int64Array};
use datafusion::arrow::buffer::BooleanBuffer;
use datafusion::arrow::datatypes::{DataType, Int64Type};
use datafusion::common::{Result, ScalarValue, exec_err, internal_err};
use datafusion::logical_expr::{ColumnarValue, ScalarFunctionArgs, ScalarUDFImpl, Signature, Volatility};

/// Bits of the number of the row.
const ROW_BITS: u32 = 40;

/// A file, and how many rows it has.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Counted {
    pub(super) name: String,
    pub(super) rows: usize,
}

/// Files by their names; the number of a file is where it stands here.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(super) struct Files(Vec<Counted>);

impl Files {
    /// None where a name stands twice, or numbers do not suffice.
    pub(super) fn new(mut files: Vec<Counted>) -> Option<Self> {
        files.sort_unstable();
        let once = files.windows(2).all(|pair| pair[0].name != pair[1].name);
        let few = files.len() < 1 << (63 - ROW_BITS) && files.iter().all(|file| file.rows < 1 << ROW_BITS);
        (once && few).then_some(Self(files))
    }

    fn number(&self, name: &str) -> Option<usize> {
        self.0.binary_search_by(|file| file.name.as_str().cmp(name)).ok()
    }

    pub(super) fn rows(&self) -> usize {
        self.0.iter().map(|file| file.rows).sum()
    }
}

/// `row_place(input_file_name(), file_row_index())`: the place of a row. It is no function of SQL.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(super) struct RowPlace {
    files: Arc<Files>,
    signature: Signature,
}

impl RowPlace {
    pub(super) fn new(files: &Arc<Files>) -> Self {
        Self {
            files: Arc::clone(files),
            signature: of_a_row(),
        }
    }
}

impl ScalarUDFImpl for RowPlace {
    fn name(&self) -> &str {
        "row_place"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _args: &[DataType]) -> Result<DataType> {
        Ok(DataType::Int64)
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let (file, rows) = file_and_rows(&args)?;
        let Some(number) = self.files.number(file) else {
            return internal_err!("the scan reads the file '{file}', which it did not have when it was planned");
        };
        let first = (number as i64) << ROW_BITS;
        let places: Int64Array = rows.unary(|row| first | row);
        Ok(ColumnarValue::Array(Arc::new(places)))
    }
}

/// Rows of files that are asked for, while they come.
pub(super) struct Places {
    files: Arc<Files>,
    marks: Vec<Option<BooleanBufferBuilder>>,
}

impl Places {
    pub(super) fn new(files: &Arc<Files>) -> Self {
        Self {
            files: Arc::clone(files),
            marks: (0..files.0.len()).map(|_| None).collect(),
        }
    }

    /// Bytes that they take where all files have some.
    pub(super) fn memory(files: &Files) -> usize {
        files.rows() / 8 + files.0.len() * size_of::<Option<BooleanBufferBuilder>>()
    }

    /// Adds a row.
    pub(super) fn add(&mut self, place: i64) -> Result<()> {
        let (file, row) = ((place >> ROW_BITS) as usize, (place & ((1 << ROW_BITS) - 1)) as usize);
        let Some((mark, counted)) = self.marks.get_mut(file).zip(self.files.0.get(file)) else {
            return internal_err!("there is no file with the number {file}");
        };
        if row >= counted.rows {
            return exec_err!(
                "the file '{}' had {} rows when the query was planned, and has more now: run the query again",
                counted.name,
                counted.rows
            );
        }
        let mark = mark.get_or_insert_with(|| {
            let mut none = BooleanBufferBuilder::new(counted.rows);
            none.append_n(counted.rows, false);
            none
        });
        mark.set_bit(row, true);
        Ok(())
    }

    pub(super) fn finish(self) -> Marked {
        let marks = self.marks.into_iter();
        Marked {
            files: self.files,
            marks: marks.map(|mark| mark.map(|mut mark| mark.finish())).collect(),
        }
    }
}

/// Rows of files that are asked for.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Marked {
    files: Arc<Files>,
    /// By the number of the file; none where it has none.
    marks: Vec<Option<BooleanBuffer>>,
}

impl Marked {
    pub(super) fn of(&self, file: &str) -> Option<&BooleanBuffer> {
        self.marks[self.files.number(file)?].as_ref()
    }

    /// How many they are.
    pub(super) fn count(&self) -> usize {
        self.marks.iter().flatten().map(BooleanBuffer::count_set_bits).sum()
    }

    /// Of how many.
    pub(super) fn all(&self) -> usize {
        self.files.rows()
    }
}

/// `row_marked(input_file_name(), file_row_index())`: whether the row is asked for. It is no function of SQL.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct RowMarked {
    marked: Arc<Marked>,
    signature: Signature,
}

impl Hash for RowMarked {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.marked.files.hash(state);
    }
}

impl RowMarked {
    pub(super) fn new(marked: &Arc<Marked>) -> Self {
        Self {
            marked: Arc::clone(marked),
            signature: of_a_row(),
        }
    }
}

impl ScalarUDFImpl for RowMarked {
    fn name(&self) -> &str {
        "row_marked"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _args: &[DataType]) -> Result<DataType> {
        Ok(DataType::Boolean)
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let (file, rows) = file_and_rows(&args)?;
        let Some(marks) = self.marked.of(file) else {
            return Ok(ColumnarValue::Scalar(ScalarValue::Boolean(Some(false))));
        };
        let is_marked = |row: &i64| (*row as usize) < marks.len() && marks.value(*row as usize);
        let marked: BooleanBuffer = rows.values().iter().map(is_marked).collect();
        Ok(ColumnarValue::Array(Arc::new(BooleanArray::new(marked, None))))
    }
}

fn of_a_row() -> Signature {
    Signature::exact(vec![DataType::Utf8, DataType::Int64], Volatility::Volatile)
}

/// What both functions are called with.
fn file_and_rows(args: &ScalarFunctionArgs) -> Result<(&str, Int64Array)> {
    let [ColumnarValue::Scalar(ScalarValue::Utf8(Some(file))), rows] = args.args.as_slice() else {
        return internal_err!(
            "the place of a row needs the name of the file that is read, and the numbers of its rows"
        );
    };
    let rows = rows.to_array(args.number_rows)?;
    Ok((file, rows.as_primitive::<Int64Type>().clone()))
}
