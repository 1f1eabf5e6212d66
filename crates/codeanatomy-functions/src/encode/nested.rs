//! Values that have values, and values that stand elsewhere.

use std::sync::Arc;

use datafusion_common::Result;
use datafusion_common::arrow::array::{Array, ArrayRef, AsArray};
use datafusion_common::arrow::compute::cast;
use datafusion_common::arrow::datatypes::DataType;

use super::{ColumnEncoder, Encode};

const LIST: u8 = 16;
const STRUCT: u8 = 17;
const MAP: u8 = 18;

/// Rows whose items are a run of other values: of one encoder for lists, of two for maps.
struct Runs<F> {
    tag: u8,
    items: Vec<ColumnEncoder>,
    /// Where the items of a row begin, and how many they are.
    run: F,
}

impl<F: Fn(usize) -> (usize, usize)> Encode for Runs<F> {
    fn write(&self, row: usize, out: &mut Vec<u8>) {
        let (start, count) = (self.run)(row);
        out.push(self.tag);
        out.extend_from_slice(&(count as u64).to_le_bytes());
        for item in start..start + count {
            for encoder in &self.items {
                encoder.write(item, out);
            }
        }
    }
}

struct Fields(Vec<ColumnEncoder>);

impl Encode for Fields {
    fn write(&self, row: usize, out: &mut Vec<u8>) {
        out.push(STRUCT);
        out.extend_from_slice(&(self.0.len() as u64).to_le_bytes());
        for field in &self.0 {
            field.write(row, out);
        }
    }
}

/// A row's value stands in another array, at an index.
struct Indexed {
    values: ColumnEncoder,
    keys: Vec<usize>,
}

impl Encode for Indexed {
    fn write(&self, row: usize, out: &mut Vec<u8>) {
        self.values.write(self.keys[row], out);
    }
}

fn lists(items: &ArrayRef, run: impl Fn(usize) -> (usize, usize) + 'static) -> Result<Box<dyn Encode>> {
    Ok(Box::new(Runs {
        tag: LIST,
        items: vec![ColumnEncoder::try_new(items)?],
        run,
    }))
}

/// From the offsets of a list array; what is negative or does not fit cannot be in one.
fn run<O: TryInto<usize> + Copy>(offsets: &[O], row: usize) -> (usize, usize) {
    let at = |i: usize| offsets[i].try_into().unwrap_or_default();
    (at(row), at(row + 1) - at(row))
}

/// The encoder of `array` if it is nested, a dictionary or run-length encoded.
pub(super) fn encoder(array: &ArrayRef) -> Result<Option<Box<dyn Encode>>> {
    Ok(Some(match array.data_type() {
        DataType::List(_) => {
            let list = array.as_list::<i32>().clone();
            lists(&Arc::clone(list.values()), move |row| run(list.offsets(), row))?
        }
        DataType::LargeList(_) => {
            let list = array.as_list::<i64>().clone();
            lists(&Arc::clone(list.values()), move |row| run(list.offsets(), row))?
        }
        DataType::FixedSizeList(_, _) => {
            let list = array.as_fixed_size_list().clone();
            lists(&Arc::clone(list.values()), move |row| {
                let start = list.value_offset(row).try_into().unwrap_or_default();
                (start, list.value_length().try_into().unwrap_or_default())
            })?
        }
        DataType::ListView(item) => return encoder(&cast(array, &DataType::List(Arc::clone(item)))?),
        DataType::LargeListView(item) => return encoder(&cast(array, &DataType::LargeList(Arc::clone(item)))?),
        DataType::Struct(_) => {
            let fields = array.as_struct().columns().iter().map(ColumnEncoder::try_new);
            Box::new(Fields(fields.collect::<Result<_>>()?))
        }
        DataType::Map(_, _) => {
            let map = array.as_map().clone();
            let items = vec![
                ColumnEncoder::try_new(map.keys())?,
                ColumnEncoder::try_new(map.values())?,
            ];
            Box::new(Runs {
                tag: MAP,
                items,
                run: move |row| run(map.offsets(), row),
            })
        }
        DataType::Dictionary(_, _) => {
            let dictionary = array.as_any_dictionary();
            // Keys of nulls may be out of range; without values there are only nulls.
            let keys = match dictionary.values().is_empty() {
                true => vec![],
                false => dictionary.normalized_keys(),
            };
            Box::new(Indexed {
                values: ColumnEncoder::try_new(dictionary.values())?,
                keys,
            })
        }
        DataType::RunEndEncoded(_, values) => {
            let flat = cast(array, values.data_type())?;
            Box::new(Indexed {
                keys: (0..flat.len()).collect(),
                values: ColumnEncoder::try_new(&flat)?,
            })
        }
        _ => return Ok(None),
    }))
}
