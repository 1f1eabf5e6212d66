//! `map_get_default(map, key, default)`

use std::sync::Arc;

use datafusion_common::arrow::array::{Array, ArrayRef, AsArray, new_null_array};
use datafusion_common::arrow::compute::{cast, interleave};
use datafusion_common::arrow::datatypes::DataType;
use datafusion_common::arrow::row::{RowConverter, SortField};
use datafusion_common::{Result, plan_err};
use datafusion_expr::ReturnFieldArgs;

use crate::scalar::{Call, Kernel};
use crate::spec::{Class, Kind, Parameter, Spec, is_ordered};

#[derive(Debug)]
pub(super) struct MapGetDefault;

impl Kernel for MapGetDefault {
    const SPEC: &'static Spec = &Spec {
        name: "map_get_default",
        kind: Kind::Scalar,
        section: "Values",
        parameters: &[
            Parameter::required("map", Class::Map, "The map."),
            Parameter::required("key", Class::Any, "The key; it is cast to the type of the map's keys."),
            Parameter::required(
                "default",
                Class::Any,
                "What stands for a key that is not there; it is cast to the type of the map's values.",
            ),
        ],
        returns: "the type of the map's values",
        description: "The value of a key in a map, or the default where the map has no such key.",
        nulls: "Null where the key's value is; a map or key that is null gives the default.",
        example: "SELECT map_get_default(MAP {'a': 1, 'b': 2}, 'c', default => 0)",
        since: "0.1.0",
    };

    fn returns(args: &ReturnFieldArgs<'_>) -> Result<(DataType, bool)> {
        match args.arg_fields[0].data_type() {
            DataType::Map(entries, _) => match entries.data_type() {
                DataType::Struct(fields) if is_ordered(fields[0].data_type()) => {
                    Ok((fields[1].data_type().clone(), true))
                }
                _ => plan_err!("map_get_default: keys of the map have no order, so they cannot be compared"),
            },
            _ => Ok((args.arg_fields[2].data_type().clone(), true)),
        }
    }

    fn compute(call: &Call) -> Result<ArrayRef> {
        let maps = call.array(0)?;
        let default = cast(&call.array(2)?, &call.return_type)?;
        let Some(maps) = maps.as_map_opt() else {
            return Ok(default);
        };
        let wanted = cast(&call.array(1)?, maps.keys().data_type())?;
        let converter = RowConverter::new(vec![SortField::new(wanted.data_type().clone())])?;
        let keys = converter.convert_columns(&[Arc::clone(maps.keys())])?;
        let asked = converter.convert_columns(&[Arc::clone(&wanted)])?;
        let found = (0..maps.len()).map(|row| {
            let (start, end) = (
                maps.value_offsets()[row] as usize,
                maps.value_offsets()[row + 1] as usize,
            );
            let key = (maps.is_valid(row) && wanted.is_valid(row)).then(|| asked.row(row));
            let entry = key.and_then(|key| (start..end).find(|i| keys.row(*i) == key));
            entry.map_or((1, row), |i| (0, i))
        });
        let found: Vec<_> = found.collect();
        if found.is_empty() {
            return Ok(new_null_array(&call.return_type, 0));
        }
        Ok(interleave(&[maps.values().as_ref(), default.as_ref()], &found)?)
    }
}
