//! `collect_set(value)`

use datafusion_common::Result;
use datafusion_common::arrow::datatypes::DataType;
use datafusion_expr::Accumulator;
use datafusion_expr::function::AccumulatorArgs;

use super::collection::Collection;
use super::multiset::{Multiset, Take};
use super::one_group::Groups;
use super::output::{Output, list_of};
use super::{Aggregate, types};
use crate::spec::{Class, Kind, Parameter, Spec};

#[derive(Debug)]
pub(super) struct CollectSet;

impl Aggregate for CollectSet {
    const SPEC: &'static Spec = &Spec {
        name: "collect_set",
        kind: Kind::Aggregate,
        section: "Collection",
        parameters: &[Parameter::required("value", Class::Ordered, "What is given.")],
        returns: "LIST",
        description: "The values of a group, each once, as a list in ascending order, with NaN as the greatest number and -0.0 below 0.0. An ORDER BY in the call does not count.",
        nulls: "Nulls do not count; null if there is no other value.",
        example: "SELECT collect_set(v) FROM (VALUES (3), (1), (3), (NULL)) AS t(v)",
        since: "0.1.0",
    };

    fn returns(types: &[DataType]) -> DataType {
        list_of(&types[0])
    }

    fn state(types: &[DataType], _returns: &DataType) -> Vec<DataType> {
        vec![list_of(&types[0])]
    }

    fn groups(args: &AccumulatorArgs<'_>) -> Result<Box<dyn Groups>> {
        let collection = Collection::try_new(&types(args)[0], true, Output::List)?;
        Ok(Box::new(collection))
    }

    fn sliding(args: &AccumulatorArgs<'_>) -> Result<Box<dyn Accumulator>> {
        let take = Take::All {
            distinct: true,
            output: Output::List,
        };
        Ok(Box::new(Multiset::try_new(&types(args)[0], None, take)?))
    }
}
