//! Aggregate functions whose result does not depend on the order of rows.

mod any_value_det;
mod arg_max;
mod arg_min;
mod array_agg_det;
mod codes;
mod collect_set;
mod collection;
mod count_if;
mod extreme;
mod multiset;
mod numbers;
mod one_group;
mod output;
mod seen;
mod span_cover;
mod string_agg_det;

use std::fmt::Debug;
use std::hash::{Hash, Hasher};
use std::marker::PhantomData;
use std::sync::Arc;

use datafusion_common::arrow::array::{Array, BooleanArray};
use datafusion_common::arrow::datatypes::{DataType, Field, FieldRef};
use datafusion_common::{Result, ScalarValue};
use datafusion_expr::function::{AccumulatorArgs, StateFieldsArgs};
use datafusion_expr::utils::AggregateOrderSensitivity;
use datafusion_expr::{Accumulator, AggregateUDF, AggregateUDFImpl, Documentation, GroupsAccumulator, Signature};

use crate::spec::Spec;
use one_group::{Groups, OneGroup};

pub(crate) const SPECS: [&Spec; 8] = [
    arg_max::ArgMax::SPEC,
    arg_min::ArgMin::SPEC,
    any_value_det::AnyValueDet::SPEC,
    collect_set::CollectSet::SPEC,
    array_agg_det::ArrayAggDet::SPEC,
    string_agg_det::StringAggDet::SPEC,
    count_if::CountIf::SPEC,
    span_cover::SpanCover::SPEC,
];

pub(crate) fn functions() -> Vec<Arc<AggregateUDF>> {
    vec![
        function::<arg_max::ArgMax>(),
        function::<arg_min::ArgMin>(),
        function::<any_value_det::AnyValueDet>(),
        function::<collect_set::CollectSet>(),
        function::<array_agg_det::ArrayAggDet>(),
        function::<string_agg_det::StringAggDet>(),
        function::<count_if::CountIf>(),
        function::<span_cover::SpanCover>(),
    ]
}

/// What an aggregate computes.
trait Aggregate: Debug + Send + Sync + 'static {
    /// What it is.
    const SPEC: &'static Spec;

    /// The type of the result; the arguments fit the parameters.
    fn returns(types: &[DataType]) -> DataType;

    /// What it gives of no rows; null, and then only then, where nothing else is said.
    fn of_nothing(ty: &DataType) -> Result<ScalarValue> {
        ScalarValue::try_from(ty)
    }

    /// The types of the columns of its state.
    fn state(types: &[DataType], returns: &DataType) -> Vec<DataType>;

    /// The accumulator of many groups.
    fn groups(args: &AccumulatorArgs<'_>) -> Result<Box<dyn Groups>>;

    /// The accumulator of a frame that rows leave again.
    fn sliding(args: &AccumulatorArgs<'_>) -> Result<Box<dyn Accumulator>>;
}

/// The types of the arguments.
fn types(args: &AccumulatorArgs<'_>) -> Vec<DataType> {
    args.expr_fields.iter().map(|f| f.data_type().clone()).collect()
}

/// Whether a row passes the filter; null does not.
#[inline]
fn passes(filter: Option<&BooleanArray>, row: usize) -> bool {
    filter.is_none_or(|f| f.is_valid(row) && f.value(row))
}

fn function<A: Aggregate>() -> Arc<AggregateUDF> {
    Arc::new(AggregateUDF::from(Function::<A> {
        signature: A::SPEC.signature(),
        documentation: A::SPEC.documentation(),
        aggregate: PhantomData,
    }))
}

struct Function<A> {
    signature: Signature,
    documentation: Documentation,
    aggregate: PhantomData<A>,
}

impl<A: Aggregate> Debug for Function<A> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(A::SPEC.name)
    }
}

impl<A> PartialEq for Function<A> {
    fn eq(&self, _other: &Self) -> bool {
        true
    }
}

impl<A> Eq for Function<A> {}

impl<A: Aggregate> Hash for Function<A> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        A::SPEC.name.hash(state);
    }
}

impl<A: Aggregate> AggregateUDFImpl for Function<A> {
    fn name(&self) -> &str {
        A::SPEC.name
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn coerce_types(&self, types: &[DataType]) -> Result<Vec<DataType>> {
        Ok(A::SPEC.coerce(types))
    }

    fn return_type(&self, types: &[DataType]) -> Result<DataType> {
        A::SPEC.check(types)?;
        Ok(A::returns(types))
    }

    fn return_field(&self, fields: &[FieldRef]) -> Result<FieldRef> {
        let types: Vec<_> = fields.iter().map(|f| f.data_type().clone()).collect();
        let ty = self.return_type(&types)?;
        let nullable = A::of_nothing(&ty)?.is_null();
        Ok(Arc::new(Field::new(self.name(), ty, nullable)))
    }

    fn is_nullable(&self) -> bool {
        true
    }

    fn state_fields(&self, args: StateFieldsArgs<'_>) -> Result<Vec<FieldRef>> {
        let types: Vec<_> = args.input_fields.iter().map(|f| f.data_type().clone()).collect();
        let columns = A::state(&types, args.return_field.data_type());
        let field = |(i, ty)| Arc::new(Field::new(format!("{}[{i}]", args.name), ty, true));
        Ok(columns.into_iter().enumerate().map(field).collect())
    }

    fn accumulator(&self, args: AccumulatorArgs<'_>) -> Result<Box<dyn Accumulator>> {
        Ok(Box::new(OneGroup::new(A::groups(&args)?, types(&args))))
    }

    fn create_sliding_accumulator(&self, args: AccumulatorArgs<'_>) -> Result<Box<dyn Accumulator>> {
        A::sliding(&args)
    }

    fn groups_accumulator_supported(&self, _args: AccumulatorArgs<'_>) -> bool {
        true
    }

    fn create_groups_accumulator(&self, args: AccumulatorArgs<'_>) -> Result<Box<dyn GroupsAccumulator>> {
        Ok(A::groups(&args)?)
    }

    fn order_sensitivity(&self) -> AggregateOrderSensitivity {
        AggregateOrderSensitivity::Insensitive
    }

    fn default_value(&self, ty: &DataType) -> Result<ScalarValue> {
        A::of_nothing(ty)
    }

    fn documentation(&self) -> Option<&Documentation> {
        Some(&self.documentation)
    }
}
