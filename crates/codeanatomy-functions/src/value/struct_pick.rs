//! `struct_pick(struct, field, …)`

use std::sync::Arc;

use datafusion_common::arrow::array::{Array, ArrayRef, AsArray, StructArray, new_null_array};
use datafusion_common::arrow::datatypes::{DataType, Fields};
use datafusion_common::{Result, internal_err, plan_err};
use datafusion_expr::ReturnFieldArgs;

use crate::scalar::{Call, Kernel};
use crate::spec::{Class, Kind, Parameter, Spec};

#[derive(Debug)]
pub(super) struct StructPick;

impl Kernel for StructPick {
    const SPEC: &'static Spec = &Spec {
        name: "struct_pick",
        kind: Kind::Scalar,
        section: "Values",
        parameters: &[
            Parameter::required("struct", Class::Struct, "The struct."),
            Parameter::variadic("field", Class::Text, "The name of a field to keep, a literal."),
        ],
        returns: "STRUCT",
        description: "The struct with some of its fields, in the order in which they are named.",
        nulls: "Null where the struct is.",
        example: "SELECT struct_pick(named_struct('a', 1, 'b', 2, 'c', 3), 'c', 'a')",
        since: "0.1.0",
    };

    fn returns(args: &ReturnFieldArgs<'_>) -> Result<(DataType, bool)> {
        let fields = match args.arg_fields[0].data_type() {
            DataType::Struct(fields) => fields,
            _ => return Ok((DataType::Null, true)),
        };
        let mut picked = Vec::with_capacity(args.arg_fields.len() - 1);
        for name in &args.scalar_arguments[1..] {
            let Some(Some(Some(name))) = name.map(|n| n.try_as_str()) else {
                return plan_err!(
                    "struct_pick: the argument field must be a literal text; the function is {}",
                    Self::SPEC.signature_text()
                );
            };
            let Some((_, field)) = fields.find(name) else {
                let there: Vec<_> = fields.iter().map(|f| f.name().as_str()).collect();
                return plan_err!(
                    "struct_pick: the struct has no field '{name}'; it has '{}'",
                    there.join("', '")
                );
            };
            if picked.contains(field) {
                return plan_err!("struct_pick: the field '{name}' is named twice");
            }
            picked.push(Arc::clone(field));
        }
        Ok((DataType::Struct(Fields::from(picked)), args.arg_fields[0].is_nullable()))
    }

    fn compute(call: &Call) -> Result<ArrayRef> {
        let structs = call.array(0)?;
        let DataType::Struct(fields) = &call.return_type else {
            return Ok(new_null_array(&call.return_type, call.rows));
        };
        let structs = structs.as_struct();
        let mut columns = Vec::with_capacity(fields.len());
        for field in fields {
            let Some(column) = structs.column_by_name(field.name()) else {
                return internal_err!("struct_pick: the struct has no field {}", field.name());
            };
            columns.push(Arc::clone(column));
        }
        Ok(Arc::new(StructArray::try_new(
            fields.clone(),
            columns,
            structs.nulls().cloned(),
        )?))
    }
}
