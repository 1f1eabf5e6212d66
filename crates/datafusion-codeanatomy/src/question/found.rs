//! An answer that is found in the rows of a query.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::compute::concat_batches;
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::common::Result;
use datafusion::execution::memory_pool::MemoryConsumer;
use datafusion::execution::{SendableRecordBatchStream, TaskContext};
use datafusion::physical_plan::execution_plan::reset_plan_states;
use datafusion::physical_plan::stream::RecordBatchStreamAdapter;
use datafusion::physical_plan::streaming::PartitionStream;
use datafusion::physical_plan::{ExecutionPlan, collect};
use futures::stream;

use crate::source::on_blocking_thread;

/// Finds the rows of an answer, under its schema, in those of a query, by the arguments of the question.
pub(super) type Find = fn(&RecordBatch, &SchemaRef, &Given) -> Result<RecordBatch>;

/// Checks the arguments of a question together, and adds to them what they stand for.
pub(super) type Complete = fn(&mut Given) -> Result<()>;

/// The arguments of a question, as texts.
#[derive(Debug, Clone, Default)]
pub(super) struct Given(BTreeMap<&'static str, String>);

impl Given {
    pub(super) fn set(&mut self, name: &'static str, value: String) {
        self.0.insert(name, value);
    }

    /// The argument; nothing, if it was left out.
    pub(super) fn text(&self, name: &str) -> &str {
        self.0.get(name).map_or("", String::as_str)
    }

    /// The argument, a number.
    pub(super) fn number(&self, name: &str) -> i64 {
        self.text(name).parse().unwrap_or_default()
    }

    #[cfg(test)]
    pub(super) fn of<const N: usize>(values: [(&'static str, &str); N]) -> Self {
        Self(
            values
                .into_iter()
                .map(|(name, value)| (name, value.to_string()))
                .collect(),
        )
    }
}

/// Finds the answer when it is asked for.
pub(super) struct Found {
    pub(super) question: &'static str,
    pub(super) rows: Arc<dyn ExecutionPlan>,
    pub(super) find: Find,
    pub(super) given: Arc<Given>,
    pub(super) schema: SchemaRef,
}

impl fmt::Debug for Found {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Found")
            .field("question", &self.question)
            .finish_non_exhaustive()
    }
}

impl PartitionStream for Found {
    fn schema(&self) -> &SchemaRef {
        &self.schema
    }

    fn execute(&self, context: Arc<TaskContext>) -> SendableRecordBatchStream {
        let (rows, find, schema) = (Arc::clone(&self.rows), self.find, Arc::clone(&self.schema));
        let (question, given) = (self.question, Arc::clone(&self.given));
        let answer = async move {
            let reservation = MemoryConsumer::new(question).register(context.memory_pool());
            let batches = collect(reset_plan_states(Arc::clone(&rows))?, Arc::clone(&context)).await?;
            let rows = concat_batches(&rows.schema(), &batches)?;
            reservation.try_grow(2 * rows.get_array_memory_size())?;
            on_blocking_thread(move || find(&rows, &schema, &given)).await
        };
        Box::pin(RecordBatchStreamAdapter::new(
            Arc::clone(&self.schema),
            stream::once(answer),
        ))
    }
}
