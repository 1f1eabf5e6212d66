//! `map_normalize(map, key_case)`

use std::sync::Arc;

use datafusion_common::arrow::array::{Array, ArrayRef, AsArray, MapArray, StringViewArray, StructArray, UInt64Array};
use datafusion_common::arrow::buffer::OffsetBuffer;
use datafusion_common::arrow::compute::{cast, take};
use datafusion_common::arrow::datatypes::DataType;
use datafusion_common::{Result, internal_err, plan_err};
use datafusion_expr::ReturnFieldArgs;

use crate::scalar::{Call, Kernel};
use crate::spec::{Class, Kind, Parameter, Spec};

#[derive(Debug)]
pub(super) struct MapNormalize;

impl Kernel for MapNormalize {
    const SPEC: &'static Spec = &Spec {
        name: "map_normalize",
        kind: Kind::Scalar,
        section: "Values",
        parameters: &[
            Parameter::required("map", Class::Map, "The map; its keys are texts."),
            Parameter::optional(
                "key_case",
                Class::Choice(&["lower", "upper", "none"]),
                "'lower'",
                "The case that keys get, by the mappings of Unicode; 'none' leaves them.",
            ),
        ],
        returns: "the type of the map",
        description: "The map with its keys in one case and in the order of their bytes, so that maps which say the same are equal and \
have one hash. Where keys become equal, the entry stays whose key was the least.",
        nulls: "Null of null; null values stay.",
        example: "SELECT map_normalize(MAP {'B': 2, 'a': 1, 'b': 3})",
        since: "0.1.0",
    };

    fn returns(args: &ReturnFieldArgs<'_>) -> Result<(DataType, bool)> {
        let ty = args.arg_fields[0].data_type();
        if let DataType::Map(entries, _) = ty
            && let DataType::Struct(fields) = entries.data_type()
            && !(fields[0].data_type().is_string() || fields[0].data_type().is_null())
        {
            return plan_err!(
                "map_normalize: the keys of the map must be texts, not {}; the function is {}",
                fields[0].data_type(),
                Self::SPEC.signature_text()
            );
        }
        Ok((ty.clone(), args.arg_fields[0].is_nullable()))
    }

    fn compute(call: &Call) -> Result<ArrayRef> {
        let array = call.array(0)?;
        let Some(maps) = array.as_map_opt() else {
            return Ok(array);
        };
        if maps.keys().data_type().is_null() {
            // The type of a literal without entries.
            return Ok(array);
        }
        let DataType::Map(field, is_sorted) = &call.return_type else {
            return internal_err!("a map has the type of a map");
        };
        let change: fn(&str) -> String = match call.choice(1)? {
            "upper" => str::to_uppercase,
            "none" => str::to_string,
            _ => str::to_lowercase,
        };
        let keys = cast(maps.keys(), &DataType::Utf8View)?;
        let keys = keys.as_string_view();
        let (mut new_keys, mut places, mut lengths) = (vec![], vec![], Vec::with_capacity(maps.len()));
        for row in 0..maps.len() {
            let before = places.len();
            if maps.is_valid(row) {
                let (start, end) = (
                    maps.value_offsets()[row] as usize,
                    maps.value_offsets()[row + 1] as usize,
                );
                let mut entries: Vec<_> = (start..end)
                    .map(|i| (change(keys.value(i)), keys.value(i), i))
                    .collect();
                entries.sort_unstable();
                entries.dedup_by(|next, kept| next.0 == kept.0);
                places.extend(entries.iter().map(|(_, _, i)| *i as u64));
                new_keys.extend(entries.into_iter().map(|(key, _, _)| key));
            }
            lengths.push(places.len() - before);
        }
        let new_keys: ArrayRef = Arc::new(StringViewArray::from_iter_values(new_keys));
        let columns = vec![
            cast(&new_keys, maps.keys().data_type())?,
            take(maps.values(), &UInt64Array::from(places), None)?,
        ];
        let DataType::Struct(fields) = field.data_type() else {
            return internal_err!("the entries of a map are structs");
        };
        let entries = StructArray::try_new(fields.clone(), columns, None)?;
        let offsets = OffsetBuffer::from_lengths(lengths);
        let nulls = maps.nulls().cloned();
        Ok(Arc::new(MapArray::try_new(
            Arc::clone(field),
            offsets,
            entries,
            nulls,
            *is_sorted,
        )?))
    }
}
