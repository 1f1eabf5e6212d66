//! The rows of a frame, in order, each with how often it is there: rows may leave it again.

use std::collections::BTreeMap;

use datafusion_common::arrow::array::{Array, ArrayRef};
use datafusion_common::arrow::compute::SortOptions;
use datafusion_common::arrow::datatypes::DataType;
use datafusion_common::arrow::row::{RowConverter, SortField};
use datafusion_common::{Result, ScalarValue, not_impl_err};
use datafusion_expr::Accumulator;

use super::codes::one_nan;
use super::output::Output;

/// What is made of the rows.
#[derive(Debug, Clone)]
pub(super) enum Take {
    /// The value of the first row; the value may be its own key.
    First { own_key: bool, descending: bool },
    /// All values, in order.
    All { distinct: bool, output: Output },
}

#[derive(Debug)]
pub(super) struct Multiset {
    take: Take,
    value_type: DataType,
    converter: RowConverter,
    rows: BTreeMap<Box<[u8]>, usize>,
    /// The bytes of the rows.
    heap: usize,
}

/// What an entry of the tree costs beside its bytes.
const ENTRY: usize = 3 * size_of::<usize>();

impl Multiset {
    pub(super) fn try_new(value: &DataType, key: Option<&DataType>, take: Take) -> Result<Self> {
        let mut fields = vec![];
        if let (Some(key), Take::First { descending, .. }) = (key, &take) {
            let options = SortOptions {
                descending: *descending,
                nulls_first: false,
            };
            fields.push(SortField::new_with_options(key.clone(), options));
        }
        fields.push(SortField::new(value.clone()));
        Ok(Self {
            take,
            value_type: value.clone(),
            converter: RowConverter::new(fields)?,
            rows: BTreeMap::new(),
            heap: 0,
        })
    }

    /// The columns of the rows: the key, if there is one, and the value.
    fn columns(&self, values: &[ArrayRef]) -> Vec<ArrayRef> {
        match self.take {
            Take::First { own_key: true, .. } => vec![one_nan(&values[0]), one_nan(&values[0])],
            Take::First { .. } => vec![one_nan(&values[1]), one_nan(&values[0])],
            Take::All { .. } => vec![one_nan(&values[0])],
        }
    }

    fn change(&mut self, values: &[ArrayRef], leave: bool) -> Result<()> {
        let columns = self.columns(values);
        let rows = self.converter.convert_columns(&columns)?;
        for row in 0..columns[0].len() {
            if columns.iter().any(|c| c.is_null(row)) {
                continue;
            }
            let bytes = rows.row(row).data();
            match self.rows.get_mut(bytes) {
                Some(1) if leave => {
                    self.rows.remove(bytes);
                    self.heap -= bytes.len() + ENTRY;
                }
                Some(count) if leave => *count -= 1,
                Some(count) => *count += 1,
                None if leave => {}
                None => {
                    self.heap += bytes.len() + ENTRY;
                    self.rows.insert(bytes.into(), 1);
                }
            }
        }
        Ok(())
    }

    fn values(&self, rows: Vec<&[u8]>) -> Result<Option<ArrayRef>> {
        let parser = self.converter.parser();
        Ok(self
            .converter
            .convert_rows(rows.iter().map(|row| parser.parse(row)))?
            .pop())
    }
}

impl Accumulator for Multiset {
    fn update_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        self.change(values, false)
    }

    fn retract_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        self.change(values, true)
    }

    fn supports_retract_batch(&self) -> bool {
        true
    }

    fn evaluate(&mut self) -> Result<ScalarValue> {
        match &self.take {
            Take::First { .. } => match self.rows.keys().next() {
                None => ScalarValue::try_from(&self.value_type),
                Some(first) => match self.values(vec![first])? {
                    Some(values) => ScalarValue::try_from_array(&values, 0),
                    None => ScalarValue::try_from(&self.value_type),
                },
            },
            Take::All { distinct, output } => {
                let times = |count: &usize| if *distinct { 1 } else { *count };
                let rows = self
                    .rows
                    .iter()
                    .flat_map(|(row, n)| std::iter::repeat_n(row.as_ref(), times(n)));
                let rows: Vec<_> = rows.collect();
                let count = rows.len();
                let Some(values) = self.values(rows)? else {
                    return ScalarValue::try_from(&self.value_type);
                };
                ScalarValue::try_from_array(&output.of(&[count], values)?, 0)
            }
        }
    }

    fn state(&mut self) -> Result<Vec<ScalarValue>> {
        not_impl_err!("a frame of a window has no state that is merged")
    }

    fn merge_batch(&mut self, _states: &[ArrayRef]) -> Result<()> {
        not_impl_err!("a frame of a window has no state that is merged")
    }

    fn size(&self) -> usize {
        size_of_val(self) + self.converter.size() + self.heap
    }
}
