//! `list_unique_sorted(list)`

use std::sync::Arc;

use datafusion_common::Result;
use datafusion_common::arrow::array::{Array, ArrayRef, AsArray, ListArray, UInt64Array};
use datafusion_common::arrow::buffer::OffsetBuffer;
use datafusion_common::arrow::compute::{SortOptions, take};
use datafusion_common::arrow::datatypes::DataType;
use datafusion_common::arrow::row::{RowConverter, SortField};
use datafusion_expr::ReturnFieldArgs;

use crate::scalar::{Call, Kernel};
use crate::spec::{Class, Kind, Parameter, Spec};

#[derive(Debug)]
pub(super) struct ListUniqueSorted;

impl Kernel for ListUniqueSorted {
    const SPEC: &'static Spec = &Spec {
        name: "list_unique_sorted",
        kind: Kind::Scalar,
        section: "Values",
        parameters: &[Parameter::required("list", Class::List, "The list.")],
        returns: "LIST",
        description: "The items of a list, each once, in ascending order; NaN is the greatest number.",
        nulls: "Null of null; items that are null become one, at the end.",
        example: "SELECT list_unique_sorted([3, 1, 3, 2])",
        since: "0.1.0",
    };

    const STRICT: bool = true;

    fn returns(args: &ReturnFieldArgs<'_>) -> Result<(DataType, bool)> {
        let field = &args.arg_fields[0];
        Ok((field.data_type().clone(), field.is_nullable()))
    }

    fn compute(call: &Call) -> Result<ArrayRef> {
        let lists = call.array(0)?;
        let Some(lists) = lists.as_list_opt::<i32>() else {
            return Ok(lists);
        };
        let DataType::List(item) = lists.data_type() else {
            return call.array(0);
        };
        if item.data_type().is_null() {
            return call.array(0);
        }
        let nulls_last = SortOptions::default().asc().nulls_last();
        let converter = RowConverter::new(vec![SortField::new_with_options(item.data_type().clone(), nulls_last)])?;
        let keys = converter.convert_columns(&[Arc::clone(lists.values())])?;
        let (mut kept, mut lengths, mut items) = (vec![], Vec::with_capacity(lists.len()), vec![]);
        for row in 0..lists.len() {
            items.clear();
            if lists.is_valid(row) {
                let (start, end) = (lists.value_offsets()[row], lists.value_offsets()[row + 1]);
                items.extend(start as usize..end as usize);
                items.sort_unstable_by(|a, b| keys.row(*a).cmp(&keys.row(*b)).then(a.cmp(b)));
                items.dedup_by(|a, b| keys.row(*a) == keys.row(*b));
            }
            lengths.push(items.len());
            kept.extend(items.iter().map(|i| *i as u64));
        }
        let values = take(lists.values(), &UInt64Array::from(kept), None)?;
        let offsets = OffsetBuffer::from_lengths(lengths);
        let unique = ListArray::try_new(Arc::clone(item), offsets, values, lists.nulls().cloned())?;
        Ok(Arc::new(unique))
    }
}
