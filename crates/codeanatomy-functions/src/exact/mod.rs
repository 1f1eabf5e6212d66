//! `exact_sum(value)` and its family: the engine's aggregates of floating-point numbers, rounded once.
//!
//! Sums are exact, so they do not depend on the order of rows or on how rows are split among partitions: the result is the
//! number nearest to the true value (of a square root: the root of the nearest number). The engine's functions round in every
//! step, so that each order of rows has its own last bits.

mod distinct;
mod exact_avg;
mod exact_corr;
mod exact_covar_pop;
mod exact_covar_samp;
mod exact_regr_avgx;
mod exact_regr_avgy;
mod exact_regr_intercept;
mod exact_regr_r2;
mod exact_regr_slope;
mod exact_regr_sxx;
mod exact_regr_sxy;
mod exact_regr_syy;
mod exact_stddev;
mod exact_stddev_pop;
mod exact_sum;
mod exact_var_pop;
mod exact_var_samp;
mod quotient;
mod statistic;
mod sum;

use std::sync::Arc;

use datafusion_common::arrow::array::{
    Array, ArrayRef, AsArray, BinaryArray, BinaryBuilder, BooleanArray, Float64Array,
};
use datafusion_common::arrow::datatypes::{DataType, Field, FieldRef, Float64Type};
use datafusion_common::{Result, ScalarValue, internal_err};
use datafusion_expr::function::{AccumulatorArgs, StateFieldsArgs};
use datafusion_expr::utils::AggregateOrderSensitivity;
use datafusion_expr::{
    Accumulator, AggregateUDF, AggregateUDFImpl, Documentation, EmitTo, GroupsAccumulator, Signature, Volatility,
};

use crate::spec::{Class, Parameter, Spec};
use distinct::Distinct;
use statistic::{Statistic, Sums};

/// The functions, and what they are.
const FUNCTIONS: [(&Spec, Statistic); 17] = [
    (&exact_sum::SPEC, exact_sum::STATISTIC),
    (&exact_avg::SPEC, exact_avg::STATISTIC),
    (&exact_var_pop::SPEC, exact_var_pop::STATISTIC),
    (&exact_var_samp::SPEC, exact_var_samp::STATISTIC),
    (&exact_stddev_pop::SPEC, exact_stddev_pop::STATISTIC),
    (&exact_stddev::SPEC, exact_stddev::STATISTIC),
    (&exact_covar_pop::SPEC, exact_covar_pop::STATISTIC),
    (&exact_covar_samp::SPEC, exact_covar_samp::STATISTIC),
    (&exact_corr::SPEC, exact_corr::STATISTIC),
    (&exact_regr_slope::SPEC, exact_regr_slope::STATISTIC),
    (&exact_regr_intercept::SPEC, exact_regr_intercept::STATISTIC),
    (&exact_regr_r2::SPEC, exact_regr_r2::STATISTIC),
    (&exact_regr_avgx::SPEC, exact_regr_avgx::STATISTIC),
    (&exact_regr_avgy::SPEC, exact_regr_avgy::STATISTIC),
    (&exact_regr_sxx::SPEC, exact_regr_sxx::STATISTIC),
    (&exact_regr_syy::SPEC, exact_regr_syy::STATISTIC),
    (&exact_regr_sxy::SPEC, exact_regr_sxy::STATISTIC),
];

/// What the functions are.
pub(crate) const SPECS: [&Spec; 17] = [
    &exact_sum::SPEC,
    &exact_avg::SPEC,
    &exact_var_pop::SPEC,
    &exact_var_samp::SPEC,
    &exact_stddev_pop::SPEC,
    &exact_stddev::SPEC,
    &exact_covar_pop::SPEC,
    &exact_covar_samp::SPEC,
    &exact_corr::SPEC,
    &exact_regr_slope::SPEC,
    &exact_regr_intercept::SPEC,
    &exact_regr_r2::SPEC,
    &exact_regr_avgx::SPEC,
    &exact_regr_avgy::SPEC,
    &exact_regr_sxx::SPEC,
    &exact_regr_syy::SPEC,
    &exact_regr_sxy::SPEC,
];

const VALUE: &[Parameter] = &[Parameter::required("value", Class::Any, "A number.")];
const YX: &[Parameter] = &[
    Parameter::required("y", Class::Any, "A number."),
    Parameter::required("x", Class::Any, "A number."),
];

/// What a function of the family is.
macro_rules! exact {
    ($name:literal like $like:literal, $statistic:expr, $parameters:ident; $gives:literal; $example:literal) => {
        pub(super) const STATISTIC: Statistic = $statistic;
        pub(super) const SPEC: $crate::spec::Spec = $crate::spec::Spec {
            name: $name,
            kind: $crate::spec::Kind::Aggregate,
            section: "Exact statistics",
            parameters: super::$parameters,
            returns: "DOUBLE",
            description: concat!(
                $gives,
                " of floating-point numbers, computed exactly and rounded once: the same for any order of rows, as ",
                $like,
                " is not."
            ),
            nulls: concat!(
                "Rows with a null do not count; without enough rows it is null, as ",
                $like,
                " is."
            ),
            example: $example,
            since: "0.1.0",
        };
    };
}
use exact;

/// All functions of the family.
pub(crate) fn functions() -> impl Iterator<Item = Arc<AggregateUDF>> {
    let function = |(spec, statistic)| Arc::new(AggregateUDF::from(Exact::new(spec, statistic)));
    FUNCTIONS.into_iter().map(function)
}

/// The function that gives what the engine's function `name` gives of floating-point numbers, exactly; none if it does
/// not depend on the order of rows, or is not the engine's.
pub fn exact_function(name: &str) -> Option<Arc<AggregateUDF>> {
    // The engine calls it so, and has `var_samp` as another name.
    let name = if name == "var" { "var_samp" } else { name };
    functions().find(|f| f.name().strip_prefix("exact_") == Some(name))
}

/// One function of the family.
#[derive(Debug, PartialEq, Eq, Hash)]
struct Exact {
    name: &'static str,
    statistic: Statistic,
    signature: Signature,
    documentation: Documentation,
}

impl Exact {
    fn new(spec: &'static Spec, statistic: Statistic) -> Self {
        let signature = Signature::exact(vec![DataType::Float64; spec.parameters.len()], Volatility::Immutable);
        let named = spec.parameters.iter().map(|p| p.name.to_string()).collect();
        Self {
            name: spec.name,
            statistic,
            // Names that are distinct, one for each argument, are always taken.
            signature: signature.clone().with_parameter_names(named).unwrap_or(signature),
            documentation: spec.documentation(),
        }
    }
}

impl AggregateUDFImpl for Exact {
    fn name(&self) -> &str {
        self.name
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _types: &[DataType]) -> Result<DataType> {
        Ok(DataType::Float64)
    }

    fn state_fields(&self, args: StateFieldsArgs<'_>) -> Result<Vec<FieldRef>> {
        let name = format!("{}[sums]", args.name);
        Ok(vec![Arc::new(Field::new(name, DataType::Binary, false))])
    }

    fn accumulator(&self, args: AccumulatorArgs<'_>) -> Result<Box<dyn Accumulator>> {
        if args.is_distinct {
            return Ok(Box::new(Distinct::new(self.statistic)));
        }
        Ok(Box::new(One {
            statistic: self.statistic,
            sums: Sums::of(self.statistic),
        }))
    }

    fn create_sliding_accumulator(&self, args: AccumulatorArgs<'_>) -> Result<Box<dyn Accumulator>> {
        self.accumulator(args)
    }

    fn groups_accumulator_supported(&self, args: AccumulatorArgs<'_>) -> bool {
        !args.is_distinct
    }

    fn create_groups_accumulator(&self, _args: AccumulatorArgs<'_>) -> Result<Box<dyn GroupsAccumulator>> {
        Ok(Box::new(Groups::new(self.statistic)))
    }

    fn order_sensitivity(&self) -> AggregateOrderSensitivity {
        AggregateOrderSensitivity::Insensitive
    }

    fn documentation(&self) -> Option<&Documentation> {
        Some(&self.documentation)
    }
}

/// The arguments of many rows.
struct Numbers<'a> {
    y: &'a Float64Array,
    x: Option<&'a Float64Array>,
}

impl<'a> Numbers<'a> {
    fn try_new(values: &'a [ArrayRef]) -> Result<Self> {
        let numbers: Option<Vec<_>> = values.iter().map(|v| v.as_primitive_opt::<Float64Type>()).collect();
        match numbers.as_deref() {
            Some([y]) => Ok(Self { y, x: None }),
            Some([y, x]) => Ok(Self { y, x: Some(x) }),
            _ => internal_err!("the arguments are one or two columns of Float64"),
        }
    }

    /// Calls `add` with each row that passes and has no null, and with its numbers.
    #[inline]
    fn each(&self, filter: Option<&BooleanArray>, mut add: impl FnMut(usize, f64, f64)) {
        for row in 0..self.y.len() {
            let passes = filter.is_none_or(|f| f.is_valid(row) && f.value(row));
            if passes && self.y.is_valid(row) && self.x.is_none_or(|x| x.is_valid(row)) {
                add(row, self.y.value(row), self.x.map_or(0.0, |x| x.value(row)));
            }
        }
    }
}

/// The sums of many groups.
#[derive(Debug)]
struct Groups {
    statistic: Statistic,
    sums: Vec<Sums>,
    /// The bytes on the heap of the sums, as of when each group was last merged or first seen.
    heap: usize,
}

impl Groups {
    fn new(statistic: Statistic) -> Self {
        Self {
            statistic,
            sums: vec![],
            heap: 0,
        }
    }

    fn resize(&mut self, groups: usize) {
        let (statistic, before) = (self.statistic, self.sums.len());
        self.sums.resize_with(groups, || Sums::of(statistic));
        if let Some(last) = self.sums.last() {
            // Most numbers touch four limbs of a sum.
            let limbs = 4 * size_of::<i64>() * statistic.terms().len();
            self.heap += (groups - before) * (last.heap_size().max(limbs) + limbs);
        }
    }

    fn column(sums: &[Sums]) -> Vec<ArrayRef> {
        let mut states = BinaryBuilder::new();
        sums.iter().for_each(|sums| states.append_value(sums.state()));
        let states: BinaryArray = states.finish();
        vec![Arc::new(states)]
    }

    fn take(&mut self, emit_to: EmitTo) -> Vec<Sums> {
        let before = self.sums.len().max(1);
        let taken = emit_to.take_needed(&mut self.sums);
        self.heap = self.heap / before * self.sums.len();
        taken
    }
}

impl GroupsAccumulator for Groups {
    fn update_batch(
        &mut self,
        values: &[ArrayRef],
        group_indices: &[usize],
        filter: Option<&BooleanArray>,
        total_num_groups: usize,
    ) -> Result<()> {
        self.resize(total_num_groups);
        Numbers::try_new(values)?.each(filter, |row, y, x| {
            self.statistic.add(&mut self.sums[group_indices[row]], y, x, false);
        });
        Ok(())
    }

    fn merge_batch(&mut self, values: &[ArrayRef], group_indices: &[usize], total_num_groups: usize) -> Result<()> {
        self.resize(total_num_groups);
        for (state, group) in states(self.statistic, values)?.zip(group_indices) {
            self.sums[*group].merge(&state?);
        }
        Ok(())
    }

    fn evaluate(&mut self, emit_to: EmitTo) -> Result<ArrayRef> {
        let values = self.take(emit_to);
        let values = values.iter().map(|sums| self.statistic.of(sums));
        Ok(Arc::new(values.collect::<Float64Array>()))
    }

    fn state(&mut self, emit_to: EmitTo) -> Result<Vec<ArrayRef>> {
        Ok(Self::column(&self.take(emit_to)))
    }

    fn convert_to_state(&self, values: &[ArrayRef], filter: Option<&BooleanArray>) -> Result<Vec<ArrayRef>> {
        let rows = values.first().map_or(0, |v| v.len());
        let mut each = Self::new(self.statistic);
        let groups: Vec<usize> = (0..rows).collect();
        each.update_batch(values, &groups, filter, rows)?;
        Ok(Self::column(&each.sums))
    }

    fn size(&self) -> usize {
        self.sums.capacity() * size_of::<Sums>() + self.heap
    }
}

/// The sums of one group.
#[derive(Debug)]
struct One {
    statistic: Statistic,
    sums: Sums,
}

impl One {
    fn add(&mut self, values: &[ArrayRef], take_away: bool) -> Result<()> {
        Numbers::try_new(values)?.each(None, |_, y, x| self.statistic.add(&mut self.sums, y, x, take_away));
        Ok(())
    }
}

impl Accumulator for One {
    fn update_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        self.add(values, false)
    }

    fn retract_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        self.add(values, true)
    }

    fn supports_retract_batch(&self) -> bool {
        true
    }

    fn merge_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        for state in states(self.statistic, values)? {
            self.sums.merge(&state?);
        }
        Ok(())
    }

    fn state(&mut self) -> Result<Vec<ScalarValue>> {
        Ok(vec![ScalarValue::Binary(Some(self.sums.state()))])
    }

    fn evaluate(&mut self) -> Result<ScalarValue> {
        Ok(ScalarValue::Float64(self.statistic.of(&self.sums)))
    }

    fn size(&self) -> usize {
        size_of_val(self) + self.sums.heap_size()
    }
}

/// The sums in a column of states.
fn states(statistic: Statistic, values: &[ArrayRef]) -> Result<impl Iterator<Item = Result<Sums>>> {
    let Some(states) = values.first().and_then(|v| v.as_binary_opt::<i32>()) else {
        return internal_err!("the state is one column of binary values");
    };
    Ok(states
        .iter()
        .map(move |state| match state.map(|s| Sums::from_state(statistic, s)) {
            Some(Some(sums)) => Ok(sums),
            Some(None) => internal_err!("a state is not one of exact sums"),
            None => Ok(Sums::of(statistic)),
        }))
}
