//! Window functions: numbers of rows, of runs and of nested spans, in the order of the window.

mod nesting_depth;
mod previous_change;
mod row_index;
mod running;
mod running_count;
mod session_index;
mod span_islands;
mod winner_rank;

use std::fmt::Debug;
use std::hash::{Hash, Hasher};
use std::marker::PhantomData;
use std::sync::Arc;

use datafusion_common::Result;
use datafusion_common::arrow::datatypes::{DataType, Field, FieldRef};
use datafusion_expr::function::{PartitionEvaluatorArgs, WindowUDFFieldArgs};
use datafusion_expr::{Documentation, PartitionEvaluator, Signature, WindowUDF, WindowUDFImpl};

use crate::spec::Spec;

pub(crate) const SPECS: [&Spec; 7] = [
    row_index::RowIndex::SPEC,
    running_count::RunningCount::SPEC,
    winner_rank::WinnerRank::SPEC,
    session_index::SessionIndex::SPEC,
    previous_change::PreviousChange::SPEC,
    span_islands::SpanIslands::SPEC,
    nesting_depth::NestingDepth::SPEC,
];

pub(crate) fn functions() -> Vec<Arc<WindowUDF>> {
    vec![
        function::<row_index::RowIndex>(),
        function::<running_count::RunningCount>(),
        function::<winner_rank::WinnerRank>(),
        function::<session_index::SessionIndex>(),
        function::<previous_change::PreviousChange>(),
        function::<span_islands::SpanIslands>(),
        function::<nesting_depth::NestingDepth>(),
    ]
}

/// What a window function computes.
trait Window: Debug + Send + Sync + 'static {
    /// What it is.
    const SPEC: &'static Spec;

    /// The type of the result and whether it may be null.
    fn returns(types: &[DataType]) -> (DataType, bool);

    /// What goes through the rows of a partition.
    fn evaluator(types: &[DataType]) -> Result<Box<dyn PartitionEvaluator>>;
}

fn function<W: Window>() -> Arc<WindowUDF> {
    Arc::new(WindowUDF::from(Function::<W> {
        signature: W::SPEC.signature(),
        documentation: W::SPEC.documentation(),
        window: PhantomData,
    }))
}

struct Function<W> {
    signature: Signature,
    documentation: Documentation,
    window: PhantomData<W>,
}

impl<W: Window> Debug for Function<W> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(W::SPEC.name)
    }
}

impl<W> PartialEq for Function<W> {
    fn eq(&self, _other: &Self) -> bool {
        true
    }
}

impl<W> Eq for Function<W> {}

impl<W: Window> Hash for Function<W> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        W::SPEC.name.hash(state);
    }
}

fn types(fields: &[FieldRef]) -> Vec<DataType> {
    fields.iter().map(|f| f.data_type().clone()).collect()
}

impl<W: Window> WindowUDFImpl for Function<W> {
    fn name(&self) -> &str {
        W::SPEC.name
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn coerce_types(&self, types: &[DataType]) -> Result<Vec<DataType>> {
        Ok(W::SPEC.coerce(types))
    }

    fn field(&self, args: WindowUDFFieldArgs<'_>) -> Result<FieldRef> {
        let types = types(args.input_fields());
        W::SPEC.check(&types)?;
        let (ty, nullable) = W::returns(&types);
        Ok(Arc::new(Field::new(args.name(), ty, nullable)))
    }

    fn partition_evaluator(&self, args: PartitionEvaluatorArgs<'_>) -> Result<Box<dyn PartitionEvaluator>> {
        W::evaluator(&types(args.input_fields()))
    }

    fn documentation(&self) -> Option<&Documentation> {
        Some(&self.documentation)
    }
}
