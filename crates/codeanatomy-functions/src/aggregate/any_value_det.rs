//! `any_value_det(value, key)`

use datafusion_common::Result;
use datafusion_common::arrow::datatypes::DataType;
use datafusion_expr::Accumulator;
use datafusion_expr::function::AccumulatorArgs;

use super::Aggregate;
use super::extreme::{self, Best};
use super::one_group::Groups;
use crate::spec::{Class, Kind, Parameter, Spec};

#[derive(Debug)]
pub(super) struct AnyValueDet;

impl Aggregate for AnyValueDet {
    const SPEC: &'static Spec = &Spec {
        name: "any_value_det",
        kind: Kind::Aggregate,
        section: "Choice",
        parameters: &[
            Parameter::required("value", Class::Ordered, "What is given."),
            Parameter::optional(
                "key",
                Class::Ordered,
                "NULL",
                "What is compared; left out, the value itself.",
            ),
        ],
        returns: "the type of the value",
        description: "A value of the group, always the same one: that of the least key, and of several the least; without a key, the least value. A dependable any_value.",
        nulls: "Rows whose value or key is null do not count; null if no row counts.",
        example: "SELECT any_value_det(name) FROM (VALUES ('b'), ('a'), (NULL)) AS t(name)",
        since: "0.1.0",
    };

    fn returns(types: &[DataType]) -> DataType {
        types[0].clone()
    }

    fn state(types: &[DataType], _returns: &DataType) -> Vec<DataType> {
        types.iter().filter(|ty| !ty.is_null()).cloned().collect()
    }

    fn groups(args: &AccumulatorArgs<'_>) -> Result<Box<dyn Groups>> {
        extreme::groups(args, Best::Least)
    }

    fn sliding(args: &AccumulatorArgs<'_>) -> Result<Box<dyn Accumulator>> {
        extreme::sliding(args, Best::Least)
    }
}
