//! `exact_sum(value)` and its family: the engine's aggregates of floating-point numbers, rounded once.
//!
//! Sums are exact, so they do not depend on the order of rows or on how rows are split among partitions: the result is the
//! number nearest to the true value (of a square root: the root of the nearest number). The engine's functions round in every
//! step, so that each order of rows has its own last bits.

mod distinct;
mod quotient;
mod statistic;
mod sum;

use std::sync::Arc;

use datafusion_common::arrow::array::{
    Array, ArrayRef, AsArray, BinaryArray, BinaryBuilder, BooleanArray, Float64Array,
};
use datafusion_common::arrow::datatypes::{DataType, Field, FieldRef, Float64Type};
use datafusion_common::{Result, ScalarValue, internal_err};
use datafusion_doc::{DocSection, DocumentationBuilder};
use datafusion_expr::function::{AccumulatorArgs, StateFieldsArgs};
use datafusion_expr::utils::AggregateOrderSensitivity;
use datafusion_expr::{
    Accumulator, AggregateUDF, AggregateUDFImpl, Documentation, EmitTo, GroupsAccumulator, Signature, Volatility,
};

use distinct::Distinct;
use statistic::{Statistic, Sums};

/// The functions with their arguments, and what they give.
const FUNCTIONS: [(&str, Statistic, &str); 17] = [
    ("exact_sum", Statistic::Sum, "sum"),
    ("exact_avg", Statistic::Avg, "mean"),
    ("exact_var_pop", Statistic::VarPop, "variance of a population"),
    ("exact_var_samp", Statistic::VarSamp, "variance of a sample"),
    (
        "exact_stddev_pop",
        Statistic::StddevPop,
        "standard deviation of a population",
    ),
    ("exact_stddev", Statistic::Stddev, "standard deviation of a sample"),
    ("exact_covar_pop", Statistic::CovarPop, "covariance of a population"),
    ("exact_covar_samp", Statistic::CovarSamp, "covariance of a sample"),
    ("exact_corr", Statistic::Corr, "correlation"),
    (
        "exact_regr_slope",
        Statistic::RegrSlope,
        "slope of the line of least squares",
    ),
    (
        "exact_regr_intercept",
        Statistic::RegrIntercept,
        "intercept of the line of least squares",
    ),
    ("exact_regr_r2", Statistic::RegrR2, "square of the correlation"),
    ("exact_regr_avgx", Statistic::RegrAvgx, "mean of x"),
    ("exact_regr_avgy", Statistic::RegrAvgy, "mean of y"),
    (
        "exact_regr_sxx",
        Statistic::RegrSxx,
        "sum of the squares of x about its mean",
    ),
    (
        "exact_regr_syy",
        Statistic::RegrSyy,
        "sum of the squares of y about its mean",
    ),
    (
        "exact_regr_sxy",
        Statistic::RegrSxy,
        "sum of the products of x and y about their means",
    ),
];

/// All functions of the family.
pub(crate) fn functions() -> impl Iterator<Item = Arc<AggregateUDF>> {
    let function = |(name, statistic, gives)| Arc::new(AggregateUDF::from(Exact::new(name, statistic, gives)));
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
    fn new(name: &'static str, statistic: Statistic, gives: &str) -> Self {
        let parameters: &[&str] = match statistic.arguments() {
            1 => &["value"],
            _ => &["y", "x"],
        };
        let signature = Signature::exact(vec![DataType::Float64; parameters.len()], Volatility::Immutable);
        let named = parameters.iter().map(|p| (*p).to_string()).collect();
        let syntax = format!("{name}({})", parameters.join(", "));
        let description = format!(
            "The {gives} of floating-point numbers, computed exactly and rounded once: the same for any order of rows. \
             Rows with a null do not count; without enough rows it is null, as {} is.",
            name.strip_prefix("exact_").unwrap_or(name)
        );
        let mut documentation = DocumentationBuilder::new_with_details(DocSection::default(), description, syntax)
            .with_sql_example(format!(
                "SELECT {name}({}) FROM (VALUES (1e16, 1.0), (1.0, 2.0), (-1e16, 4.0)) AS t(y, x)",
                if parameters.len() == 1 { "y" } else { "y, x" }
            ));
        for parameter in parameters {
            documentation = documentation.with_argument(*parameter, "A number.");
        }
        Self {
            name,
            statistic,
            // Names that are distinct, one for each argument, are always taken.
            signature: signature.clone().with_parameter_names(named).unwrap_or(signature),
            documentation: documentation.build(),
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
