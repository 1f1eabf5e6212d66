//! Values of one column compared across all batches that are kept.

use std::cmp::Ordering;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::sync::{Mutex, OnceLock};

use datafusion::arrow::array::{
    Array, ArrayRef, ArrowNativeTypeOp, ArrowPrimitiveType, AsArray, BooleanArray, GenericByteArray,
    GenericByteViewArray, downcast_primitive,
};
use datafusion::arrow::buffer::{NullBuffer, ScalarBuffer};
use datafusion::arrow::compute::SortOptions;
use datafusion::arrow::datatypes::{
    BinaryType, BinaryViewType, ByteArrayType, ByteViewType, DataType, LargeBinaryType, LargeUtf8Type, StringViewType,
    Utf8Type,
};
use datafusion::arrow::row::{RowConverter, Rows, SortField};
use datafusion::error::Result;

/// A row that is kept: the number of its batch, and its place there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Loc {
    pub(crate) batch: u32,
    pub(crate) row: u32,
}

impl Loc {
    /// No row.
    pub(crate) const NONE: Self = Self {
        batch: u32::MAX,
        row: u32::MAX,
    };
}

/// One column of the batches that are kept.
pub(crate) trait Compare: Send {
    /// The column in the next batch.
    fn push(&mut self, array: &ArrayRef) -> Result<()>;
    /// The column in a batch that has other rows now.
    fn replace(&mut self, batch: usize, array: &ArrayRef) -> Result<()>;
    /// Forgets all batches.
    fn clear(&mut self);
    /// How two rows compare.
    fn compare(&self, a: Loc, b: Loc) -> Ordering;
    /// What went wrong in a comparison, which says equal then.
    fn error(&self) -> Result<()> {
        Ok(())
    }
    /// Bytes held besides the arrays.
    fn memory(&self) -> usize {
        0
    }
}

/// A comparison for values of this type, in the order that `options` say.
pub(crate) fn comparison(data_type: &DataType, options: SortOptions) -> Result<Box<dyn Compare>> {
    macro_rules! primitive {
        ($type:ty) => {
            Box::new(Typed::<Primitive<$type>>::new(options))
        };
    }
    Ok(downcast_primitive! {
        data_type => (primitive),
        DataType::Boolean => Box::new(Typed::<BooleanArray>::new(options)),
        DataType::Utf8 => Box::new(Typed::<GenericByteArray<Utf8Type>>::new(options)),
        DataType::LargeUtf8 => Box::new(Typed::<GenericByteArray<LargeUtf8Type>>::new(options)),
        DataType::Binary => Box::new(Typed::<GenericByteArray<BinaryType>>::new(options)),
        DataType::LargeBinary => Box::new(Typed::<GenericByteArray<LargeBinaryType>>::new(options)),
        DataType::Utf8View => Box::new(Typed::<GenericByteViewArray<StringViewType>>::new(options)),
        DataType::BinaryView => Box::new(Typed::<GenericByteViewArray<BinaryViewType>>::new(options)),
        _ => Box::new(Encoded::new(data_type, options)?),
    })
}

/// The values of an array without its nulls.
trait Values: Send + Sized {
    fn of(array: &ArrayRef) -> Self;
    fn compare(&self, at: usize, other: &Self, other_at: usize) -> Ordering;
}

struct Typed<V> {
    options: SortOptions,
    arrays: Vec<(V, Option<NullBuffer>)>,
}

impl<V: Values> Typed<V> {
    fn new(options: SortOptions) -> Self {
        Self {
            options,
            arrays: Vec::new(),
        }
    }
}

fn nulls_of(array: &ArrayRef) -> Option<NullBuffer> {
    array.nulls().filter(|nulls| nulls.null_count() > 0).cloned()
}

impl<V: Values> Compare for Typed<V> {
    fn push(&mut self, array: &ArrayRef) -> Result<()> {
        self.arrays.push((V::of(array), nulls_of(array)));
        Ok(())
    }

    fn replace(&mut self, batch: usize, array: &ArrayRef) -> Result<()> {
        self.arrays[batch] = (V::of(array), nulls_of(array));
        Ok(())
    }

    fn clear(&mut self) {
        self.arrays = Vec::new();
    }

    fn compare(&self, a: Loc, b: Loc) -> Ordering {
        let (left, left_nulls) = &self.arrays[a.batch as usize];
        let (right, right_nulls) = &self.arrays[b.batch as usize];
        let (at, other) = (a.row as usize, b.row as usize);
        if left_nulls.is_some() || right_nulls.is_some() {
            let is_null =
                |nulls: &Option<NullBuffer>, row: usize| nulls.as_ref().is_some_and(|nulls| nulls.is_null(row));
            match (is_null(left_nulls, at), is_null(right_nulls, other)) {
                (true, true) => return Ordering::Equal,
                (true, false) => {
                    return if self.options.nulls_first {
                        Ordering::Less
                    } else {
                        Ordering::Greater
                    };
                }
                (false, true) => {
                    return if self.options.nulls_first {
                        Ordering::Greater
                    } else {
                        Ordering::Less
                    };
                }
                (false, false) => {}
            }
        }
        let ordering = left.compare(at, right, other);
        if self.options.descending {
            ordering.reverse()
        } else {
            ordering
        }
    }
}

struct Primitive<T: ArrowPrimitiveType>(ScalarBuffer<T::Native>);

impl<T: ArrowPrimitiveType> Values for Primitive<T> {
    fn of(array: &ArrayRef) -> Self {
        Self(array.as_primitive::<T>().values().clone())
    }

    fn compare(&self, at: usize, other: &Self, other_at: usize) -> Ordering {
        self.0[at].compare(other.0[other_at])
    }
}

impl Values for BooleanArray {
    fn of(array: &ArrayRef) -> Self {
        array.as_boolean().clone()
    }

    fn compare(&self, at: usize, other: &Self, other_at: usize) -> Ordering {
        self.value(at).cmp(&other.value(other_at))
    }
}

impl<T: ByteArrayType> Values for GenericByteArray<T> {
    fn of(array: &ArrayRef) -> Self {
        array.as_bytes::<T>().clone()
    }

    fn compare(&self, at: usize, other: &Self, other_at: usize) -> Ordering {
        let (a, b): (&[u8], &[u8]) = (self.value(at).as_ref(), other.value(other_at).as_ref());
        a.cmp(b)
    }
}

impl<T: ByteViewType> Values for GenericByteViewArray<T> {
    fn of(array: &ArrayRef) -> Self {
        array.as_byte_view::<T>().clone()
    }

    fn compare(&self, at: usize, other: &Self, other_at: usize) -> Ordering {
        let (a, b): (&[u8], &[u8]) = (self.value(at).as_ref(), other.value(other_at).as_ref());
        a.cmp(b)
    }
}

/// Any other type by Arrow's row format: a column of a batch is encoded when its first row is compared.
struct Encoded {
    converter: RowConverter,
    arrays: Vec<(ArrayRef, OnceLock<Rows>)>,
    bytes: AtomicUsize,
    failure: Mutex<Option<String>>,
}

impl Encoded {
    fn new(data_type: &DataType, options: SortOptions) -> Result<Self> {
        let converter = RowConverter::new(vec![SortField::new_with_options(data_type.clone(), options)])?;
        Ok(Self {
            converter,
            arrays: Vec::new(),
            bytes: AtomicUsize::new(0),
            failure: Mutex::new(None),
        })
    }

    fn rows(&self, batch: u32) -> Option<&Rows> {
        let (array, rows) = &self.arrays[batch as usize];
        if let Some(rows) = rows.get() {
            return Some(rows);
        }
        match self.converter.convert_columns(std::slice::from_ref(array)) {
            Ok(encoded) => {
                self.bytes.fetch_add(encoded.size(), Relaxed);
                Some(rows.get_or_init(|| encoded))
            }
            Err(error) => {
                if let Ok(mut failure) = self.failure.lock() {
                    failure.get_or_insert_with(|| error.to_string());
                }
                None
            }
        }
    }
}

impl Compare for Encoded {
    fn push(&mut self, array: &ArrayRef) -> Result<()> {
        self.arrays.push((ArrayRef::clone(array), OnceLock::new()));
        Ok(())
    }

    fn replace(&mut self, batch: usize, array: &ArrayRef) -> Result<()> {
        let old = std::mem::replace(&mut self.arrays[batch], (ArrayRef::clone(array), OnceLock::new()));
        self.bytes.fetch_sub(old.1.get().map_or(0, Rows::size), Relaxed);
        Ok(())
    }

    fn clear(&mut self) {
        self.arrays = Vec::new();
        self.bytes.store(0, Relaxed);
    }

    fn compare(&self, a: Loc, b: Loc) -> Ordering {
        match (self.rows(a.batch), self.rows(b.batch)) {
            (Some(left), Some(right)) => left.row(a.row as usize).cmp(&right.row(b.row as usize)),
            _ => Ordering::Equal,
        }
    }

    fn error(&self) -> Result<()> {
        match self.failure.lock().ok().and_then(|mut failure| failure.take()) {
            Some(message) => datafusion::common::exec_err!("rows cannot be compared for winner selection: {message}"),
            None => Ok(()),
        }
    }

    fn memory(&self) -> usize {
        self.bytes.load(Relaxed)
    }
}
