//! `string_agg_det(text, separator)`

use std::sync::Arc;

use datafusion_common::arrow::array::RecordBatch;
use datafusion_common::arrow::datatypes::{DataType, Schema};
use datafusion_common::{Result, plan_err};
use datafusion_expr::function::AccumulatorArgs;
use datafusion_expr::{Accumulator, ColumnarValue};

use super::collection::Collection;
use super::multiset::{Multiset, Take};
use super::one_group::Groups;
use super::output::{Output, list_of};
use super::{Aggregate, types};
use crate::spec::{Class, Kind, Parameter, Spec};

#[derive(Debug)]
pub(super) struct StringAggDet;

impl Aggregate for StringAggDet {
    const SPEC: &'static Spec = &Spec {
        name: "string_agg_det",
        kind: Kind::Aggregate,
        section: "Collection",
        parameters: &[
            Parameter::required("text", Class::Text, "What is put together."),
            Parameter::optional(
                "separator",
                Class::Text,
                "','",
                "What stands between two texts, a literal.",
            ),
        ],
        returns: "VARCHAR",
        description: "The texts of a group in ascending order of their bytes, with a separator between them: string_agg that does not depend on the order of rows. An ORDER BY in the call does not count.",
        nulls: "Nulls do not count; null if there is no other value.",
        example: "SELECT string_agg_det(v, separator => ' ') FROM (VALUES ('b'), ('a'), (NULL)) AS t(v)",
        since: "0.1.0",
    };

    fn returns(_types: &[DataType]) -> DataType {
        DataType::Utf8
    }

    fn state(types: &[DataType], _returns: &DataType) -> Vec<DataType> {
        vec![list_of(&types[0])]
    }

    fn groups(args: &AccumulatorArgs<'_>) -> Result<Box<dyn Groups>> {
        let collection = Collection::try_new(&types(args)[0], args.is_distinct, Output::Text(separator(args)?))?;
        Ok(Box::new(collection))
    }

    fn sliding(args: &AccumulatorArgs<'_>) -> Result<Box<dyn Accumulator>> {
        let take = Take::All {
            distinct: args.is_distinct,
            output: Output::Text(separator(args)?),
        };
        Ok(Box::new(Multiset::try_new(&types(args)[0], None, take)?))
    }
}

/// The text between texts: a literal, so that it is known without rows.
fn separator(args: &AccumulatorArgs<'_>) -> Result<String> {
    let Some(expr) = args.exprs.get(1) else {
        return Ok(",".to_string());
    };
    match expr.evaluate(&RecordBatch::new_empty(Arc::new(Schema::empty()))) {
        Ok(ColumnarValue::Scalar(value)) => Ok(value.try_as_str().flatten().unwrap_or(",").to_string()),
        _ => plan_err!(
            "string_agg_det: the argument separator must be a literal; the function is {}",
            StringAggDet::SPEC.signature_text()
        ),
    }
}
