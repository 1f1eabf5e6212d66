//! `arg_min(value, key)`

use datafusion_common::Result;
use datafusion_common::arrow::datatypes::DataType;
use datafusion_expr::Accumulator;
use datafusion_expr::function::AccumulatorArgs;

use super::Aggregate;
use super::extreme::{self, Best};
use super::one_group::Groups;
use crate::spec::{Class, Kind, Parameter, Spec};

#[derive(Debug)]
pub(super) struct ArgMin;

impl Aggregate for ArgMin {
    const SPEC: &'static Spec = &Spec {
        name: "arg_min",
        kind: Kind::Aggregate,
        section: "Choice",
        parameters: &[
            Parameter::required("value", Class::Ordered, "What is given."),
            Parameter::required("key", Class::Ordered, "What is compared."),
        ],
        returns: "the type of the value",
        description: "The value of the row with the least key; of several, the least value. So the result depends on the set of rows only, and not on their order. Keys and values are compared as ORDER BY compares them, with NaN as the greatest number and -0.0 below 0.0.",
        nulls: "Rows whose value or key is null do not count; null if no row counts.",
        example: "SELECT arg_min(name, score) FROM (VALUES ('a', 1), ('b', 3), ('c', 3)) AS t(name, score)",
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
